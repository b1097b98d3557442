// ToneCall: a call of tones, which the fakes of speech services hear as words.
import Foundation
import Testing

/// A tone on a channel, told by its pitch; a fake says "Tone 400." where it hears one of 400 Hz.
struct Tone {
    var channel: Int
    var start: Double
    var end: Double
    var hertz: Int

    /// Two parties that talk in turn, at once, and with a long pause.
    static let call = [
        Tone(channel: 0, start: 1, end: 3.5, hertz: 400),
        Tone(channel: 1, start: 3, end: 6, hertz: 800),
        Tone(channel: 0, start: 6.5, end: 7.5, hertz: 500),
        Tone(channel: 0, start: 40, end: 42, hertz: 600),
        Tone(channel: 1, start: 41, end: 41.5, hertz: 1000),
    ]
    /// A call of ten seconds, so small that a fake reads all of it before it refuses it.
    static let brief = [Tone(channel: 0, start: 1, end: 8, hertz: 400)]
}

extension Workplace {
    /// Writes a call and gives its record, a line.
    func call(
        _ tones: [Tone] = Tone.call, seconds: Double = 45, channels: Int = 2, id: String = "t:1"
    ) throws -> String {
        let rate = 8000
        var samples = [Int16](repeating: 0, count: Int(seconds * Double(rate)) * channels)
        var noise: UInt32 = 1
        for index in samples.indices {
            noise = noise &* 1_664_525 &+ 1_013_904_223
            samples[index] = Int16(noise >> 28) - 8
        }
        for tone in tones {
            for frame in Int(tone.start * 8000)..<Int(tone.end * 8000) {
                let angle = 2 * Double.pi * Double(tone.hertz) * Double(frame) / Double(rate)
                samples[frame * channels + tone.channel] += Int16(8000 * sin(angle))
            }
        }
        func little(_ value: Int, _ bytes: Int) -> Data {
            Data((0..<bytes).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) })
        }
        let sound = Data(
            samples.flatMap {
                [UInt8(truncatingIfNeeded: $0), UInt8(truncatingIfNeeded: $0 >> 8)]
            })
        var wave = Data("RIFF".utf8) + little(36 + sound.count, 4) + Data("WAVEfmt ".utf8)
        wave += little(16, 4) + little(1, 2) + little(channels, 2)
        wave += little(rate, 4) + little(rate * 2 * channels, 4)
        wave += little(2 * channels, 2) + little(16, 2)
        wave += Data("data".utf8) + little(sound.count, 4) + sound
        let name = id.replacingOccurrences(of: ":", with: "-") + ".wav"
        let folder = URL(filePath: "\(path)/data/audio")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try wave.write(to: folder.appending(path: name))
        let sum = try run("sha256sum data/audio/\(name)").output.prefix(64)
        return """
            {"id":"\(id)","start":"2024-01-15T14:03:11Z","audio":{"path":"audio/\(name)",\
            "bytes":\(wave.count),"sha256":"\(sum)","type":"audio/wav"}}

            """
    }
}

extension Outcome {
    /// The words of the first record's transcript, by time.
    var tones: [Tone] {
        let transcript = records.first?["transcript"] as? [String: Any]
        let segments = transcript?["segments"] as? [[String: Any]] ?? []
        return segments.map { segment in
            let words = (segment["text"] as? String ?? "").split { $0 == " " || $0 == "." }
            return Tone(
                channel: segment["channel"] as? Int ?? -1, start: segment["start"] as? Double ?? -1,
                end: segment["end"] as? Double ?? -1,
                hertz: words.count == 2 ? Int(words[1]) ?? -1 : -1)
        }
    }

    /// All went well, and each party said what it said when it said it.
    func expectTones(
        _ tones: [Tone] = Tone.call, within slack: Double = 0.3,
        at place: SourceLocation = #_sourceLocation
    ) {
        let heard = self.tones
        #expect(status == 0, "\(errors)", sourceLocation: place)
        #expect(heard.map(\.hertz) == tones.map(\.hertz), sourceLocation: place)
        #expect(heard.map(\.channel) == tones.map(\.channel), sourceLocation: place)
        for (one, other) in zip(heard, tones) {
            #expect(abs(one.start - other.start) < slack, "\(one)", sourceLocation: place)
            #expect(abs(one.end - other.end) < slack, "\(one)", sourceLocation: place)
        }
    }

    /// The first record carries an error, and no transcript.
    func expectFailure(
        _ scope: String, _ kind: String, _ words: String,
        at place: SourceLocation = #_sourceLocation
    ) {
        let error = records.first?["error"] as? [String: Any]
        #expect(status == 1, "\(errors)", sourceLocation: place)
        #expect(error?["class"] as? String == scope, "\(errors)", sourceLocation: place)
        #expect(error?["kind"] as? String == kind, sourceLocation: place)
        let message = error?["message"] as? String
        #expect(message?.contains(words) == true, "\(errors)", sourceLocation: place)
        #expect(records.first?["transcript"] == nil, sourceLocation: place)
    }
}
