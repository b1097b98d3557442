// HostileTests: files that are no recordings, or lie, cost their own record only.
import Audio
import Foundation
import Records
import TestSupport
import Testing

struct HostileTests {
    private let scratch = TemporaryDirectory()
    private let tone = Sound.tone(440, seconds: 1, rate: 8000)

    /// The failure's message, once it is sure that it concerns this record and hides the name.
    private func refusal(
        _ path: String, limits: Audio.Limits = .init(), location: SourceLocation = #_sourceLocation
    ) -> String {
        var probed: Failure?
        do {
            _ = try Audio.probe(path, limits: limits)
        } catch {
            probed = error
        }
        var decoded: Failure?
        do {
            try Audio.decode(path, channels: .split, limits: limits) { _, _ in }
        } catch {
            decoded = error
        }
        #expect(probed == decoded, sourceLocation: location)
        #expect(probed?.scope == .item, sourceLocation: location)
        #expect(probed?.message.contains("16505550100") == false, sourceLocation: location)
        return probed?.message ?? ""
    }

    @Test("a text named mp3 is no recording")
    func text() throws {
        let words = String(repeating: "The quick brown fox jumps over the lazy dog.\n", count: 500)
        let path = try scratch.write(Array(words.utf8), "16505550100.mp3")
        #expect(refusal(path).contains("audio"))
    }

    @Test(
        "names of other things are no recordings",
        arguments: [
            ("page.mp3", "<!DOCTYPE html><html><body>Sign in</body></html>"),
            ("list.mp3", "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:9,\nfile:///etc/passwd\n"),
            ("join.wav", "ffconcat version 1.0\nfile /etc/passwd\n"),
        ])
    func notAudio(_ name: String, _ text: String) throws {
        #expect(refusal(try scratch.write(Array(text.utf8), name)).contains("no recording"))
    }

    @Test("an empty file says so")
    func empty() throws {
        #expect(refusal(try scratch.write([], "16505550100.wav")).contains("empty"))
    }

    @Test("a file that is not there, a directory, a name like an address")
    func noFile() throws {
        #expect(refusal(scratch["16505550100.wav"]).contains("no such file"))
        #expect(refusal(scratch.path).contains("not a regular file"))
        #expect(refusal("http://127.0.0.1:9/a.wav").contains("no such file"))
    }

    @Test("random bytes are no recording", arguments: ["noise.mp3", "noise.wav", "noise.m4a"])
    func random(_ name: String) throws {
        var state: UInt64 = 42
        let bytes = (0..<50_000).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return UInt8(truncatingIfNeeded: state >> 33)
        }
        #expect(!refusal(try scratch.write(bytes, name)).isEmpty)
    }

    @Test("rates outside what telephony uses are refused", arguments: [1, 2000, 384_000])
    func rate(_ rate: Int) throws {
        let path = try scratch.write(Sound.wave([tone], rate: rate), "a.wav")
        #expect(refusal(path).contains("\(rate) Hz"))
    }

    @Test("many channels are refused")
    func channels() throws {
        let path = try scratch.write(Sound.wave([tone], rate: 8000, channelCount: 100), "a.wav")
        #expect(refusal(path).contains("100 channels"))
    }

    @Test(
        "a WAV written to a pipe, without a length, is read whole",
        arguments: [0, 0x7FFF_0000, 0x7FFF_F000, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF])
    func streamed(_ stated: Int) throws {
        let path = try scratch.write(Sound.wave([tone], rate: 8000, stated: stated), "a.wav")
        let facts = try Audio.probe(path)
        #expect(facts.seconds == 1)
        #expect(facts.missingSeconds == 0)
    }

    @Test("what is longer than allowed is given up, not decoded to its end")
    func tooLong() throws {
        let path = try scratch.write(
            Sound.wave([Sound.tone(440, seconds: 130, rate: 8000)], rate: 8000), "a.wav")
        #expect(refusal(path, limits: .init(seconds: 120)).contains("longer than 2 minutes"))
    }

    @Test("25 hours are refused with the limit and a remedy, 24 hours are decoded")
    func day() throws {
        let header = Sound.wave([[]], rate: 4000, stated: 25 * 3600 * 4000 * 2)
        let path = try scratch.write(header, "open.wav")
        // A file with a hole in it: hours of zeros that take no room.
        unsafe truncate(path, off_t(44 + 25 * 3600 * 4000 * 2))
        let failure = #expect(throws: Failure.self) { try Audio.probe(path) }
        #expect(failure?.message == "decode the audio: it is longer than 24 hours")
        #expect(failure?.remedy.contains("callpipe-decode(8)") == true)
        let whole = Sound.wave([[]], rate: 4000, stated: 24 * 3600 * 4000 * 2)
        try Data(whole).write(to: URL(filePath: path))
        unsafe truncate(path, off_t(44 + 24 * 3600 * 4000 * 2))
        #expect(try Audio.probe(path).seconds == 24 * 3600)
    }

    @Test(
        "a video without sound says so",
        .enabled(if: FFmpeg.isInstalled, "needs Debian's package ffmpeg"))
    func videoOnly() throws {
        let path = scratch["clip.mp4"]
        try FFmpeg.run([
            "-f", "lavfi", "-i", "testsrc=duration=1:size=64x64", "-c:v", "mpeg4", path,
        ])
        #expect(refusal(path).contains("holds no audio"))
    }

    @Test(
        "damage in the middle of an MP3 costs that part only",
        .enabled(if: FFmpeg.isInstalled, "needs Debian's package ffmpeg"))
    func damaged() throws {
        let plain = try scratch.write(
            Sound.wave([Sound.tone(440, seconds: 10, rate: 8000)], rate: 8000), "plain.wav")
        try FFmpeg.run(["-i", plain, "-b:a", "16k", scratch["a.mp3"]])
        var bytes = [UInt8](try Data(contentsOf: URL(filePath: scratch["a.mp3"])))
        for index in 8000..<9000 { bytes[index] = 0x55 }
        let facts = try Audio.probe(scratch.write(bytes, "b.mp3"))
        #expect(facts.seconds > 9 && facts.seconds < 10.1)
        #expect(facts.cut == nil)
    }
}
