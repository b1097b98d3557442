// call-doctor: see whether everything works that the archive needs, and tell what to do where not.
//
// settings, services, engine, checkpoint, machine  ->  a check a line: result, figure, remedy
import Checks
import Filter
import Records

let tool = Tool(
    "call-doctor", "see if settings, services, engine, keys, checkpoint and machine are well",
    examples: [
        "call-doctor --connections",
        "call-doctor --security --credentials --max-age 90d",
        "call-doctor --all --format tap",
    ],
    options: ToolOptions())

await tool.report(asking: { options, report in
    if options.suggests { return try report.writeSuggestion(options) }
    let groups = try Group.chosen(by: options)
    let visit = Visit(options)
    var printer = Printer(report, options.format)
    for group in groups {
        for result in try await visit.results(of: group) { try printer.add(result) }
    }
    try printer.finish()
    try visit.keepNotes()
    report.end(with: printer.exitStatus)
})
