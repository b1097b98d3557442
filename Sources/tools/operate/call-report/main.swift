// call-report: tell how an archive did in a span of time, or what an incident was.
//
// state.db  ->  a report as text, Markdown or a page: load, times, errors; capacity, cost; or an incident
import Checkpoint
import CheckpointPeriods
import Documents
import Filter
import Records

let tool = Tool(
    "call-report", "tell the load, the times, the capacity and the cost of an archive",
    operands: "[FROM TO]",
    examples: [
        "call-report --last 24h",
        "call-report --last 30d --capacity --cost > performance-report.txt",
        "call-report --incident 2024-01-15T09:00:00Z 2024-01-15T14:00:00Z --format md",
    ],
    options: ToolOptions())

tool.report { options, report in
    let period = try Period(options)
    let checkpoint = try Checkpoint(
        reading: options.state, options.environment, busyTimeout: options.busyTimeout)
    let document = try checkpoint.reading {
        if options.isIncident {
            return Document(of: try Incident(in: period, of: checkpoint), in: period)
        }
        return try Document(of: period, in: checkpoint, options)
    }
    switch options.form ?? .text {
    case .text: try report.write(document.plain)
    case .md: try report.write(document.markdown)
    case .html: try report.write(document.html)
    }
}
