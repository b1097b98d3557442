// call-measure: add how the call went: talk times, silences, interruptions, turns.
//
// {"transcript":{"segments":[…]}}  ->  the same record plus "measures":{"parties","silence",…}
import Filter

let tool = Tool(
    "call-measure", "add how each call went: talk times, silences, interruptions",
    stage: "measure",
    examples: [
        "state-show --stage transcribe | call-measure | jq -c '[.id, .measures.silence]'",
        "state-show rc:1 | call-measure --swap | state-mark measure",
    ],
    options: ToolOptions())

await tool.filter { options in
    let measurer = try Measurer(options)
    return { record in try measurer.measure(&record) }
}
