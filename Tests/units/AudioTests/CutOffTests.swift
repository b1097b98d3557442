// CutOffTests: a recording that ends before its header says so is told from one that is whole.
import Audio
import Foundation
import TestSupport
import Testing

struct CutOffTests {
    private let scratch = TemporaryDirectory()

    private func wave(seconds: Double) -> [UInt8] {
        Sound.wave([Sound.tone(440, seconds: seconds, rate: 8000)], rate: 8000)
    }

    /// A recording of 20 seconds as FFmpeg writes it.
    private func recording(_ name: String, _ arguments: [String]) throws -> [UInt8] {
        let plain = try scratch.write(wave(seconds: 20), "plain.wav")
        try FFmpeg.run(["-i", plain] + arguments + [scratch[name]])
        return [UInt8](try Data(contentsOf: URL(filePath: scratch[name])))
    }

    @Test("a WAV that is cut off is as long as what is there, and says what is not")
    func wave() throws {
        let path = try scratch.write(Array(wave(seconds: 4)[..<(44 + 16_000)]), "a.wav")
        for facts in [
            try Audio.probe(path), try Audio.decode(path, channels: .mix) { _, _ in },
            try Audio.decode(path, channels: .split) { _, _ in },
        ] {
            #expect(facts.seconds == 1)
            #expect(facts.missingSeconds == 3)
            #expect(
                facts.cut
                    == "it is cut off, 3.0 s of the 4.0 s that it should have are missing")
        }
    }

    @Test(
        "little may be missing: no more than a second, of what is short no more than half",
        arguments: [
            (10, 9.2, false), (10, 8.9, true), (1.5, 0.9, false), (1.5, 0.6, true),
            (0.5, 0.1, true),
        ])
    func threshold(_ stated: Double, _ there: Double, _ isCut: Bool) throws {
        let bytes = wave(seconds: stated)[..<(44 + Int(there * 8000) * 2)]
        let facts = try Audio.probe(scratch.write(Array(bytes), "a.wav"))
        #expect(abs(facts.missingSeconds - (stated - there)) < 0.001)
        #expect((facts.cut != nil) == isCut)
    }

    @Test("a WAV that states more than a recording may have states nothing")
    func absurd() throws {
        let bytes = Sound.wave(
            [Sound.tone(440, seconds: 3, rate: 8000)], rate: 8000, stated: 0x6000_0000)
        let facts = try Audio.probe(scratch.write(bytes, "a.wav"))
        #expect(facts.seconds == 3)
        #expect(facts.missingSeconds == 0)
    }

    @Test("a WAV of an odd number of bytes is whole, whatever follows")
    func odd() throws {
        let samples = [UInt8](repeating: 0x55, count: 16_001)
        let header = Sound.wave([[]], rate: 8000, stated: samples.count)
        for more in [[], [0], Array("LIST".utf8) + [4, 0, 0, 0] + Array("INFO".utf8)] {
            let facts = try Audio.probe(scratch.write(header + samples + more, "a.wav"))
            #expect(facts.missingSeconds < 0.001)
        }
    }

    @Test("the sizes of a big-endian WAV are not read backwards")
    func bigEndian() throws {
        var bytes = wave(seconds: 4)
        bytes[3] = UInt8(ascii: "X")
        for number in [
            4..<8, 16..<20, 20..<22, 22..<24, 24..<28, 28..<32, 32..<34, 34..<36, 40..<44,
        ] {
            bytes[number].reverse()
        }
        let facts = try Audio.probe(scratch.write(bytes, "a.wav"))
        #expect(facts.seconds == 4)
        #expect(facts.missingSeconds == 0)
    }

    @Test(
        "what a container states is missing when the end is",
        .enabled(if: FFmpeg.isInstalled, "needs Debian's package ffmpeg"),
        arguments: [
            ("xing.mp3", ["-b:a", "16k"]), ("variable.mp3", ["-q:a", "4"]),
            ("a.flac", ["-c:a", "flac"]), ("aac.m4a", ["-movflags", "+faststart"]),
            ("alac.m4a", ["-c:a", "alac", "-movflags", "+faststart"]),
            ("gsm.wav", ["-c:a", "libgsm_ms"]), ("ulaw.wav", ["-c:a", "pcm_mulaw"]),
            ("adpcm.wav", ["-c:a", "adpcm_ms"]), ("a.rf64.wav", ["-rf64", "always"]),
            ("a.w64", []), ("a.aiff", []), ("a.au", ["-c:a", "pcm_mulaw"]),
            ("a.webm", ["-c:a", "libopus"]), ("a.mka", ["-c:a", "flac"]),
        ])
    func formats(_ name: String, _ arguments: [String]) throws {
        let bytes = try recording(name, arguments)
        let whole = try Audio.probe(scratch[name])
        #expect(whole.missingSeconds < 0.3 && whole.cut == nil)
        let cut = try Audio.probe(
            scratch.write(Array(bytes[..<(bytes.count / 2)]), "cut-\(name)"))
        #expect(abs(cut.seconds + cut.missingSeconds - 20) < 0.5)
        #expect(cut.cut != nil)
        #expect(cut.missingSeconds > 8, "\(cut.missingSeconds)")
    }

    @Test(
        "what states no length is whole as it is",
        .enabled(if: FFmpeg.isInstalled, "needs Debian's package ffmpeg"),
        arguments: [
            ("plain.mp3", ["-b:a", "16k", "-write_xing", "0"]), ("a.aac", ["-f", "adts"]),
            ("a.ogg", ["-c:a", "libvorbis"]), ("a.gsm", ["-c:a", "libgsm"]),
        ])
    func unstated(_ name: String, _ arguments: [String]) throws {
        let bytes = try recording(name, arguments)
        for bytes in [bytes, Array(bytes[..<(bytes.count / 2)])] {
            #expect(try Audio.probe(scratch.write(bytes, name)).missingSeconds == 0)
        }
    }

    @Test(
        "seconds that are damaged in the middle are not missing at the end",
        .enabled(if: FFmpeg.isInstalled, "needs Debian's package ffmpeg"),
        arguments: [
            ("a.mp3", ["-b:a", "16k"]), ("a.flac", ["-c:a", "flac"]),
            ("a.m4a", ["-c:a", "alac", "-movflags", "+faststart"]),
        ])
    func middle(_ name: String, _ arguments: [String]) throws {
        var bytes = try recording(name, arguments)
        for index in (bytes.count * 4 / 10)..<(bytes.count * 6 / 10) { bytes[index] = 0 }
        let facts = try Audio.probe(scratch.write(bytes, name))
        #expect(facts.seconds < 18)
        #expect(facts.damagedPackets > 0)
        #expect(facts.cut == nil, "\(facts.missingSeconds)")
    }
}
