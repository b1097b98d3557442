// ToolOptions: the options of state-erase.
import Filter

struct ToolOptions: OptionTable {
    let reason = Option.text("reason", letter: "r", "TEXT", "the reason; required")
    let showsRecords = Option.flag(
        "records", "erase nothing; write the records to be erased, for drive-delete")
    let resumes = Option.flag("resume", "continue all interrupted erasures")
    let dryRun = Option.dryRun
    let state = Option.state
    let data = Option.data
    let rejects = Option.rejects
    let busyTimeout = Option.busyTimeout
    var all: [any DeclaredOption] {
        [reason, showsRecords, resumes, dryRun, state, data, rejects, busyTimeout]
    }
}

extension Options<ToolOptions> {
    /// Refuses a command line that does not say what to erase, and why.
    ///
    /// - Throws: `UsageError`.
    func checkUsage() throws {
        if self.resumes == !operands.isEmpty {
            throw UsageError("name recordings, - for records on standard input, or --resume")
        }
        if self.showsRecords {
            try refuse([table.reason, table.resumes], "with --records, which erases nothing")
        }
        if self.resumes { try refuse([table.reason], "with --resume: each has its reason") }
        if (self.reason ?? "").isEmpty, !self.resumes, !self.showsRecords {
            throw UsageError("say why with --reason")
        }
    }
}
