// TwoPartyTests: a call with a party on each channel, who speak at once for a while.
import Foundation
import Testing

@Suite struct TwoPartyTests {
    /// Puts the call of tones into a codec of telephony.
    private func record(_ place: Workplace, _ codec: String) throws -> String {
        _ = try place.call()
        let outcome = try place.run(
            """
            cd data/audio
            ffmpeg -nostdin -v error -i t-1.wav \(codec) call
            jq -nc --arg sha $(sha256sum call | cut -d' ' -f1) '{id: "t:1",
                start: "2024-01-15T14:03:11Z", audio: {path: "audio/call", bytes: 1, sha256: $sha,
                type: "audio/wav"}}'
            """)
        #expect(outcome.status == 0, "\(outcome.errors)")
        return outcome.output
    }

    @Test(
        "each utterance has its channel, and its times within 0.3 s, in JSON and in WebVTT",
        arguments: ["-c:a pcm_mulaw -f wav", "-c:a libmp3lame -b:a 32k -f mp3"])
    func times(_ codec: String) throws {
        let place = try Workplace()
        try place.startToneEngine()
        let outcome = try place.run("transcribe", input: try record(place, codec))
        outcome.expectTones()
        let captions = try place.run(
            "grep -A1 -e ' --> ' data/transcripts/2024/01/15/t-1.vtt"
        ).output
        let cues = captions.components(separatedBy: "--\n").map {
            $0.components(separatedBy: "\n")
        }
        try #require(cues.count == Tone.call.count)
        for (cue, tone) in zip(cues, outcome.tones) {
            let times = cue[0].components(separatedBy: " --> ").map(seconds)
            #expect(abs(times[0] - tone.start) < 0.002 && abs(times[1] - tone.end) < 0.002)
            #expect(cue[1].hasPrefix(["<v Agent>", "<v Customer>"][tone.channel]))
        }
    }

    /// `00:00:12.500` as a number.
    private func seconds(_ time: String) -> Double {
        time.components(separatedBy: ":").reduce(0) { $0 * 60 + (Double($1) ?? .nan) }
    }
}
