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
        "state-summary --measures --by extension,day --last 7d",
        "state-summary --alerts --format table || mail -s callpipe admin",
    ],
    options: ToolOptions())

tool.report { options, report in
    let scope = Summary.Scope(options)
    let grouping = try options.grouping
    let checkpoint = try Checkpoint(
        reading: options.state, options.environment, busyTimeout: options.busyTimeout)
    if let grouping { return try report.write(grouping, of: checkpoint, options) }
    let summary = try Summary(scope, of: checkpoint)
    if !options.alerts {
        try report.writeStages(summary)
        try report.writeFacts(summary, lastBackup: LastBackup(options.environment))
    }
    try report.writeAlerts(summary)
    if options.alerts, summary.hasAlerts { report.fail() }
}
