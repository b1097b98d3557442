// TrackTests: files with several tracks of sound, one for each party.
import Audio
import Foundation
import TestSupport
import Testing

@Suite("tracks", .enabled(if: FFmpeg.isInstalled, "needs Debian's package ffmpeg"))
struct TrackTests {
    private let scratch = TemporaryDirectory()

    /// Puts tones into a file, a track each; a track may begin late.
    private func file(
        _ name: String, _ tones: [(hertz: Double, seconds: Double, late: Double)],
        _ arguments: [String]
    ) throws -> String {
        var inputs: [String] = []
        for (index, tone) in tones.enumerated() {
            let samples = Sound.tone(tone.hertz, seconds: tone.seconds, rate: 16000)
            let path = try scratch.write(Sound.wave([samples], rate: 16000), "\(index).wav")
            inputs += ["-itsoffset", "\(tone.late)", "-i", path]
        }
        let maps = tones.indices.flatMap { ["-map", "\($0)"] }
        try FFmpeg.run(inputs + maps + arguments + [scratch[name]])
        return scratch[name]
    }

    private func split(_ path: String) throws -> (channels: [[Int16]], facts: Audio.Facts) {
        var channels: [[Int16]] = []
        let facts = try Audio.decode(path, channels: .split, rate: 8000) { channel, block in
            while channels.count <= channel { channels.append([]) }
            for index in block.indices { channels[channel].append(block[index]) }
        }
        return (channels, facts)
    }

    /// The frequency of a tone in a second of a channel; 0 for silence.
    private func pitch(_ samples: [Int16], at seconds: Double) -> Int {
        let second = samples[Int(seconds * 8000)..<Int(seconds * 8000 + 4000)]
        guard second.contains(where: { abs($0) > 100 }) else { return 0 }
        return zip(second, second.dropFirst()).count { ($0 < 0) != ($1 < 0) }
    }

    @Test(
        "each track is a channel, from beginning to end",
        arguments: [
            ("a.m4a", ["-c:a", "aac"]), ("b.m4a", ["-c:a", "alac"]), ("a.mka", ["-c:a", "flac"]),
            ("a.webm", ["-c:a", "libopus"]), ("a.ogg", ["-c:a", "libvorbis"]),
            ("c.mka", ["-c:a:0", "libopus", "-c:a:1", "pcm_mulaw", "-ar:a:1", "8000"]),
        ])
    func two(_ name: String, _ arguments: [String]) throws {
        let path = try file(name, [(400, 5, 0), (900, 3, 0)], arguments)
        let facts = try Audio.probe(path)
        #expect(facts.channels == 2)
        #expect(facts.tracks == 2)
        #expect(facts.isDualMono == false)
        #expect(!facts.isPlain && facts.cut == nil)
        #expect(abs(facts.seconds - 5) < 0.15)
        let (channels, _) = try split(path)
        #expect(channels.count == 2)
        #expect(channels[0].count == channels[1].count)
        #expect(abs(channels[0].count - 40_000) < 1200)
        #expect(abs(pitch(channels[0], at: 4) - 400) <= 2)
        #expect(abs(pitch(channels[1], at: 2) - 900) <= 2)
        #expect(pitch(channels[1], at: 4) == 0, "the shorter track ends in silence")
    }

    @Test("a track that begins late is in time with the other", arguments: ["a.m4a", "a.mka"])
    func late(_ name: String) throws {
        let path = try file(name, [(400, 6, 0), (900, 2, 3)], ["-c:a", "aac"])
        let (channels, facts) = try split(path)
        #expect(abs(facts.seconds - 6) < 0.15)
        #expect(channels.map { pitch($0, at: 1) }.elementsEqual([400, 0]) { abs($0 - $1) <= 2 })
        #expect(channels.map { pitch($0, at: 4) }.elementsEqual([400, 900]) { abs($0 - $1) <= 2 })
        let begin = channels[1].firstIndex { abs($0) > 3000 } ?? 0
        #expect(abs(begin - 24_000) < 800, "it begins at \(begin)")
    }

    @Test("a pause in one track keeps what follows in time")
    func pause() throws {
        let path = try file("whole.mka", [(400, 8, 0), (900, 8, 0)], ["-c:a", "pcm_s16le"])
        try FFmpeg.run([
            "-i", path, "-map", "0", "-c", "copy", "-bsf:a:1",
            "noise=drop='between(pts*tb,2,4.999)'", scratch["a.mka"],
        ])
        let (channels, _) = try split(scratch["a.mka"])
        #expect(
            [1, 3, 6].map { pitch(channels[1], at: $0) }.elementsEqual([900, 0, 900]) {
                abs($0 - $1) <= 2
            })
        #expect(abs(channels[1].count - 64_000) < 100)
    }

    @Test("a mix holds every track")
    func mix() throws {
        let path = try file("a.mka", [(400, 2, 0), (900, 4, 0)], ["-c:a", "pcm_s16le"])
        var samples: [Int16] = []
        try Audio.decode(path, channels: .mix, rate: 8000) { channel, block in
            #expect(channel == 0)
            for index in block.indices { samples.append(block[index]) }
        }
        #expect(abs(samples.count - 32_000) < 10)
        #expect(samples[..<16_000].max() ?? 0 > 14_000, "both tones meet")
        #expect(samples[16_100...].max() ?? 0 < 8200, "one is left")
        #expect(abs(pitch(samples, at: 3) - 900) <= 2)
    }

    @Test("three parties are three channels; more tracks than channels may be are refused")
    func three() throws {
        let path = try file(
            "a.mka", [(400, 2, 0), (900, 2, 0), (1500, 2, 0)], ["-c:a", "libopus"])
        let facts = try Audio.probe(path)
        #expect(facts.channels == 3 && facts.tracks == 3 && facts.isDualMono == nil)
        let pitches = try split(path).channels.map { pitch($0, at: 1) }
        #expect(pitches.elementsEqual([400, 900, 1500]) { abs($0 - $1) <= 2 })
        #expect {
            try Audio.probe(path, limits: .init(channels: 2))
        } throws: {
            "\($0)".contains("3 channels where 1 to 2 are read")
        }
    }

    @Test("tracks of the same sound are one party, reversed or not")
    func alike() throws {
        let one = try scratch.write(
            Sound.wave([Sound.tone(400, seconds: 2, rate: 8000)], rate: 8000), "one.wav")
        for (filter, isReversed) in [("volume=0.5", false), ("aeval=-val(0)", true)] {
            let path = scratch["a.mka"]
            try FFmpeg.run([
                "-i", one, "-map", "0", "-map", "0", "-filter:a:1", filter, "-c:a", "pcm_s16le",
                path,
            ])
            let facts = try Audio.probe(path)
            #expect(facts.isDualMono == true)
            #expect(facts.isReversed == isReversed)
            var peak: Int16 = 0
            let channels: Audio.Channels = isReversed ? .mixReversed : .mix
            try Audio.decode(path, channels: channels) { _, block in
                for index in block.indices { peak = max(peak, block[index]) }
            }
            #expect(peak > 11_000)
        }
    }

    @Test("a track without a decoder is told, and the others are heard")
    func leftOut() throws {
        let path = try file(
            "a.mka", [(400, 2, 0), (900, 2, 0)], ["-c:a:0", "ac3", "-c:a:1", "libopus"])
        let facts = try Audio.probe(path)
        #expect(facts.codec == "opus")
        #expect(facts.channels == 1)
        #expect(
            facts.remarks
                == ["1 of 2 audio tracks are left out: there is no decoder for them"])
    }
}
