// state-summary: tell how the checkpoint stands, and what somebody should look at.
//
// state.db  ->  what there is to do, what was done lately, alerts; or counts by group
import Checkpoint
import CheckpointReports
import Filter
import Records

let tool = Tool(
    "state-summary", "tell what there is to do, what was done lately, and what is wrong",
    examples: [
        "state-summary",
        "state-summary --by download,transcription,upload",
        "state-summary --alerts --format table || mail -s callpipe admin",
    ],
    options: [
        .value("by", "KEYS", "count by stage, status, day, batch, source, engine, download, ..."),
        .value("last", "TIME", "what counts as lately (default 24h)"),
        .value("alert-days", "N", "alert of what is purged within N days (default 14)"),
        .value("alert-age", "TIME", "alert of calls that wait and are older (default 7d)"),
        .flag("alerts", "write only the alerts, and end with 1 when there is one"),
        .format, .state, .busyTimeout,
    ])

tool.report { options, report in
    let scope = try Summary.Scope(options)
    let grouping = try Grouping(options)
    let checkpoint = try Checkpoint(
        reading: options.statePath, options.environment, patience: options.busyTimeout())
    if let grouping {
        let last = options.string("last") == nil ? nil : -scope.last
        let since = last.map { Timestamp.now.adding(seconds: $0) }
        if grouping.isBySpending {
            return try report.write(Spending(in: checkpoint, since: since))
        }
        try report.write(
            grouping.groups(of: checkpoint, since: since),
            as: grouping.names.map { Column($0) } + [Column("count", nil, .right)])
        return
    }
    let summary = try Summary(scope, of: checkpoint)
    if !options.flag("alerts") {
        try report.writeStages(summary)
        try report.writeFacts(summary, lastBackup: options.lastBackup)
    }
    try report.writeAlerts(summary)
    if options.flag("alerts"), summary.hasAlerts { report.fail() }
}
