// ChannelTests: each party's channel is the recorded one, bit for bit.
import Audio
import Records
import TestSupport
import Testing

struct ChannelTests {
    private let left = Sound.tone(440, seconds: 1.5, rate: 8000)
    private let right =
        [Int16](repeating: 0, count: 6000) + Sound.tone(900, seconds: 0.75, rate: 8000)

    @Test("split channels are exactly the recorded ones, with no cross-talk")
    func split() throws {
        let scratch = TemporaryDirectory()
        let path = try scratch.write(Sound.wave([left, right], rate: 8000), "call.wav")
        var channels: [[Int16]] = [[], []]
        let facts = try Audio.decode(path, channels: .split, rate: nil) { channel, block in
            for index in block.indices { channels[channel].append(block[index]) }
        }
        #expect(facts.channels == 2)
        #expect(facts.seconds == 1.5)
        #expect(channels == [left, right])
    }

    @Test("split channels keep their length and their silence when resampled")
    func resampled() throws {
        let scratch = TemporaryDirectory()
        let path = try scratch.write(Sound.wave([left, right], rate: 8000), "call.wav")
        var channels: [[Int16]] = [[], []]
        try Audio.decode(path, channels: .split) { channel, block in
            for index in block.indices { channels[channel].append(block[index]) }
        }
        #expect(channels.map(\.count) == [24000, 24000], "the resampler's tail belongs to it")
        #expect(channels[1][..<11_900].allSatisfy { $0 == 0 })
    }

    @Test("mixed channels are the mean of both")
    func mix() throws {
        let scratch = TemporaryDirectory()
        let path = try scratch.write(Sound.wave([left, left], rate: 8000), "call.wav")
        var mixed: [Int16] = []
        try Audio.decode(path, channels: .mix, rate: nil) { channel, block in
            #expect(channel == 0)
            for index in block.indices { mixed.append(block[index]) }
        }
        #expect(zip(mixed, left).allSatisfy { abs(Int($0) - Int($1)) <= 1 })
        #expect(mixed.count == left.count)
    }

    @Test("the mix of many channels is the mean of all of them", arguments: [2, 3, 4, 6, 8])
    func mixOfMany(_ count: Int) throws {
        let scratch = TemporaryDirectory()
        let silence = [Int16](repeating: 0, count: left.count)
        for place in 0..<count {
            var channels = [[Int16]](repeating: silence, count: count)
            channels[place] = left
            let path = try scratch.write(Sound.wave(channels, rate: 8000), "call.wav")
            var mixed: [Int16] = []
            try Audio.decode(path, channels: .mix, rate: nil) { _, block in
                for index in block.indices { mixed.append(block[index]) }
            }
            #expect(mixed.count == left.count)
            #expect(
                zip(mixed, left).allSatisfy { abs(Int($0) - Int($1) / count) <= 1 },
                "channel \(place) of \(count)")
        }
    }

    @Test("a sink that throws ends the decoding with its failure")
    func sinkThrows() throws {
        let scratch = TemporaryDirectory()
        let path = try scratch.write(Sound.wave([left], rate: 8000), "call.wav")
        let failure = Failure(.stop, .storage, "write")
        var blocks = 0
        #expect(throws: failure) {
            try Audio.decode(path, channels: .mix) { _, _ throws(Failure) in
                blocks += 1
                throw failure
            }
        }
        #expect(blocks == 1)
    }

    @Test("two channels of the same call are told from two parties")
    func dualMono() throws {
        let scratch = TemporaryDirectory()
        let noisy = left.map { $0 &+ 20 }
        let silence = [Int16](repeating: 0, count: left.count)
        for (channels, isDual) in [
            ([left, left], true), ([left, noisy], true), ([silence, silence], true),
            ([left, right], false), ([left, silence], false), ([left], nil),
        ] {
            let path = try scratch.write(Sound.wave(channels, rate: 8000), "call.wav")
            let facts = try Audio.probe(path)
            #expect(facts.isDualMono == isDual)
            #expect(!facts.isReversed)
        }
    }
}
