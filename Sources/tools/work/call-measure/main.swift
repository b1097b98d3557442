// call-measure: add how the call went: talk times, silences, interruptions, turns.
//
// {"transcript":{"segments":[…]}}  ->  the same record plus "measures":{"parties","silence",…}
import Files
import Filter
import Measures
import Records

let tool = Tool(
    "call-measure", "add how each call went: talk times, silences, interruptions",
    stage: "measure",
    examples: [
        "state-show --stage transcribe | call-measure | jq -c '[.id, .measures.silence]'",
        "call-measure --announcements menu.txt <calls.ndjson",
    ],
    options: ToolOptions())

await tool.filter { options in
    let announcements = try Announcements(file: options.announcements)
    return { record in
        guard let transcript = try record.decode("transcript", as: Transcript.self) else {
            throw Failure(
                .item, .input, "measure \(record.id): it has no transcript",
                remedy: "put transcribe before call-measure in the pipe")
        }
        let audio = try record.decode("audio", as: Sound.self)
        let measures = try CallMeasures(
            transcript, duration: audio?.seconds ?? record.number("duration"),
            channels: audio?.channels, announcements: announcements)
        record.set("measures", measures.json)
    }
}

/// The members of the audio that matter here.
private struct Sound: Decodable {
    let seconds: Double?
    let channels: Int?
}
