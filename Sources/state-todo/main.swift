// state-todo: pass on the records that still need a stage.
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
        .value("busy-timeout", "SECONDS", "wait so long while others commit (default 30)"),
    ])

tool.groups { options in
    guard options.operands.count == 1, let stage = Stage(rawValue: options.operands[0]) else {
        throw UsageError("name one stage of \(Stage.list)")
    }
    let checkpoint = try Checkpoint(
        Checkpoint.path(options.statePath, options.environment),
        patience: .seconds(options.integer("busy-timeout", in: 0...86_400) ?? 30))
    let todo = try Todo(stage, in: checkpoint, failedToo: options.flag("failed-too"))
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
        summary: { todo.summary }
    )
    return work
}
