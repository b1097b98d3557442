// state-mark: write down what came of a stage, then pass the records on.
//
// A record  ->  the same record, once its outcome is on disk
import Checkpoint
import Filter

let tool = Tool(
    "state-mark", "write down what came of STAGE, then pass the records on",
    operands: "STAGE",
    examples: ["rc-fetch | state-mark fetch | transcribe | state-mark transcribe >/dev/null"],
    options: ToolOptions())

tool.groups { options in
    let stage = try options.operand("stage", of: Stage.self)
    if options.status != .pending, options.status != .queued {
        try options.refuse([options.table.isForced], "without --status pending or queued")
    }
    let checkpoint = try Checkpoint(
        options.state, options.environment, busyTimeout: options.busyTimeout,
        isTrial: options.isDryRun)
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
            guard options.isDryRun else { return nil }
            let counts = mark.counts.sorted { $0.key < $1.key }.map { ", \($0.value) \($0.key)" }
            return "dry run" + counts.joined()
        }
    )
    return work
}
