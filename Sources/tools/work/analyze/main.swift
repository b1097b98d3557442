// analyze: add what a call was about, its mood, its promises, its outcome, and a score.
//
// {"transcript":{"segments":[…]}}  ->  the same record plus "analysis":{"summary":{…},…}
import Filter

let tool = Tool(
    "analyze", "add findings about the conversation of each call", stage: "analyze",
    examples: [
        "state-show --stage transcribe | analyze --task summary --model gpt-4o-mini",
        "analyze --engine lexicon --task sentiment <transcribed.ndjson",
    ],
    options: ToolOptions())

await tool.filter(jobs: 4, finishes: true) { options in
    switch options.engine ?? .chat {
    case .chat:
        let analyzer = try ChatAnalyzer(options)
        return { record in try await analyzer.analyze(&record) }
    case .lexicon:
        let analyzer = try LexiconAnalyzer(options)
        return { record in try analyzer.analyze(&record) }
    }
}
