// state-listed: remember the end of the last window that a source was listed for, whole.
//
// state.db  ->  the window to list next, as START and END
import Checkpoint
import CheckpointSchedule
import Filter
import Records

struct ToolOptions: OptionTable {
    let days = Option.integer(
        "days", "N", "begin N days before the end of the last window (default 3)", in: 0...36_500
    ).or(3)
    let ifOlder = Option.time(
        "if-older", "TIME", "print nothing if the last window ended less than TIME ago",
        needs: "a time such as 26h")
    let until = Option.value(
        "until", "TIME", "note that SOURCE was listed whole up to TIME", needs: "an RFC 3339 time"
    ) { Timestamp($0) }
    let from = Option.value(
        "from", "TIME", "with --until: note it only if nothing before TIME is unlisted",
        needs: "an RFC 3339 time or a day"
    ) { Timestamp($0) ?? Timestamp("\($0)T00:00:00Z") }
    let dryRun = Option.dryRun
    let state = Option.state
    let busyTimeout = Option.busyTimeout
    var all: [any DeclaredOption] {
        [days, ifOlder, until, from, dryRun, state, busyTimeout]
    }
}

let tool = Tool(
    "state-listed", "tell the window to list next, or note that one was listed whole",
    operands: "SOURCE",
    examples: [
        "state-listed ringcentral", "state-listed --until 2024-01-15T02:00:00Z ringcentral",
    ],
    options: ToolOptions())

tool.report { options, report in
    guard let source = options.operands.first, options.operands.count == 1, !source.isEmpty else {
        throw UsageError("name one source, such as ringcentral")
    }
    if options.until != nil {
        try options.refuse([options.table.days, options.table.ifOlder], "with --until")
    } else {
        try options.refuse([options.table.from], "without --until")
    }
    // To read, no checkpoint is made.
    let checkpoint = try Checkpoint(
        options.state, options.environment, busyTimeout: options.busyTimeout,
        isTrial: options.isDryRun || options.until == nil)
    let listing = Listing(of: source, in: checkpoint)
    if let end = options.until {
        return try checkpoint.transaction { try listing.note(from: options.from, until: end) }
    }
    if let age = options.ifOlder, try listing.isKnown(within: age) { return }
    let start = try listing.start(overlapping: 86_400 * Double(options.days))
    try report.write(["\(start.text) \(Timestamp.now.text)"])
}
