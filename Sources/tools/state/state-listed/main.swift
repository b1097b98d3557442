// state-listed: remember the end of the last window that a source was listed for, whole.
//
// state.db  ->  the window to list next, as START and END
import Checkpoint
import CheckpointSchedule
import Filter
import Records

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
