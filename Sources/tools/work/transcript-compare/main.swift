// transcript-compare: tell how far two engines agree on what was said.
//
// records or transcripts of A and of B  ->  the changes of each call, and of all of them
import Comparison
import Filter
import Records

let tool = Tool(
    "transcript-compare", "tell how far two engines agree on what was said", operands: "A B",
    examples: [
        "transcript-compare whisper.ndjson deepgram.ndjson",
        "transcript-compare --show data/transcripts other/transcripts | jq -c .differences[]",
    ],
    options: ToolOptions())

tool.report { options, report in
    guard options.operands.count == 2 else { throw UsageError("name two files or folders") }
    let (first, second) = try (
        TranscriptSource(options.operands[0]), TranscriptSource(options.operands[1])
    )
    for fault in first.faults + second.faults {
        report.fail(Failure(.item, .input, "read \(fault): it is no transcript"))
    }
    var lines = ComparisonLines(options, report)
    for id in first.ids {
        guard let one = try first.transcript(of: id), let other = try second.transcript(of: id)
        else {
            continue
        }
        try lines.write(CallComparison(one, other), of: id)
    }
    try lines.finish(first.ids, second.ids)
}
