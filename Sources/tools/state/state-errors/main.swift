// state-errors: tell the errors of a time, or the requests that programs made.
//
// state.db  ->  the errors, one a line, or counts of them; FILE of --http-log  ->  the same of requests
import Checkpoint
import CheckpointReports
import Filter
import Records

let tool = Tool(
    "state-errors", "tell the errors of a time, or the requests to services",
    examples: [
        "state-errors --last 24h --by severity,category",
        "state-errors --recent-critical --format table",
        "state-errors --http http.log --by host,status",
    ],
    options: ToolOptions())

tool.report { options, report in
    try options.checkUsage()
    if let file = options.http {
        if options.keeps { return try report.keepRequests(of: file, options) }
        return try report.tellRequests(of: file, options)
    }
    let counts = try options.by.map { keys in
        guard let counts = ErrorCounts(keys) else {
            throw options.unknownKeys(ErrorCounts.Key.allCases.map(\.rawValue))
        }
        return counts
    }
    let checkpoint = try Checkpoint(
        reading: options.state, options.environment, busyTimeout: options.busyTimeout)
    guard let counts else { return try report.tellErrors(in: checkpoint, options) }
    try report.write(
        counts.groups(options.selection, in: checkpoint),
        as: counts.keys.map { Column($0.rawValue) } + [Column("count", nil, .right)])
}
