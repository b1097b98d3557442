// transcribe: write down what is said in the audio of each record.
//
// {"audio":{"path"}}  ->  the same record plus "transcript":{"path","text","segments",…}, and three
// files beside each other: JSON, plain text and WebVTT.
import Filter

let tool = Tool(
    "transcribe", "write down what is said in the audio of each record", stage: "transcribe",
    examples: [
        "rc-list --days 1 | rc-fetch | transcribe >transcribed.ndjson",
        "transcribe --model base.en <fetched.ndjson",
    ],
    options: ToolOptions())

// Eight records in hand make one run of whisper.cpp.
await tool.filter(jobs: 8, finishes: true) { options in
    let transcriber = try Transcriber(options)
    return { record in try await transcriber.transcribe(&record) }
}
