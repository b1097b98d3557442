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
    options: [
        .value("by", "WHAT", "recording, or session for whole conversations"),
        .value("types", "LIST", "only these, as in Transcript,Summary (default all)"),
        .value("domain", "NAME", "pbx, rcv, rcx, nice-incontact or ms-teams (default pbx)"),
        .flag("as-transcript", "take the transcript for the record's own"),
        .value("min-coverage", "SHARE", "only one that reaches so far, from 0 to 1"),
        .flag("unless-transcript", "pass on what has a transcript"),
        .value("wait", "TIME", "none means none yet for so long (default 60m)"),
        .data, .minFree, .force,
    ])

await tool.filter { options in
    let taker = try InsightsTaker(options)
    return { record in try await taker.take(&record) }
}
