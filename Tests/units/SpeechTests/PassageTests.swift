// PassageTests: where somebody speaks, and what is heard in one piece.
import TestSound
import Testing

@testable import Speech

struct PassageTests {
    /// Tones of a second at the given seconds, in hiss of -60 dB.
    private func levels(tonesAt starts: [Double], seconds: Double) -> Levels {
        var samples = Noise.hiss(50, seconds: seconds)
        for start in starts {
            for (index, sample) in Noise.tone(500, seconds: 1).enumerated() {
                samples[Int(start * 8000) + index] &+= sample
            }
        }
        return Noise.levels(samples)
    }

    @Test("phrases begin and end where the sound does")
    func phrases() {
        #expect(levels(tonesAt: [1, 4], seconds: 6).phrases == [50..<100, 200..<250])
    }

    @Test("a pause shorter than 300 ms parts nothing")
    func shortPause() {
        #expect(levels(tonesAt: [1, 2.2], seconds: 4).phrases == [50..<160])
    }

    @Test(
        "silence, hiss and hum hold no phrase",
        arguments: [
            [Int16](repeating: 0, count: 40000), [Int16](repeating: -800, count: 40000),
            Noise.hiss(1, seconds: 5), Noise.hiss(20, seconds: 5), Noise.hiss(200, seconds: 5),
        ])
    func silence(_ samples: [Int16]) {
        #expect(Noise.levels(samples).phrases == [])
    }

    @Test("speech between stretches of digital silence is found whole")
    func digitalSilence() {
        var samples = [Int16](repeating: 0, count: 80000)
        let speech = zip(Noise.tone(500, seconds: 1), Noise.hiss(100, seconds: 1)).map(&+)
        samples.replaceSubrange(40000..<48000, with: speech)
        #expect(Noise.levels(samples).phrases == [250..<300])
    }

    @Test("a click is no phrase")
    func click() {
        var samples = Noise.hiss(50, seconds: 3)
        samples[12000] = 32000
        #expect(Noise.levels(samples).phrases == [])
    }

    @Test("phrases that are near each other are one passage, with quiet around it")
    func near() {
        let passages = Passage.all(in: levels(tonesAt: [1, 3, 12], seconds: 14))
        #expect(passages.map(\.phrases) == [[50..<100, 150..<200], [600..<650]])
        #expect(passages.map(\.frames) == [20..<230, 570..<680])
    }

    @Test("passages never overlap nor leave the sound, and have a longest length")
    func bounds() {
        let starts = (0..<40).map { Double($0) * 1.5 }
        let levels = levels(tonesAt: starts, seconds: 60.5)
        let bounds = Passage.Bounds(padding: 10, gap: 100, length: 500)
        let passages = Passage.all(in: levels, bounds: bounds)
        #expect(passages.flatMap(\.phrases).count == 40)
        for (one, next) in zip(passages, passages.dropFirst()) {
            #expect(one.frames.upperBound <= next.frames.lowerBound)
        }
        #expect(passages.allSatisfy { $0.frames.count <= 520 })
        #expect(passages.first?.frames.lowerBound == 0)
        #expect((passages.last?.frames.upperBound ?? .max) <= levels.frames.count)
    }

    @Test("somebody who never pauses is cut, and nothing is lost")
    func endless() {
        let levels = Noise.levels(Noise.tone(500, seconds: 100))
        let passages = Passage.all(in: levels)
        #expect(passages.count == 4 || passages.count == 5 || passages.count == 6)
        #expect(passages.flatMap(\.phrases).reduce(0) { $0 + $1.count } == 5000)
    }
}
