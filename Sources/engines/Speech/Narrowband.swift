// Narrowband: sound of 8 kHz for a model that wants 16 kHz and has never heard an empty upper band.
internal import Glibc

/// Tells the model what it would have heard, had the telephone let it through.
struct Narrowband {
    private let frontEnd = FrontEnd(rate: 8000)
    private let upperBand = UpperBand()

    /// The cepstra of samples at 8 kHz, for a model whose front end is known.
    func cepstra(of samples: [Int16]) -> [Float] {
        let rows = upperBand.completed(frontEnd.energies(of: samples))
        var noise = NoiseRemoval()
        var cleaned: [Float] = []
        cleaned.reserveCapacity(rows.count)
        for start in stride(from: 0, to: rows.count, by: FrontEnd.filters) {
            cleaned += noise.cleaned(rows[start..<(start + FrontEnd.filters)])
        }
        return FrontEnd.cepstra(of: cleaned)
    }
}

extension Narrowband {
    // For other models the rate is doubled and the upper half band filled with a shaped mirror of
    // the lower. A clean low-pass leaves 4 to 8 kHz empty, and a model takes the gap for a sound
    // it has never met: the word error rate over 40 telephone prompts was 0.65. With the mirror
    // image that doubling without a filter gives, held at -4 dB and falling by 6 dB up to 8 kHz,
    // it was 0.58.

    /// Samples at 16 kHz, two for each at 8 kHz.
    static func widened(_ samples: [Int16]) -> [Int16] {
        // Every second sample would be zero, so each phase has its own half of the filter.
        let phases = [0, 1].map { phase in
            stride(from: phase, to: taps.count, by: 2).map { taps[$0] }
        }
        let length = phases[0].count
        let padding = [Float](repeating: 0, count: length)
        let source = padding + samples.map(Float.init) + padding
        var widened: [Int16] = []
        widened.reserveCapacity(samples.count * 2)
        for index in 0..<(samples.count * 2) {
            // The middle of the filter lies over the sample.
            let position = index + taps.count / 2
            let phase = phases[position % 2]
            var newest = position / 2 + length
            var sum: Float = 0
            for tap in phase {
                sum += tap * source[newest]
                newest -= 1
            }
            widened.append(Int16(min(max(sum.rounded(), -32768), 32767)))
        }
        return widened
    }

    /// A linear-phase filter for 16 kHz by frequency sampling under a Hamming window.
    private static let taps: [Float] = {
        let count = 63
        let grid = 512
        return (0..<count).map { tap in
            var sum = 0.0
            for bin in 0...(grid / 2) {
                let weight = bin == 0 || bin == grid / 2 ? 1.0 : 2.0
                let angle = 2 * Double.pi * Double(bin) * Double(tap - count / 2) / Double(grid)
                sum += weight * gain(at: Double(bin) * 16000 / Double(grid)) * cos(angle)
            }
            let window = 0.54 - 0.46 * cos(2 * .pi * Double(tap) / Double(count - 1))
            return Float(sum / Double(grid) * window)
        }
    }()

    /// Twice the wanted response, since half of the samples are zero.
    private static func gain(at hertz: Double) -> Double {
        if hertz <= 4000 { return 2 }
        let decibels = -4 - 6 * (hertz - 4000) / 4000
        return 2 * pow(10, decibels / 20)
    }
}
