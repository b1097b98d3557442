// NarrowbandTests: the doubled sound keeps its pitch and gets an upper band.
import Foundation
import Testing

@testable import Speech

struct NarrowbandTests {
    /// The level of a frequency in the middle of the samples, in dB.
    private func level(_ hertz: Double, in samples: [Int16]) -> Double {
        let middle = samples[2000..<(samples.count - 2000)]
        var (real, imaginary) = (0.0, 0.0)
        for (index, sample) in middle.enumerated() {
            let angle = 2 * Double.pi * hertz * Double(index) / 16000
            real += Double(sample) * cos(angle)
            imaginary += Double(sample) * sin(angle)
        }
        let power = real * real + imaginary * imaginary
        let amplitude = 2 * power.squareRoot() / Double(middle.count)
        return 20 * log10(amplitude / 12000)
    }

    @Test(
        "a tone stays, and its mirror image lies 4 to 10 dB below",
        arguments: [500.0, 1000, 3000])
    func tone(_ hertz: Double) {
        let widened = Narrowband.widened(Noise.tone(hertz, seconds: 1))
        #expect(widened.count == 16000)
        #expect(abs(level(hertz, in: widened)) < 0.3)
        let image = -4 - 6 * (4000 - hertz) / 4000
        #expect(abs(level(8000 - hertz, in: widened) - image) < 0.5)
    }

    @Test("no sound stays none")
    func nothing() {
        #expect(Narrowband.widened([]) == [])
        #expect(Narrowband.widened([0, 0, 0]) == [0, 0, 0, 0, 0, 0])
    }
}
