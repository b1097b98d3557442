// state-mark: write down what came of a stage, then pass the records on.
//
// A record  ->  the same record, once its outcome is on disk
import Checkpoint
import Filter

let tool = Tool(
    "state-mark", "write down what came of STAGE, then pass the records on",
    operands: "STAGE",
    examples: ["rc-fetch | state-mark fetch | transcribe | state-mark transcribe >/dev/null"],
    options: [
        .state,
        .value("batch", "NAME", "note that the records belong to batch NAME"),
        .value("status", "STATUS", "write STATUS, whatever the records say"),
        .busyTimeout,
    ])

tool.groups { options in
    guard options.operands.count == 1, let stage = Stage(rawValue: options.operands[0]) else {
        throw UsageError("name one stage of \(Stage.list)")
    }
    let status = options.string("status").map { Status(rawValue: $0) }
    if case .some(nil) = status { throw UsageError("option --status knows \(Status.list)") }
    let checkpoint = try Checkpoint(
        options.statePath, options.environment, patience: options.busyTimeout())
    let mark = try Mark(
        stage, in: checkpoint, batch: options.string("batch"), status: status ?? nil)
    let work: Tool.GroupWork = (
        each: { group in
            try checkpoint.transaction {
                try group.forEach { line in
                    try mark.note(line)
                    group.keep(line)
                }
            }
        },
        end: { status in
            try checkpoint.end(status: status, counts: mark.counts)
            return nil
        }
    )
    return work
}
