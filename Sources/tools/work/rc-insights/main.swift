// rc-insights: add what RingCentral's own AI says of the recordings on standard input.
//
// {"recording":{"id"}}  ->  the same record plus "insights":{"summary","sentiment",…}, and with
// --as-transcript "transcript" and its three files.
import Filter
import RingCentral

let tool = Tool(
    "rc-insights", "add what RingCentral's own AI says of the recordings", stage: "insights",
    examples: [
        "rc-list --days 2 | rc-insights | jq -r .insights.sentiment",
        "rc-insights --as-transcript --min-coverage 0.8 <fetched.ndjson",
    ],
    options: ToolOptions())

await tool.filter { options in
    let taker = try InsightsTaker(options)
    return { record in try await taker.take(&record) }
}
