// state-audit: show the audit chain of the checkpoint, and prove that it was not changed.
//
// nothing  ->  {"number","time","action","id","stage","detail","hash"}, a line each
import Checkpoint
import CheckpointReports
import Filter
import Records

struct ToolOptions: OptionTable {
    let state = Option.state
    let verifies = Option.flag("verify", "compute every hash again; 1 if the chain is broken")
    let expected = Option.value(
        "expect", "HASH", "verify that HASH is in the chain",
        needs: "a hash of 64 hexadecimal digits"
    ) { $0.utf8.count == 64 && $0.allSatisfy(\.isHexDigit) ? $0 : nil }
    let showsHead = Option.flag("head", "print number, time and hash of the last line")
    let format = Option.format
    let busyTimeout = Option.busyTimeout
    var all: [any DeclaredOption] { [state, verifies, expected, showsHead, format, busyTimeout] }
}

let tool = Tool(
    "state-audit", "show the audit chain, and prove that it was not changed",
    operands: "[ID ...]",
    examples: ["state-audit --head >>/mnt/elsewhere/heads", "state-audit --verify --expect HASH"],
    options: ToolOptions())

tool.report { options, report in
    if options.showsHead {
        try options.refuse([options.table.verifies, options.table.expected], "with --head")
        try options.refuseOperands("with --head")
    }
    if options.verifies || options.expected != nil {
        try options.refuseOperands("with --verify, which is of the whole chain")
    }
    let chain = AuditChain(
        try Checkpoint(
            reading: options.state, options.environment, busyTimeout: options.busyTimeout))
    if options.verifies || options.expected != nil {
        try verify(chain, options.expected, report)
    } else if options.showsHead {
        try show(chain.head(), report)
    } else {
        try list(chain, options.operands, report)
    }
}
