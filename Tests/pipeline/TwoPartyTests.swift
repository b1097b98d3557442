// TwoPartyTests: a call with a party on each channel, who speak at once for a while.
import Foundation
import Testing

@Suite struct TwoPartyTests {
    /// A prompt on a channel, at a time.
    private struct Said {
        let prompt: String
        let channel: Int
        let start: Double
    }

    private static let said = [
        Said(prompt: "queue-youarenext", channel: 0, start: 0.5),
        Said(prompt: "tt-weasels", channel: 1, start: 6.5),
        Said(prompt: "privacy-prompt", channel: 0, start: 10.8),
        Said(prompt: "conf-onlyperson", channel: 1, start: 13.3),
        Said(prompt: "goodbye", channel: 0, start: 19.5),
    ]

    private static let sounds = "/usr/share/asterisk/sounds/en_US_f_Allison"

    /// Puts the prompts together as a call, in a codec of telephony.
    private func record(_ place: Workplace, _ codec: String) throws -> String {
        let inputs = TwoPartyTests.said.map { "-i \(TwoPartyTests.sounds)/\($0.prompt).wav" }
        let delays = TwoPartyTests.said.enumerated().map { index, said in
            "[\(index)]adelay=\(Int(said.start * 1000))[d\(index)]"
        }
        let channels = [0, 1].map { channel in
            let own = TwoPartyTests.said.indices.filter {
                TwoPartyTests.said[$0].channel == channel
            }
            return own.map { "[d\($0)]" }.joined()
                + "amix=inputs=\(own.count):normalize=0:dropout_transition=0,apad[c\(channel)]"
        }
        let graph = (delays + channels + ["[c0][c1]join"]).joined(separator: ";")
        let outcome = try place.run(
            """
            mkdir -p data/audio
            ffmpeg -nostdin -v error \(inputs.joined(separator: " ")) \
                -filter_complex '\(graph)' -t 22 \(codec) data/audio/call
            jq -nc --arg sha $(sha256sum data/audio/call | cut -d' ' -f1) '{id: "t:1",
                start: "2024-01-15T14:03:11Z", audio: {path: "audio/call", bytes: 1, sha256: $sha,
                type: "audio/wav"}}'
            """)
        #expect(outcome.status == 0, "\(outcome.errors)")
        return outcome.output
    }

    private func length(of prompt: String, _ place: Workplace) throws -> Double {
        let outcome = try place.run(
            "ffprobe -v error -show_entries format=duration -of csv=p=0"
                + " \(TwoPartyTests.sounds)/\(prompt).wav")
        return try #require(Double(outcome.output.trimmingCharacters(in: .whitespacesAndNewlines)))
    }

    @Test(
        "each utterance has its channel, and its times within 0.3 s, in JSON and in WebVTT",
        arguments: ["-c:a pcm_mulaw -f wav", "-c:a libmp3lame -b:a 32k -f mp3"])
    func times(_ codec: String) throws {
        let place = try Workplace()
        let outcome = try place.run(
            "transcribe --engine pocketsphinx", input: try record(place, codec))
        #expect(outcome.status == 0, "\(outcome.errors)")
        let document = try place.run("cat data/transcripts/2024/01/15/t-1.json").records.first
        let segments = try #require(document?["segments"] as? [[String: Any]])
        try #require(segments.count == TwoPartyTests.said.count, "\(segments)")
        let captions = try place.run(
            "grep -A1 -e ' --> ' data/transcripts/2024/01/15/t-1.vtt"
        ).output
        let cues = captions.components(separatedBy: "--\n").map {
            $0.components(separatedBy: "\n")
        }
        #expect(cues.count == segments.count)
        for (index, said) in TwoPartyTests.said.enumerated() {
            let (segment, cue) = (segments[index], cues[index])
            let end = said.start + (try length(of: said.prompt, place))
            #expect(segment["channel"] as? Int == said.channel)
            #expect(segment["speaker"] as? String == ["agent", "customer"][said.channel])
            let (from, to) = (segment["start"] as? Double ?? -1, segment["end"] as? Double ?? -1)
            #expect(abs(from - said.start) <= 0.3, "\(said.prompt) begins at \(from)")
            #expect(abs(to - end) <= 0.3, "\(said.prompt) ends at \(to), not at \(end)")
            let times = cue[0].components(separatedBy: " --> ").map(seconds)
            #expect(abs(times[0] - from) < 0.002 && abs(times[1] - to) < 0.002, "\(cue)")
            #expect(cue[1].hasPrefix(["<v Agent>", "<v Customer>"][said.channel]))
        }
    }

    /// `00:00:12.500` as a number.
    private func seconds(_ time: String) -> Double {
        time.components(separatedBy: ":").reduce(0) { $0 * 60 + (Double($1) ?? .nan) }
    }
}
