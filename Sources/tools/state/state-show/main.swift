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
    let selection = Selection(options)
    let form = Selection.form(options)
    if options.why, options.operands.isEmpty {
        throw UsageError("option --why needs an id")
    }
    if [options.why, options.runs, options.batches, options.errors].filter(\.self).count > 1 {
        throw UsageError("ask for one of --why, --runs, --batches and --errors")
    }
    let checkpoint = try Checkpoint(
        reading: options.state, options.environment, busyTimeout: options.busyTimeout)
    if options.runs { return try report.listRuns(options, checkpoint) }
    if options.batches { return try report.listBatches(options, checkpoint) }
    if options.errors { return try report.listErrors(options, checkpoint) }
    if options.why {
        return try report.forEach(options.operands) { id, _ in try report.tell(id, in: checkpoint) }
    }
    let showing = try Showing(selection, as: form, limit: options.limit, in: checkpoint)
    if options.operands.isEmpty {
        while let lines = try showing.next() { try report.write(records: lines) }
        return
    }
    try report.forEach(options.operands) { id, _ in
        try report.write(records: showing.lines(of: id))
    }
}
