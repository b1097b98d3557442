// state-gaps: count the recordings of each day, and list those that are missing.
//
// Records of a list  ->  those of them that the checkpoint does not have
import Checkpoint
import CheckpointReports
import Filter
import Records

let tool = Tool(
    "state-gaps", "count the recordings of each day, and list those that are missing",
    examples: [
        "state-gaps --days 30",
        "rc-list --days 30 | state-gaps --against - --stage upload | state-todo upload",
    ],
    options: ToolOptions())

tool.report { options, report in
    let query = GapQuery(options)
    let checkpoint = try Checkpoint(
        reading: options.state, options.environment, busyTimeout: options.busyTimeout)
    let gaps = try Gaps(
        in: checkpoint, stage: query.stage, byExtension: query.byExtension, before: query.end)
    let rows: [Gaps.Row]
    if let list = query.list {
        try report.forEachRecord(of: list) { line in
            guard try gaps.isMissing(line), !report.isForPeople else { return }
            try report.write(line)
        }
        rows = try gaps.compared(since: query.first)
    } else {
        rows = try gaps.counted(since: query.first ?? query.end.day.adding(days: -30))
    }
    if report.isForPeople {
        try report.write(query.table(rows))
    } else if query.list == nil {
        for row in rows { try report.write(query.object(row)) }
    } else {
        // Standard output is for the records, which may go on into a pipeline.
        for line in query.table(rows).lines { options.observer(.note(line)) }
    }
    if rows.contains(where: \.isGap) { report.fail() }
}
