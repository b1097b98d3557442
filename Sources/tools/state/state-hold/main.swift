// state-hold: keep recordings from being pruned and erased, until they are released.
//
// ids  ->  nothing; with --list {"id","reason","since"}, a line each
import Checkpoint
import CheckpointRetention
import Filter
import Records

let tool = Tool(
    "state-hold", "keep recordings from being pruned and erased",
    operands: "ID ... | -",
    examples: [
        "state-hold rc:401234567008 --reason \"case 17\"",
        "state-hold --release rc:401234567008 --reason \"case 17 is closed\"",
        "state-hold --list",
    ],
    options: ToolOptions())

tool.report { options, report in
    let (reason, isRelease, isList) = (options.reason, options.releases, options.lists)
    if isList {
        try options.refuse([options.table.reason, options.table.releases], "with --list")
    }
    if isList == !options.operands.isEmpty {
        throw UsageError("name recordings, - for records on standard input, or --list")
    }
    if !isList, !isRelease, reason?.isEmpty != false {
        throw UsageError("say why with --reason")
    }
    if isList { return try list(options, report) }
    let checkpoint = try Checkpoint.existing(
        options.state, options.environment, busyTimeout: options.busyTimeout,
        isTrial: options.isDryRun)
    let holds = try Holds(checkpoint)
    var count = 0
    try report.forEach(options.operands, rejects: options.rejects) { id, _ in
        let isNew = try checkpoint.transaction {
            isRelease
                ? try holds.release(id, because: reason)
                : try holds.hold(id, because: reason ?? "")
        }
        guard !isNew else { return count += 1 }
        options.observer(.note("\(id): it is \(isRelease ? "not held" : "held already")"))
    }
    let verb = isRelease ? "released" : "held"
    if options.isDryRun { options.observer(.note("dry run: \(count) would be \(verb)")) }
    try checkpoint.end(status: report.hasFailed ? 1 : 0, counts: [verb: count])
}
