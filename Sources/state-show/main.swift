// state-show: write what the checkpoint knows of recordings.
//
// state.db  ->  the stored records, one a line, or what happened to one of them
import Checkpoint
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
        .limit, .format, .state, .busyTimeout,
    ])

tool.report { options, report in
    let selection = try Selection(options)
    let form = try Selection.form(options)
    let limit = try options.integer("limit", in: 0...Int.max) ?? .max
    let checkpoint = try Checkpoint(
        reading: options.statePath, options.environment, patience: options.busyTimeout())
    let showing = try Showing(selection, as: form, limit: limit, in: checkpoint)
    if options.operands.isEmpty {
        while let lines = try showing.next() { try report.write(records: lines) }
        return
    }
    try report.forEach(options.operands) { id in
        try report.write(records: showing.lines(of: id))
    }
}
