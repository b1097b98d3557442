// rc-insights: add the findings of RingCentral's own AI to the recordings on standard input.
//
// {"recording":{"id"}}  ->  the same record plus "insights":{"summary","sentiment",…}, and with
// --as-transcript "transcript" and its three files.
import Filter
import RingCentral

let tool = Tool(
    "rc-insights", "add the findings of RingCentral's own AI to the recordings", stage: "insights",
    examples: [
        "rc-list --days 2 | rc-insights | jq -r .insights.sentiment",
        "rc-insights --as-transcript --min-coverage 0.8 <fetched.ndjson",
    ],
    options: ToolOptions())

await tool.filter { options in
    let taker = try InsightsTaker(options)
    return { record in try await taker.take(&record) }
}
