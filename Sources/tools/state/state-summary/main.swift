// state-summary: tell how the checkpoint stands, and what needs a look.
//
// state.db  ->  what there is to do, what was done lately, alerts; or counts by group
import Checkpoint
import CheckpointFigures
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
    options: ToolOptions())

tool.report { options, report in
    let scope = Summary.Scope(options)
    let grouping = options.by
    if grouping != nil, options.alerts { throw UsageError("give either --by or --alerts") }
    if grouping != nil {
        let ages: [any DeclaredOption] = [
            options.table.alertDays, options.table.alertAge, options.table.alertList,
        ]
        try options.refuse(ages, "with --by")
    }
    let checkpoint = try Checkpoint(
        reading: options.state, options.environment, busyTimeout: options.busyTimeout)
    if let grouping {
        let last = options.last.map { -$0 }
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
    if !options.alerts {
        try report.writeStages(summary)
        try report.writeFacts(summary, lastBackup: LastBackup(options.environment))
    }
    try report.writeAlerts(summary)
    if options.alerts, summary.hasAlerts { report.fail() }
}
