// MutedFormatsTests: the silent copy of each form of recording.
import Foundation
import Testing

struct MutedFormatsTests {
    private let place: Workplace

    init() throws { place = try Workplace() }

    /// The samples of a file of two channels at 8 kHz, as FFmpeg hears them.
    private func samples(_ path: String) throws -> [Int16] {
        let outcome = try place.run("ffmpeg -v error -y -i data/\(path) -f s16le -ac 2 heard.raw")
        #expect(outcome.status == 0, "\(outcome.errors)")
        let bytes = try Data(contentsOf: URL(filePath: "\(place.path)/heard.raw"))
        return stride(from: 0, to: bytes.count - 1, by: 2).map {
            Int16(bitPattern: UInt16(bytes[$0]) | UInt16(bytes[$0 + 1]) << 8)
        }
    }

    @Test(
        "The copy is silent in the utterance and its margins, and has the recording's samples elsewhere",
        arguments: [
            ("wav", "pcm_s16le", true), ("wav", "pcm_mulaw", true), ("wav", "pcm_alaw", true),
            ("wav", "pcm_u8", true), ("wav", "pcm_s24le", true), ("flac", "flac", true),
            ("mp3", "libmp3lame", false),
        ])
    func copies(_ suffix: String, _ codec: String, _ isExact: Bool) throws {
        let path = "audio/undated/x-1.\(suffix)"
        let made = try place.run(
            """
            mkdir -p data/audio/undated
            ffmpeg -v error -y -f lavfi -i 'aevalsrc=0.5*sin(880*PI*t)|0.4*sin(600*PI*t):s=8000:d=9' \
                -c:a \(codec) data/\(path)
            stat -c %s data/\(path); sha256sum data/\(path) | cut -c1-64
            """)
        let facts = made.output.split(separator: "\n")
        try #require(facts.count == 2, "\(made.errors)")
        let line =
            #"{"id":"x:1","audio":{"path":"\#(path)","bytes":\#(facts[0]),"sha256":"\#(facts[1])","type":"audio/x"},"#
            + #""transcript":{"text":"4111111111111111","segments":[{"start":3,"end":5,"channel":1,"text":"4111111111111111"}]}}"#
        let outcome = try place.run("redact --audio", input: line + "\n")
        #expect(outcome.status == 0, "\(outcome.errors)")
        let record = try #require(outcome.records.first)
        let audio = try #require(record["audio"] as? [String: Any])
        let note = (record["redaction"] as? [String: Any])?["audio"] as? [String: Any]
        #expect(note?["exact"] as? Bool == isExact && note?["muted"] as? Double == 2.4)
        let kept = try #require(audio["path"] as? String)
        #expect(kept == "redacted/undated/x-1.wav")
        if suffix == "wav" { #expect(audio["bytes"] as? Int == Int(facts[0])) }
        let (before, after) = try (samples(path), samples(kept))
        #expect(before.count == after.count)
        let silence = Int(2.8 * 8000) * 2..<Int(5.2 * 8000) * 2
        // The smallest value of A-law is not zero.
        #expect(after[silence].allSatisfy { abs(Int($0)) <= 8 })
        #expect(after[..<silence.lowerBound] == before[..<silence.lowerBound])
        #expect(after[silence.upperBound...] == before[silence.upperBound...])
    }
}
