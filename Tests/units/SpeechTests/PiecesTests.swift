// PiecesTests: what of a call goes to a service, and where in the call its answer belongs.
import Foundation
import Records
import TestSound
import TestSupport
import Testing

@testable import Speech

struct PiecesTests {
    /// Tones at the given seconds, in hiss, at 8 kHz.
    private func samples(_ tones: [ClosedRange<Double>], seconds: Double) -> [Int16] {
        var samples = Noise.hiss(50, seconds: seconds)
        for tone in tones {
            let sound = Noise.tone(500, seconds: tone.upperBound - tone.lowerBound)
            for (index, sample) in sound.enumerated() {
                samples[Int(tone.lowerBound * 8000) + index] &+= sample
            }
        }
        return samples
    }

    private let place = TemporaryDirectory()

    private func pieces(_ channels: [[Int16]]) async throws -> Pieces {
        try await Pieces.of(Sound(channels, rate: 8000), in: place.path)
    }

    private func bytes(_ piece: Piece) throws -> [UInt8] {
        let file = [UInt8](try Data(contentsOf: URL(filePath: piece.path)))
        return piece.header
            + piece.ranges.flatMap { file[(44 + $0.lowerBound)..<(44 + $0.upperBound)] }
    }

    @Test("a channel in which nobody speaks is not in any piece, nor is a silent call")
    func silence() async throws {
        let quiet = Noise.hiss(50, seconds: 4)
        let call = try await pieces([quiet, samples([1...2], seconds: 4), quiet])
        #expect(call.all(within: Pieces.Bounds()).map(\.channel) == [1])
        #expect(call.speech == 1)
        let silent = try await pieces([quiet, quiet])
        #expect(silent.all(within: Pieces.Bounds()) == [] && silent.speech == 0)
    }

    @Test("of a long pause only the edges are sent, and the piece is a WAV file")
    func pauses() async throws {
        let call = samples([1...2, 3...4, 60...61], seconds: 62)
        let pieces = try await pieces([call])
        let piece = try #require(pieces.all(within: Pieces.Bounds()).first)
        #expect(abs(piece.seconds - (4.2 + 2.2)) < 0.1)
        #expect((piece.start, piece.end) == (0.9, 61.1) && piece.speech == 3)
        let bytes = try bytes(piece)
        #expect(bytes.count == piece.bytes)
        #expect(String(decoding: bytes[0..<4], as: UTF8.self) == "RIFF")
        func number(_ place: Int) -> Int {
            (0..<4).reduce(0) { $0 | Int(bytes[place + $1]) << (8 * $1) }
        }
        #expect(number(4) == bytes.count - 8 && number(40) == bytes.count - 44)
        #expect(number(24) == 8000 && number(28) == 16000)
        let second = Int((60.5 - 59.4 + 4.2) * 8000)
        #expect(bytes[44 + 2 * second] == UInt8(truncatingIfNeeded: call[Int(60.5 * 8000)]))
    }

    @Test("the sound has no name, so that nothing stays of it, and is there as long as its piece")
    func nameless() async throws {
        let sound = Sound([samples([1...2], seconds: 4)], rate: 8000)
        let piece = try await Pieces.of(sound, in: place.path).all(within: Pieces.Bounds()).first
        #expect(try place.names() == [])
        #expect(try bytes(#require(piece)).count == piece?.bytes)
        let failure = await #expect(throws: Failure.self) {
            try await Pieces.of(sound, in: place["absent"])
        }
        #expect(failure?.scope == .stop && failure?.kind == .storage)
    }

    @Test("no piece passes the bounds, and all of the speech is in one of them")
    func bounds() async throws {
        let tones = (0..<20).map { (number: Int) -> ClosedRange<Double> in
            Double(number * 5 + 1)...Double(number * 5 + 4)
        }
        let pieces = try await pieces([samples(tones, seconds: 101)])
        for bounds in [
            Pieces.Bounds(seconds: 30), Pieces.Bounds(bytes: 200_000), Pieces.Bounds(seconds: 2.5),
            Pieces.Bounds(seconds: 10, pause: .infinity),
        ] {
            let all = pieces.all(within: bounds)
            #expect(all.allSatisfy { $0.seconds <= bounds.seconds && $0.bytes <= bounds.bytes })
            #expect(all.map(\.start) == all.map(\.start).sorted())
            #expect(abs(all.reduce(0) { $0 + $1.speech } - 60) < 0.5)
        }
        let joined = pieces.all(within: Pieces.Bounds(seconds: 30))
        #expect(joined.count < 5)
        let halves = pieces.cut(joined[0], within: Pieces.Bounds(seconds: joined[0].seconds / 2))
        #expect(halves.count > 1 && halves.first?.start == joined[0].start)
        #expect(halves.last?.end == joined[0].end)
    }

    @Test("each stretch is a piece of its own where its times are all that is known")
    func stretches() async throws {
        let pieces = try await pieces([samples([1...2, 2.5...3, 5...6], seconds: 7)])
        let all = pieces.all(within: Pieces.Bounds(seconds: 30, pause: 0.8, isJoined: false))
        #expect(all.map(\.start) == [0.9, 4.9] && all.map(\.end) == [3.1, 6.1])
    }

    @Test("times of a piece are times of the call again, without the silence around words")
    func times() async throws {
        let pieces = try await pieces([
            Noise.hiss(50, seconds: 62), samples([1...2, 3...4, 60...61], seconds: 62),
        ])
        let piece = try #require(pieces.all(within: Pieces.Bounds()).first)
        // Sent are 0.4 to 4.6 and 59.4 to 61.6.
        let said = piece.inCall(
            [
                Utterance(start: 0, end: 2.5, channel: 0, text: "One."),
                Utterance(
                    start: 2.6, end: 5.9, channel: 0, text: "Two, three.",
                    words: [
                        Word("two", start: 2.6, end: 4.0), Word("three", start: 4.21, end: 5.9),
                    ]),
                Utterance(start: 4.1, end: 6.4, channel: 0, text: "Four."),
            ], Meter())
        #expect(said.map(\.text) == ["One.", "Two,", "three.", "Four."])
        #expect(said.map(\.channel) == [1, 1, 1, 1])
        let expected = [(0.9, 2.1), (2.9, 4.1), (59.9, 61.1), (59.9, 61.1)]
        for (one, other) in zip(said, expected) {
            #expect(abs(one.start - other.0) < 0.11 && abs(one.end - other.1) < 0.11, "\(one)")
        }
        #expect(said[2].words.count == 1 && said[2].words[0].start == said[2].start)
    }

    @Test("utterances without times stay, with times of the piece's speech, and others are counted")
    func untimed() async throws {
        let pieces = try await pieces([samples([1...3, 20...21], seconds: 30)])
        let piece = try #require(pieces.all(within: Pieces.Bounds()).first)
        var untimed = Utterance(start: 0, end: 0, channel: 0, text: "One.")
        (untimed.isStartKnown, untimed.isEndKnown) = (false, false)
        let meter = Meter()
        let said = piece.inCall([untimed, untimed], meter)
        #expect(said.map(\.text) == ["One.", "One."] && meter.leftOut == 0)
        #expect(said.allSatisfy { $0.start >= 0.9 && $0.end <= 21.1 && $0.start < $0.end })
        let silent = Utterance(start: 500, end: 501, channel: 0, text: "Two.")
        #expect(piece.inCall([silent], meter).count + meter.leftOut == 1)
    }

    @Test("a word of which only one time is known has no place in the call")
    func halfTimes() async throws {
        let pieces = try await pieces([samples([60...61], seconds: 62)])
        let piece = try #require(pieces.all(within: Pieces.Bounds()).first)
        let said = piece.inCall(
            [
                Utterance(
                    start: 0.6, end: 1.6, channel: 0, text: "One two",
                    words: [Word("One", start: 0.6), Word("two", end: 1.6)])
            ], Meter())
        #expect(said.map(\.start) == [59.9] && said.map(\.end) == [61.1])
        #expect(said.first?.words == [Word("One"), Word("two")])
    }

    @Test("a sound that has more channels when it is read fails its record only")
    func moreChannels() async throws {
        let sound = Sound(
            id: "test:1",
            original: Sound.Original(path: "/none", bytes: 0, type: "audio/wav", channels: 1),
            seconds: 1, rate: 8000, channels: 1
        ) { (rate: Int, sink: Sound.Sink) throws(Failure) in
            let block = [Int16](repeating: 9000, count: rate)
            for channel in 0...1 { try sink(channel, block.span) }
        }
        let failure = await #expect(throws: Failure.self) {
            try await Pieces.of(sound, in: place.path)
        }
        #expect(failure?.scope == .item && failure?.kind == .audio)
    }

    @Test("what is heard where nobody speaks is left out")
    func invented() async throws {
        let pieces = try await pieces([samples([1...2, 5...6], seconds: 9)])
        let piece = try #require(pieces.all(within: Pieces.Bounds(pause: 10)).first)
        let said = piece.inCall(
            [
                Utterance(start: 0.6, end: 1.6, channel: 0, text: "Hello."),
                Utterance(start: 2.5, end: 3.5, channel: 0, text: "Thank you."),
            ], Meter())
        #expect(said.map(\.text) == ["Hello."])
    }
}
