// state-show: write what the checkpoint knows of recordings.
//
// state.db  ->  the stored records, one a line, or what happened to one of them
import Checkpoint
import CheckpointReports
import Filter
import Records

let tool = Tool(
    "state-show", "write the stored records, or what is known of them",
    operands: "[ID... | -]",
    examples: [
        "state-show --stage upload --status failed --fields id,error",
        "state-show --why rc:401234567008",
    ],
    options: ToolOptions())

tool.report { options, report in
    try options.checkUsage()
    let checkpoint = try Checkpoint(
        reading: options.state, options.environment, busyTimeout: options.busyTimeout)
    if options.runs { return try report.listRuns(options, checkpoint) }
    if options.batches { return try report.listBatches(options, checkpoint) }
    if options.errors { return try report.listErrors(options, checkpoint) }
    if options.why {
        return try report.forEach(options.operands) { id, _ in try report.tell(id, in: checkpoint) }
    }
    let showing = try Showing(
        Selection(options), as: Selection.form(options), limit: options.limit, in: checkpoint)
    let rows = Rows(options, report)
    if options.operands.isEmpty {
        while let lines = try showing.next() { try rows.write(lines) }
    }
    try report.forEach(options.operands) { id, _ in try rows.write(showing.lines(of: id)) }
    try rows.end()
}
