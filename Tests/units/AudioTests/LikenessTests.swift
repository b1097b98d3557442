// LikenessTests: channels that carry the same sound at another level, or with reversed polarity.
import Audio
import Foundation
import TestSupport
import Testing

struct LikenessTests {
    private let scratch = TemporaryDirectory()
    /// A voice that changes, loud and quiet, for three seconds.
    private let voice: [Int16]

    init() throws {
        voice = LikenessTests.voice(pitch: 120)
    }

    private static func voice(pitch: Double) -> [Int16] {
        (0..<24_000).map { index in
            let time = Double(index) / 8000
            let loudness = 6000 * (0.15 + abs(sin(time * 7)))
            let tone = (1...6).reduce(0.0) { sum, harmonic in
                let angle = 2 * .pi * pitch * Double(harmonic) * (time + 0.02 * sin(time * 3))
                return sum + sin(angle) / Double(harmonic)
            }
            return Int16(loudness * tone * 0.5)
        }
    }

    private func probe(_ left: [Int16], _ right: [Int16]) throws -> Audio.Facts {
        try Audio.probe(scratch.write(Sound.wave([left, right], rate: 8000), "call.wav"))
    }

    private func scaled(_ factor: Double, _ samples: [Int16]? = nil) -> [Int16] {
        (samples ?? voice).map { Int16((Double($0) * factor).rounded()) }
    }

    @Test(
        "a copy at another level is no second party",
        arguments: [1, 0.5, 0.25, 0.1, -1, -0.5, -0.1])
    func level(_ factor: Double) throws {
        for (left, right) in [(voice, scaled(factor)), (scaled(factor), voice)] {
            let facts = try probe(left, right)
            #expect(facts.isDualMono == true)
            #expect(facts.isReversed == (factor < 0))
            #expect(facts.isPlain == (factor > 0))
        }
    }

    @Test("a copy with a constant added, or at a level that changes a little, is none either")
    func offset() throws {
        #expect(try probe(voice, scaled(-0.5).map { $0 + 900 }).isReversed)
        let changing = voice.indices.map { index in
            Int16(Double(voice[index]) * (0.6 + 0.3 * sin(Double(index) / 4000)))
        }
        #expect(try probe(voice, changing).isDualMono == true)
    }

    @Test(
        "a copy that is a packet late is no second party",
        arguments: [1, 0.3, -0.5], [160, 40, 239])
    func late(_ factor: Double, _ delay: Int) throws {
        let silence = [Int16](repeating: 0, count: delay)
        let (early, late) = (voice + silence, silence + scaled(factor))
        for (left, right) in [(early, late), (late, early)] {
            let facts = try probe(left, right)
            #expect(facts.isDualMono == true)
            #expect(facts.isReversed == (factor < 0))
        }
    }

    @Test("an echo of each party in the other's channel leaves two parties")
    func echo() throws {
        let silence = [Int16](repeating: 0, count: 160)
        let other = LikenessTests.voice(pitch: 210)
        let left = voice + silence + scaled(0.3, other)
        let right = silence + scaled(0.3) + other
        #expect(try probe(left, right).isDualMono == false)
        let long = [Int16](repeating: 0, count: 1600)
        #expect(try probe(voice + long, long + scaled(0.5)).isDualMono == false)
    }

    @Test("two parties stay two, whatever of one is heard in the other's channel")
    func crosstalk() throws {
        let other = LikenessTests.voice(pitch: 210)
        let silence = [Int16](repeating: 0, count: voice.count)
        func sum(_ one: [Int16], _ two: [Int16]) -> [Int16] { zip(one, two).map { $0 &+ $1 } }
        // They talk in turns, and each is heard in the other's channel 26 dB quieter.
        let (left, right) = (voice + scaled(0.05, other), scaled(0.05) + other)
        for (left, right) in [
            (left, right), (left, right.map { -$0 }), (voice, other), (voice, scaled(0.01)),
            // At once, and with the polarity of one reversed midway.
            (sum(voice, scaled(0.1, other)), sum(other, scaled(0.1))),
            (voice + voice, voice + scaled(-1)),
            // One channel has both parties, the other only one of them.
            (sum(voice + silence, silence + other), silence + other),
        ] {
            let facts = try probe(left, right)
            #expect(facts.isDualMono == false)
            #expect(!facts.isReversed)
        }
    }

    @Test("a mix of a channel and its reverse is the channel, not silence")
    func mix() throws {
        let path = try scratch.write(Sound.wave([voice, scaled(-1)], rate: 8000), "call.wav")
        for (channels, isHeard) in [(Audio.Channels.mix, false), (.mixReversed, true)] {
            var samples: [Int16] = []
            let facts = try Audio.decode(path, channels: channels, rate: nil) { channel, block in
                #expect(channel == 0)
                for index in block.indices { samples.append(block[index]) }
            }
            #expect(facts.channels == 2)
            #expect(samples == (isHeard ? voice : [Int16](repeating: 0, count: voice.count)))
        }
    }

    @Test(
        "a copy is one after a lossy codec too",
        .enabled(if: FFmpeg.isInstalled, "needs Debian's package ffmpeg"),
        arguments: [
            ("a.mp3", ["-b:a", "16k"]), ("a.m4a", ["-b:a", "24k"]), ("a.ogg", ["-q:a", "0"]),
            ("a.opus", ["-b:a", "48k"]), ("a.wav", ["-c:a", "pcm_mulaw"]),
            ("b.wav", ["-c:a", "adpcm_ms"]),
        ])
    func codecs(_ name: String, _ arguments: [String]) throws {
        for (right, isDual) in [
            (scaled(0.5), true), (scaled(-0.5), true), (LikenessTests.voice(pitch: 210), false),
        ] {
            let plain = try scratch.write(Sound.wave([voice, right], rate: 8000), "plain.wav")
            try FFmpeg.run(["-i", plain] + arguments + [scratch[name]])
            #expect(try Audio.probe(scratch[name]).isDualMono == isDual)
        }
    }
}
