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
        .flag("if-new", "write it only where STAGE has no outcome yet"),
        .flag("force", letter: "f", "reset by --status even what is uploaded"),
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
    let byHand = ByHand(
        status ?? nil, isForced: options.isForced, isForNew: options.flag("if-new"))
    let mark = try Mark(
        stage, in: checkpoint, batch: options.string("batch"), byHand: byHand,
        observer: options.observer)
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
