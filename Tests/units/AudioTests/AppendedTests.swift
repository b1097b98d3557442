// AppendedTests: sound behind the end that a header states, and files appended to each other.
import Audio
import Foundation
import TestSupport
import Testing

struct AppendedTests {
    private let scratch = TemporaryDirectory()
    private let first = Sound.tone(440, seconds: 1, rate: 8000)
    private let second = Sound.tone(900, seconds: 2.5, rate: 8000)

    /// All samples of a file with one channel, and its facts.
    private func heard(_ path: String) throws -> (samples: [Int16], facts: Audio.Facts) {
        var samples: [Int16] = []
        let facts = try Audio.decode(path, channels: .split, rate: nil) { _, block in
            for index in block.indices { samples.append(block[index]) }
        }
        #expect(try Audio.probe(path) == facts)
        return (samples, facts)
    }

    /// A WAV whose header states one second, and has `more` behind that.
    private func understated(_ more: [UInt8], name: String = "a.wav") throws -> String {
        try scratch.write(Sound.wave([first], rate: 8000) + more, name)
    }

    private func chunk(_ name: String, _ size: Int) -> [UInt8] {
        let length = UInt32(size)
        return Array(name.utf8) + (0..<4).map { UInt8(truncatingIfNeeded: length >> ($0 * 8)) }
            + [UInt8](repeating: 0x41, count: size)
    }

    // MARK: sound behind the stated end

    @Test("samples that the header of a WAV does not count are heard")
    func behind() throws {
        let samples = Array(Sound.wave([second], rate: 8000)[44...])
        let (heard, facts) = try heard(understated(samples))
        #expect(heard == first + second)
        #expect(facts.seconds == 3.5)
        #expect(facts.missingSeconds == 0)
        #expect(!facts.isPlain, "other programs hear one second of it")
        #expect(facts.remarks.isEmpty)
    }

    @Test("so are those behind the header of a big-endian WAV")
    func bigEndian() throws {
        func big(_ channels: [[Int16]]) -> [UInt8] {
            var bytes = Sound.wave(channels, rate: 8000)
            bytes[3] = UInt8(ascii: "X")
            for number in [
                4..<8, 16..<20, 20..<22, 22..<24, 24..<28, 28..<32, 32..<34, 34..<36, 40..<44,
            ] {
                bytes[number].reverse()
            }
            for index in stride(from: 44, to: bytes.count, by: 2) { bytes.swapAt(index, index + 1) }
            return bytes
        }
        let path = try scratch.write(big([first]) + big([second])[44...], "a.wav")
        #expect(try heard(path).samples == first + second)
    }

    @Test(
        "chunks behind the sound are no sound, with and without a byte that makes its length even",
        arguments: [0, 1])
    func chunks(_ odd: Int) throws {
        let sound = Sound.wave([first], rate: 8000, stated: 16_000 + odd) + [0][..<odd]
        for more in [
            chunk("LIST", 4000), [0][..<odd] + chunk("LIST", 4000) + chunk("id3 ", 300),
            chunk("bext", 602) + chunk("cue ", 28), chunk("LIST", 401), [0, 0, 0],
        ] {
            let facts = try Audio.probe(scratch.write(sound + more, "a.wav"))
            #expect(abs(facts.seconds - 1) < 0.001)
            #expect(facts.isPlain)
        }
    }

    @Test("samples that an AIFF does not count cannot be heard, and are told")
    func aiff() throws {
        let path = scratch["a.aiff"]
        let plain = try scratch.write(Sound.wave([first], rate: 8000), "plain.wav")
        try FFmpeg.run(["-i", plain, path])
        var bytes = [UInt8](try Data(contentsOf: URL(filePath: path)))
        bytes += [UInt8](repeating: 0x11, count: 9000)
        let facts = try Audio.probe(scratch.write(bytes, "b.aiff"))
        #expect(facts.seconds == 1)
        #expect(facts.remarks.count == 1)
        #expect(facts.remarks.first?.hasPrefix("9000 bytes after the end") == true)
    }

    @Test("text behind the sound is told, and not heard as noise")
    func text() throws {
        let page = Array("<html><body>Session ended at 14:33, \u{DC}bung.</body></html>\n".utf8)
        for odd in [0, 1] {
            let sound = Sound.wave([first], rate: 8000, stated: 16_000 + odd) + [0][..<odd]
            for more in [page, Array(repeating: page, count: 4000).flatMap(\.self)] {
                let facts = try Audio.probe(scratch.write(sound + more, "a.wav"))
                #expect(abs(facts.seconds - 1) < 0.001)
                let told = "\(more.count) bytes after the end"
                #expect(facts.remarks.contains { $0.hasPrefix(told) }, "\(facts.remarks)")
            }
        }
    }

    @Test("samples that look like a letter each are heard", arguments: [0x55, 0x20] as [UInt8])
    func letters(_ sample: UInt8) throws {
        let facts = try Audio.probe(understated([UInt8](repeating: sample, count: 16_000)))
        #expect(facts.seconds == 2)
    }

    @Test(
        "an MP3 behind a WAV is told, and not heard as noise",
        .enabled(if: FFmpeg.isInstalled, "needs Debian's package ffmpeg"),
        arguments: [[], ["-id3v2_version", "0", "-write_xing", "0"]])
    func mp3BehindWave(_ arguments: [String]) throws {
        let plain = try scratch.write(Sound.wave([second], rate: 8000), "plain.wav")
        try FFmpeg.run(["-i", plain] + arguments + [scratch["a.mp3"]])
        let more = [UInt8](try Data(contentsOf: URL(filePath: scratch["a.mp3"])))
        let (samples, facts) = try heard(understated(more))
        #expect(samples == first)
        #expect(facts.remarks.count == 1)
        #expect(facts.remarks.first?.hasPrefix("\(more.count) bytes after the end") == true)
    }

    // MARK: files appended to each other

    @Test("two WAVs in one file are heard one after the other, sample by sample")
    func waves() throws {
        let path = try understated(Sound.wave([second], rate: 8000))
        let (heard, facts) = try heard(path)
        #expect(heard == first + second)
        #expect(!facts.isPlain)
        let three = try understated(
            chunk("LIST", 99) + [0] + Sound.wave([second], rate: 8000)
                + Sound.wave([first], rate: 8000))
        #expect(try self.heard(three).samples == first + second + first)
    }

    @Test("recordings of different rates are heard at the rate of the first")
    func rates() throws {
        let path = try understated(
            Sound.wave([Sound.tone(900, seconds: 2.5, rate: 16000)], rate: 16000))
        let (samples, facts) = try heard(path)
        #expect(facts.seconds == 3.5)
        #expect(facts.rate == 8000)
        #expect(abs(samples.count - 28_000) <= 2)
        #expect(crossings(samples[8100..<27_900], perSecond: 8000) == 900)
    }

    @Test("a second recording with other channels is mixed, and cannot be split")
    func otherChannels() throws {
        let path = try understated(Sound.wave([second, second], rate: 8000))
        var count = 0
        try Audio.decode(path, channels: .mix, rate: nil) { _, block in count += block.count }
        #expect(count == 28_000)
        #expect {
            try Audio.decode(path, channels: .split, rate: nil) { _, _ in }
        } throws: {
            "\($0)".contains("its number of channels changes midway")
        }
    }

    @Test("a second recording that cannot be read is told")
    func damaged() throws {
        let facts = try Audio.probe(
            understated(Array("RIFF".utf8) + [0, 0, 0, 0] + Array("WAVE".utf8) + chunk("junk", 28)))
        #expect(facts.seconds == 1)
        #expect(facts.remarks.first?.hasPrefix("48 bytes after the end") == true)
    }

    @Test("the end of the second that is cut off is missing")
    func cut() throws {
        let facts = try Audio.probe(
            understated(Array(Sound.wave([second], rate: 8000)[..<(44 + 8000)])))
        #expect(facts.seconds == 1.5)
        #expect(facts.missingSeconds == 2)
        #expect(facts.cut != nil)
    }

    @Test("two AMR files in one are heard, though frames of AMR have no mark of their own")
    func amr() throws {
        // Frames of 12.2 kbit/s, 20 ms each, of zeros.
        let frame = [0x3C] + [UInt8](repeating: 0, count: 31)
        let file = Array("#!AMR\n".utf8) + (0..<50).flatMap { _ in frame }
        #expect(try Audio.probe(scratch.write(file, "a.amr")).seconds == 1)
        let facts = try Audio.probe(scratch.write(file + file, "b.amr"))
        #expect(facts.seconds == 2)
        #expect(facts.damagedPackets == 0)
    }

    @Test(
        "two files of any format in one are both heard",
        .enabled(if: FFmpeg.isInstalled, "needs Debian's package ffmpeg"),
        arguments: [
            ("a.w64", []), ("a.rf64.wav", ["-rf64", "always"]), ("a.aiff", []), ("a.au", []),
            ("gsm.wav", ["-c:a", "libgsm_ms"]), ("ulaw.wav", ["-c:a", "pcm_mulaw"]),
            ("a.mp3", ["-b:a", "16k"]), ("a.flac", []), ("a.aac", ["-f", "adts"]),
            ("a.ogg", ["-c:a", "libvorbis"]), ("a.opus", ["-c:a", "libopus"]),
            ("a.webm", ["-c:a", "libopus"]), ("a.m4a", []),
            ("start.m4a", ["-movflags", "+faststart"]),
            ("pieces.mp4", ["-c:a", "aac", "-movflags", "+frag_keyframe+empty_moov"]),
        ])
    func formats(_ name: String, _ arguments: [String]) throws {
        let tone = Sound.tone(440, seconds: 4, rate: 8000)
        let plain = try scratch.write(Sound.wave([tone], rate: 8000), "plain.wav")
        try FFmpeg.run(["-i", plain] + arguments + [scratch[name]])
        let bytes = [UInt8](try Data(contentsOf: URL(filePath: scratch[name])))
        let one = try Audio.probe(scratch[name])
        let (samples, two) = try heard(scratch.write(bytes + bytes, "two-\(name)"))
        #expect(abs(two.seconds - 2 * one.seconds) < 0.25)
        let rate = two.rate
        let last = samples[(samples.count - 3 * rate)...].prefix(2 * rate)
        #expect(abs(crossings(last, perSecond: rate) - 440) <= 2, "the second is heard as it is")
        // A WAV behind it is found too, where something tells where the first ends.
        guard ["m4a", "mp4", "w64", "aiff", "wav"].contains(name.split(separator: ".").last) else {
            return
        }
        let wave = Sound.wave([tone], rate: 8000)
        let mixed = try Audio.probe(scratch.write(bytes + wave, "mixed-\(name)"))
        #expect(abs(mixed.seconds - one.seconds - 4) < 0.001)
    }

    /// The frequency of a tone.
    private func crossings(_ samples: ArraySlice<Int16>, perSecond rate: Int) -> Int {
        let count = zip(samples, samples.dropFirst()).count { ($0 < 0) != ($1 < 0) }
        return Int((Double(count) / 2 * Double(rate) / Double(samples.count)).rounded())
    }
}
