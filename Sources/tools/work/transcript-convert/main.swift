// transcript-convert: write a transcript in the format of another program.
//
// a transcript, as a file or in records  ->  the same transcript in another format
import Filter
import Formats
import Records

let tool = Tool(
    "transcript-convert", "write transcripts in the format of another program",
    operands: "[FILE...]",
    examples: [
        "transcript-convert --to srt <call.vtt >call.srt",
        "transcript-convert --from whisperx --to json -o ours theirs/*.json",
        "state-show --stage transcribe | transcript-convert --records --to vcon >calls.ndjson",
    ],
    options: ToolOptions())

tool.report { options, report in
    let converter = try Converter(options, report)
    if options.fromRecords {
        try options.refuseOperands("--records, which reads standard input")
        try report.forEachRecord(of: "-") { try converter.convert($0.record()) }
        return
    }
    let files = options.operands.isEmpty ? ["-"] : options.operands
    for file in files {
        try report.check()
        try converter.convert(file)
    }
}
