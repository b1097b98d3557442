// state-merge: fold other checkpoints into this one.
//
// FILE...  ->  {"id":"rc:…","conflict":"uploads.drive.audio.id","here","there","kept":"here"}
import Checkpoint
import CheckpointMerge
import Filter
import Records

struct ToolOptions: OptionTable {
    let state = Option.state
    let dryRun = Option.dryRun
    let busyTimeout = Option.busyTimeout
    var all: [any DeclaredOption] { [state, dryRun, busyTimeout] }
}

let tool = Tool(
    "state-merge", "fold other checkpoints into this one", operands: "FILE...",
    examples: ["state-merge host-b.db host-c.db"],
    options: ToolOptions())

tool.report { options, report in
    guard !options.operands.isEmpty else { throw UsageError("name a checkpoint to fold in") }
    let checkpoint = try Checkpoint(
        options.state, options.environment, busyTimeout: options.busyTimeout,
        isTrial: options.isDryRun)
    // A dry run leaves the directory of the checkpoint alone.
    let merge = Merge(
        into: checkpoint, copyingTo: options.isDryRun ? options.environment.temporaryDirectory : nil
    )
    for file in options.operands {
        let tally = try merge.merge(file, goesOn: { report.goesOn }) { conflict in
            report.fail()
            try report.write(
                .members([
                    "id": .string(conflict.id), "conflict": .string(conflict.what),
                    "here": .text(conflict.here), "there": .text(conflict.there),
                    "kept": .string(conflict.keepsTheirs ? "there" : "here"),
                ]))
        }
        options.observer(
            .note(
                "\(file):\(options.isDryRun ? " dry run:" : "") \(tally.added) calls added, \(tally.changed) changed,"
                    + " \(tally.outcomes) outcomes, \(tally.errors) errors,"
                    + " \(tally.conflicts) conflicts"))
    }
    try checkpoint.end(status: report.hasFailed ? 1 : 0)
}
