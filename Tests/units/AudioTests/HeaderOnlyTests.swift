// HeaderOnlyTests: a file that says of itself that it holds no sound is empty, not damaged.
import Audio
import Foundation
import Records
import TestSupport
import Testing

struct HeaderOnlyTests {
    private let scratch = TemporaryDirectory()

    private static let empty = Sound.wave([[]], rate: 8000)
    private static let title: [UInt8] =
        Array("LIST".utf8) + [12, 0, 0, 0] + Array("INFOISFT".utf8) + [0, 0, 0, 0]

    /// The header of a WAV with its size of the whole file changed.
    private static func header(size: UInt8) -> [UInt8] {
        var bytes = empty
        bytes[4] = size
        return bytes
    }

    private func expectNothing(
        in bytes: [UInt8], _ name: String, _ format: String,
        at place: SourceLocation = #_sourceLocation
    ) throws {
        let path = try scratch.write(bytes, name)
        let probed = try Audio.probe(path)
        #expect(probed.seconds == 0, sourceLocation: place)
        #expect(probed.cut == nil && probed.remarks.isEmpty, sourceLocation: place)
        #expect(probed.format == format, sourceLocation: place)
        for channels in [Audio.Channels.mix, .mixReversed, .split] {
            let decoded = try Audio.decode(path, channels: channels) { _, _ in
                Issue.record("there is no sample", sourceLocation: place)
            }
            #expect(decoded.seconds == 0, sourceLocation: place)
        }
    }

    private func expectFailure(
        of bytes: [UInt8], _ name: String, at place: SourceLocation = #_sourceLocation
    ) throws {
        let path = try scratch.write(bytes, name)
        #expect(throws: Failure.self, sourceLocation: place) { try Audio.probe(path) }
    }

    @Test(
        "a WAV without a sample is empty, with other chunks too, and with a wrong size",
        arguments: [
            empty, empty + title, Array(empty[..<36]) + title + Array(empty[36...]),
            header(size: 0), header(size: 44), Sound.wave([[], []], rate: 16000),
        ])
    func wave(_ bytes: [UInt8]) throws { try expectNothing(in: bytes, "a.wav", "wav") }

    @Test(
        "a WAV that states sound, is cut off, or states nothing certain is not empty",
        arguments: [
            Sound.wave([[]], rate: 8000, stated: 16_000), header(size: 200),
            Array(empty[..<40]), Array(empty[..<36]),
            Sound.wave([[]], rate: 8000, stated: 0xFFFF_FFFF),
        ])
    func waveWithLoss(_ bytes: [UInt8]) throws { try expectFailure(of: bytes, "a.wav") }

    @Test("samples behind a length of 0 are heard")
    func samples() throws {
        let bytes = Sound.wave([Sound.tone(440, seconds: 1, rate: 8000)], rate: 8000, stated: 0)
        #expect(try Audio.probe(scratch.write(bytes, "a.wav")).seconds == 1)
    }

    @Test(
        "an encoder that gets no sample leaves an empty recording, which is none when it is cut off",
        .enabled(if: FFmpeg.isInstalled, "needs Debian's package ffmpeg"),
        arguments: [
            ("a.wav", "wav", ["-c:a", "pcm_mulaw"]), ("a.w64", "w64", []),
            ("a.rf64.wav", "wav", ["-rf64", "always"]), ("a.aiff", "aiff", []),
            ("opus.ogg", "ogg", ["-c:a", "libopus"]), ("vorbis.ogg", "ogg", ["-c:a", "libvorbis"]),
            ("flac.ogg", "ogg", ["-c:a", "flac"]), ("a.flac", "flac", []), ("a.m4a", "mov", []),
            ("a.webm", "matroska", ["-c:a", "libopus"]),
            ("pieces.m4a", "mov", ["-movflags", "+frag_keyframe+empty_moov"]),
        ])
    func encoders(_ name: String, _ format: String, _ arguments: [String]) throws {
        try encode(name, arguments)
        let bytes = [UInt8](try Data(contentsOf: URL(filePath: scratch[name])))
        try expectNothing(in: bytes, name, format)
        for share in [0.5, 0.8] {
            try expectFailure(of: Array(bytes.prefix(Int(Double(bytes.count) * share))), name)
        }
        try expectFailure(of: bytes.dropLast(), "cut-\(name)")
    }

    private func encode(_ name: String, _ arguments: [String]) throws {
        try FFmpeg.run(
            ["-f", "s16le", "-ar", "8000", "-ac", "1", "-i", "/dev/null"] + arguments
                + [scratch[name]])
    }

    @Test(
        "an MP3 of a tag alone, or of a frame that counts none, is empty",
        .enabled(if: FFmpeg.isInstalled, "needs Debian's package ffmpeg"),
        arguments: [
            ["-write_xing", "0", "-metadata", "title=x"], [], ["-id3v2_version", "0"],
            ["-write_id3v1", "1", "-metadata", "title=x"],
        ])
    func tags(_ arguments: [String]) throws {
        try encode("a.mp3", arguments)
        let bytes = [UInt8](try Data(contentsOf: URL(filePath: scratch["a.mp3"])))
        try expectNothing(in: bytes, "a.mp3", "mp3")
        try expectFailure(of: bytes.dropLast(2), "cut.mp3")
    }

    @Test(
        "the headers of a recording with sound are no empty recording",
        .enabled(if: FFmpeg.isInstalled, "needs Debian's package ffmpeg"))
    func lost() throws {
        let plain = try scratch.write(
            Sound.wave([Sound.tone(440, seconds: 2, rate: 8000)], rate: 8000), "plain.wav")
        try FFmpeg.run(["-i", plain, "-movflags", "+faststart", scratch["a.m4a"]])
        let movie = [UInt8](try Data(contentsOf: URL(filePath: scratch["a.m4a"])))
        let content = try #require(Data(movie).range(of: Data("mdat".utf8)))
        try expectFailure(of: Array(movie[..<(content.lowerBound - 4)]), "cut.m4a")
        try FFmpeg.run(["-i", plain, scratch["a.flac"]])
        let stream = [UInt8](try Data(contentsOf: URL(filePath: scratch["a.flac"])))
        let frame = try #require(Data(stream).range(of: Data([0xFF, 0xF8])))
        try expectFailure(of: Array(stream[..<frame.lowerBound]), "cut.flac")
    }

    @Test(
        "a page of an Ogg with other bytes than its sum says is damage",
        .enabled(if: FFmpeg.isInstalled, "needs Debian's package ffmpeg"))
    func damagedPage() throws {
        try encode("a.ogg", ["-c:a", "libopus"])
        var bytes = [UInt8](try Data(contentsOf: URL(filePath: scratch["a.ogg"])))
        bytes[bytes.count - 1] ^= 1
        try expectFailure(of: bytes, "a.ogg")
    }
}
