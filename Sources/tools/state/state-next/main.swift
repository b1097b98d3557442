// state-next: claim what a stage has to do next, and list it.
//
// nothing  ->  the stored records, each in work for this pipe until its stage is marked
import Checkpoint
import Filter
import Records

let tool = Tool(
    "state-next", "claim the records that are due for STAGE, and list them", operands: "STAGE",
    examples: [
        "state-next transcribe --limit 1 | transcribe | state-mark transcribe >/dev/null"
    ],
    options: [
        .state,
        .flag("oldest", "the call that began first comes first (default)"),
        .flag("newest", "the call that began last comes first"),
        .flag("expiring", "the recording that the service purges first comes first"),
        .flag("failed-too", "when nothing else is due, records that failed for good as well"),
        .value("batch", "NAME", "records of batch NAME only"),
        .lease,
        .busyTimeout,
    ])

await tool.source { options, output in
    guard options.operands.count == 1, let stage = Stage(rawValue: options.operands[0]) else {
        throw UsageError("name one stage of \(Stage.list)")
    }
    let orders: [(String, Next.Order)] = [
        ("oldest", .oldest), ("newest", .newest), ("expiring", .expiring),
    ]
    let asked = orders.filter { options.flag($0.0) }
    guard asked.count <= 1 else { throw UsageError("ask for one order only") }
    let choice = Next.Choice(
        order: asked.first?.1 ?? .oldest, failedToo: options.flag("failed-too"),
        batch: options.string("batch"))
    let limit = try options.integer("limit", in: 0...Int.max) ?? .max

    let checkpoint = try Checkpoint(
        options.statePath, options.environment, patience: options.busyTimeout())
    let next = try Next(stage, in: checkpoint, choice: choice, lease: options.lease())
    if options.isDryRun {
        let count = try next.count(atMost: limit)
        return options.observer(.note("would claim \(count) records"))
    }
    do {
        try next.forEach(
            atMost: limit, output.emit, flush: output.flush, unreadable: output.report)
    } catch  where output.isExhausted {}
    try checkpoint.end(status: 0, counts: next.counts)
}
