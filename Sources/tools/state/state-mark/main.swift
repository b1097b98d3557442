// state-mark: write down what came of a stage, then pass the records on.
//
// A record  ->  the same record, once its outcome is on disk
import Checkpoint
import Filter

struct ToolOptions: OptionTable {
    let state = Option.state
    let batch = Option.text("batch", "NAME", "note that the records belong to batch NAME")
    let status = Option.choice(
        "status", "STATUS", "write STATUS, whatever the records say", of: Status.self)
    let isForNew = Option.flag("if-new", "write it only if STAGE has no outcome yet")
    let isForced = Option.flag("force", letter: "f", "reset by --status even if uploaded")
    let busyTimeout = Option.busyTimeout
    var all: [any DeclaredOption] { [state, batch, status, isForNew, isForced, busyTimeout] }
}

let tool = Tool(
    "state-mark", "write down what came of STAGE, then pass the records on",
    operands: "STAGE",
    examples: ["rc-fetch | state-mark fetch | transcribe | state-mark transcribe >/dev/null"],
    options: ToolOptions())

tool.groups { options in
    let stage = try options.operand("stage", of: Stage.self)
    let checkpoint = try Checkpoint(
        options.state, options.environment, busyTimeout: options.busyTimeout)
    let byHand = ByHand(
        options.status, isForced: options.isForced, isForNew: options.isForNew)
    let mark = try Mark(
        stage, in: checkpoint, batch: options.batch, byHand: byHand,
        observer: options.observer)
    let work: GroupWork = (
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
