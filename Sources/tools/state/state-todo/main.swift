// state-todo: pass on the records that still need a stage, and claim them.
//
// A record  ->  the same record with all that is stored of it, or nothing when it is done
import Checkpoint
import Filter

let tool = Tool(
    "state-todo", "pass on the records that still need STAGE, as far as they got",
    operands: "STAGE",
    examples: ["rc-list --days 1 | state-todo upload | rc-fetch | state-mark fetch"],
    options: [
        .state,
        .flag("failed-too", "pass on records that failed for good as well"),
        .flag("early-too", "pass on records whose next try is not due yet as well"),
        .value("batch", "NAME", "note that the records belong to batch NAME (default: the run)"),
        .lease,
        .busyTimeout,
    ])

tool.groups { options in
    guard options.operands.count == 1, let stage = Stage(rawValue: options.operands[0]) else {
        throw UsageError("name one stage of \(Stage.list)")
    }
    let checkpoint = try Checkpoint(
        options.statePath, options.environment, patience: options.busyTimeout())
    let todo = try Todo(
        stage, in: checkpoint,
        choice: .init(failedToo: options.flag("failed-too"), earlyToo: options.flag("early-too")),
        batch: options.string("batch"), lease: options.lease())
    let work: Tool.GroupWork = (
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
