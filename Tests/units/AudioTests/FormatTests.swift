// FormatTests: every format that telephony writes gives its true length and its sound.
import Audio
import TestSupport
import Testing

/// Two seconds of it; a codec with frames may round the length up to a frame.
struct Format: Sendable, CustomTestStringConvertible {
    let name: String
    let codec: String
    let encoding: [String]
    let rate: Int
    var tolerance = 0.0
    var testDescription: String { "\(codec) in \(name)" }

    /// FFmpeg's name of the format.
    var format: String {
        let suffix = name.split(separator: ".").last.map(String.init) ?? ""
        let names = ["opus": "ogg", "m4a": "mov", "webm": "matroska", "mka": "matroska"]
        return names[suffix] ?? suffix
    }

    static let all: [Format] = [
        Format(name: "a.wav", codec: "pcm_s16le", encoding: [], rate: 8000),
        Format(name: "a.wav", codec: "pcm_mulaw", encoding: ["-c:a", "pcm_mulaw"], rate: 8000),
        Format(name: "a.wav", codec: "pcm_alaw", encoding: ["-c:a", "pcm_alaw"], rate: 8000),
        Format(
            name: "a.wav", codec: "gsm_ms", encoding: ["-c:a", "libgsm_ms"], rate: 8000,
            tolerance: 0.04),
        Format(
            name: "a.mp3", codec: "mp3", encoding: ["-b:a", "16k"], rate: 8000, tolerance: 0.001),
        Format(
            name: "b.mp3", codec: "mp3", encoding: ["-b:a", "64k"], rate: 44100, tolerance: 0.001),
        Format(
            name: "a.ogg", codec: "vorbis", encoding: ["-c:a", "libvorbis"], rate: 16000,
            tolerance: 0.02),
        Format(
            name: "a.opus", codec: "opus", encoding: ["-c:a", "libopus"], rate: 48000,
            tolerance: 0.02),
        Format(name: "a.flac", codec: "flac", encoding: [], rate: 16000),
        Format(
            name: "a.m4a", codec: "aac",
            encoding: ["-c:a", "aac", "-metadata", "creation_time=2024-01-15T14:03:11Z"],
            rate: 16000, tolerance: 0.1),
        Format(
            name: "a.webm", codec: "opus", encoding: ["-c:a", "libopus"], rate: 48000,
            tolerance: 0.02),
        Format(
            name: "live.webm", codec: "opus",
            encoding: ["-c:a", "libopus", "-live", "1", "-f", "webm"], rate: 48000,
            tolerance: 0.02),
        Format(
            name: "a.mka", codec: "opus", encoding: ["-c:a", "libopus"], rate: 48000,
            tolerance: 0.02),
        Format(
            name: "b.mka", codec: "vorbis", encoding: ["-c:a", "libvorbis"], rate: 16000,
            tolerance: 0.03),
        Format(name: "c.mka", codec: "pcm_alaw", encoding: ["-c:a", "pcm_alaw"], rate: 8000),
    ]
}

@Suite("formats", .enabled(if: FFmpeg.isInstalled, "needs Debian's package ffmpeg"))
struct FormatTests {
    @Test("what telephony writes is read, with its true length", arguments: Format.all)
    func format(_ format: Format) throws {
        let scratch = TemporaryDirectory()
        let tone = Sound.tone(440, seconds: 2, rate: format.rate)
        let plain = try scratch.write(Sound.wave([tone], rate: format.rate), "plain.wav")
        let path = scratch[format.name]
        try FFmpeg.run(["-i", plain] + format.encoding + [path])

        let facts = try Audio.probe(path)
        #expect(facts.codec == format.codec)
        #expect(facts.format == format.format)
        #expect(facts.rate == format.rate)
        #expect(facts.channels == 1)
        #expect(abs(facts.seconds - 2) <= format.tolerance)

        var samples: [Int16] = []
        let decoded = try Audio.decode(path, channels: .mix) { _, block in
            for index in block.indices { samples.append(block[index]) }
        }
        #expect(decoded == facts)
        #expect(abs(samples.count - Int((facts.seconds * 16000).rounded())) <= 32)
        let middle = samples[8000..<24000]
        #expect(crossings(middle) > 860 && crossings(middle) < 900, "440 Hz have to stay 440 Hz")
    }

    @Test("the sound of a video is read, its pictures are not")
    func video() throws {
        let scratch = TemporaryDirectory()
        let path = scratch["clip.mp4"]
        try FFmpeg.run([
            "-f", "lavfi", "-i", "testsrc=duration=1:size=64x64", "-f", "lavfi", "-i",
            "sine=duration=1:sample_rate=16000", "-c:v", "mpeg4", "-c:a", "aac", path,
        ])
        #expect(try Audio.probe(path).codec == "aac")
    }

    private func crossings(_ samples: ArraySlice<Int16>) -> Int {
        zip(samples, samples.dropFirst()).count { ($0 < 0) != ($1 < 0) }
    }
}
