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
    options: [
        .value("stage", "STAGE", "recordings that have this stage"),
        .value("status", "STATUS", "recordings that are so far, in STAGE or in any stage"),
        .value("since", "WHEN", "calls from a date, a time, or a span ago such as 7d"),
        .value("until", "WHEN", "calls up to a date, or before a time"),
        .value("batch", "NAME", "recordings of batch NAME"),
        .value("source", "SOURCE", "recordings of a source such as ringcentral"),
        .value("latest", "N", "the N newest calls, the newest first"),
        .value("fields", "NAMES", "write only these, such as id,audio.path,upload.status"),
        .flag("manifest", "write what is stored where, with checksums"),
        .flag("why", "tell what happened to each ID, and what comes next"),
        .flag("runs", "list the runs, the newest first"),
        .flag("batches", "list the batches, the newest first"),
        .flag("errors", "list the errors that were written down, the newest first"),
        .flag("active", "list only runs that go on, or batches that are not done"),
        .limit, .format, .state, .busyTimeout,
    ])

tool.report { options, report in
    let selection = try Selection(options)
    let form = try Selection.form(options)
    let limit = try options.integer("limit", in: 0...Int.max) ?? .max
    if options.flag("why"), options.operands.isEmpty {
        throw UsageError("option --why needs an id")
    }
    if ["why", "runs", "batches", "errors"].filter(options.flag).count > 1 {
        throw UsageError("ask for one of --why, --runs, --batches and --errors")
    }
    let checkpoint = try Checkpoint(
        reading: options.statePath, options.environment, patience: options.busyTimeout())
    if options.flag("runs") { return try report.listRuns(options, checkpoint) }
    if options.flag("batches") { return try report.listBatches(options, checkpoint) }
    if options.flag("errors") { return try report.listErrors(options, checkpoint) }
    if options.flag("why") {
        return try report.forEach(options.operands) { try report.tell($0, in: checkpoint) }
    }
    let showing = try Showing(selection, as: form, limit: limit, in: checkpoint)
    if options.operands.isEmpty {
        while let lines = try showing.next() { try report.write(records: lines) }
        return
    }
    try report.forEach(options.operands) { id in
        try report.write(records: showing.lines(of: id))
    }
}
