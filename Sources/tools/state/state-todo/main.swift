// state-todo: pass on the records that still need a stage, and claim them.
//
// A record  ->  the same record with all that is stored of it, or nothing when it is done
import Checkpoint
import Filter

struct ToolOptions: OptionTable {
    let state = Option.state
    let failedToo = Option.flag("failed-too", "pass on also records that failed for good")
    let earlyToo = Option.flag("early-too", "pass on also records whose next attempt is not due")
    let batch = Option.text(
        "batch", "NAME", "note that the records belong to batch NAME (default: the run)")
    let lease = Option.lease
    let busyTimeout = Option.busyTimeout
    var all: [any DeclaredOption] { [state, failedToo, earlyToo, batch, lease, busyTimeout] }
}

let tool = Tool(
    "state-todo", "pass on the records that still need STAGE, as far as they got",
    operands: "STAGE",
    examples: ["rc-list --days 1 | state-todo upload | rc-fetch | state-mark fetch"],
    options: ToolOptions())

tool.groups { options in
    let stage = try options.operand("stage", of: Stage.self)
    let checkpoint = try Checkpoint(
        options.state, options.environment, busyTimeout: options.busyTimeout)
    let todo = try Todo(
        stage, in: checkpoint,
        choice: .init(failedToo: options.failedToo, earlyToo: options.earlyToo),
        batch: options.batch, lease: options.lease)
    let work: GroupWork = (
        each: { group in
            try checkpoint.transaction {
                try group.forEach { line in
                    switch try todo.decide(line) {
                    case .pass: group.keep(line)
                    case .replace(let record): group.keep(record)
                    case .drop: break
                    }
                }
            }
        },
        end: { status in
            try checkpoint.end(status: status, counts: todo.counts)
            return todo.summary
        }
    )
    return work
}
