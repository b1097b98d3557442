// state-next: claim what a stage has to do next, and list it.
//
// nothing  ->  the stored records, each in work for this pipe until its stage is marked
import Checkpoint
import CheckpointSchedule
import Filter
import Records

let tool = Tool(
    "state-next", "claim the records that are due for STAGE, and list them", operands: "STAGE",
    examples: [
        "state-next transcribe --limit 1 | transcribe | state-mark transcribe >/dev/null"
    ],
    options: ToolOptions())

await tool.source { options, output in
    let stage = try options.operand("stage", of: Stage.self)
    let orders: [(Bool, Next.Order)] = [
        (options.oldest, .oldest), (options.newest, .newest), (options.expiring, .expiring),
    ]
    let asked = orders.filter(\.0)
    guard asked.count <= 1 else { throw UsageError("ask for one order only") }
    let choice = Next.Choice(
        order: asked.first?.1 ?? .oldest, failedToo: options.failedToo,
        batch: options.batch)
    let checkpoint = try Checkpoint(
        options.state, options.environment, busyTimeout: options.busyTimeout,
        isTrial: options.isDryRun)
    let next = try Next(stage, in: checkpoint, choice: choice, lease: options.lease)
    if options.isDryRun {
        let count = try next.count(atMost: output.limit)
        options.observer(.note("would claim \(count) records"))
        if count < output.limit { try options.tell(next.leftOut()) }
        return
    }
    do {
        try next.forEach(
            atMost: output.limit, output.emit, flush: output.flush, unreadable: output.report)
        try options.tell(next.leftOut())
    } catch  where output.isExhausted {}
    try checkpoint.end(status: 0, counts: next.counts)
}
