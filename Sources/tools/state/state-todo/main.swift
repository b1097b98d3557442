// state-todo: pass on the records that still need a stage, and claim them.
//
// A record  ->  the same record with all that is stored of it, or nothing when it is done
import Checkpoint
import Filter
import Records

let tool = Tool(
    "state-todo", "pass on the records that still need STAGE, as far as they got",
    operands: "STAGE",
    examples: ["rc-list --days 1 | state-todo upload | rc-fetch | state-mark fetch"],
    options: ToolOptions())

tool.groups { options in
    let stage = try options.operand("stage", of: Stage.self)
    let checkpoint = try Checkpoint(
        options.state, options.environment, busyTimeout: options.busyTimeout,
        isTrial: options.isDryRun)
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
            let summary = (options.isDryRun ? "dry run: " : "") + todo.summary
            guard options.isStrict, status == 0, todo.later + todo.leased > 0 else {
                try checkpoint.end(status: status, counts: todo.counts)
                return summary
            }
            options.observer(.note(summary))
            let failure = todo.unfinished
            try checkpoint.end(status: 75, counts: todo.counts)
            throw failure
        }
    )
    return work
}
