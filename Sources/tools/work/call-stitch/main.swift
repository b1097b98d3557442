// call-stitch: put the legs of each call on one timeline, with one transcript.
//
// records of the legs, {"call":{"telephony_session"},"transcript"}  ->  a record for each call
import Files
import Filter
import Formats
import Records
import Stitching
import Transcripts

struct ToolOptions: OptionTable {
    let isVCon = Option.flag("vcon", "write vCons in the place of records")
    let window = Option.time(
        "window", "TIME", "wait for a leg that begins TIME after the last one (default 2h)"
    ).or(7200)
    let formats = Option.transcriptFormats
    let data = Option.data
    var all: [any DeclaredOption] { [isVCon, window, formats, data] }
}

let tool = Tool(
    "call-stitch", "put the legs of each call on one timeline, with one transcript",
    examples: [
        "state-show --stage transcribe | call-stitch >calls.ndjson",
        "call-stitch --vcon <transcribed.ndjson >calls.ndjson",
    ],
    options: ToolOptions())

tool.report { options, report in
    let data = try DataDirectory(options.data)
    let writer = StitchedWriter(options, report, data)
    var sessions = Sessions(data: data, window: options.window)
    try report.forEachRecord(of: "-") { line in
        do {
            try sessions.take(line.record(), writer.write)
        } catch let failure as Failure where failure.scope != .stop {
            report.fail(failure)
        }
    }
    try sessions.finish(writer.write)
}
