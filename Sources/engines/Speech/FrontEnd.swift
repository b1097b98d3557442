// FrontEnd: what PocketSphinx's US English model hears of a sound, 100 times a second.
internal import Glibc

/// Mel energies and cepstra as the model's own front end computes them, at its rate or at half.
///
/// The library's front end cannot be used on a telephone's sound: it refuses 8 kHz, and of sound
/// that was doubled it takes the empty upper half for something heard.
struct FrontEnd {
    /// The model's filters, from 130 to 6800 Hz.
    static let filters = 25
    /// How many cepstra the model takes for a frame.
    static let cepstra = 13
    /// What lies so far below the loudest filter is as good as silent: 60 dB, in nepers of energy.
    ///
    /// Exact zeros would otherwise be as far from any noise as that noise is from a shout.
    private static let floor: Float = 13.8

    /// How many of the filters lie within the sound's band.
    let heard: Int
    private let length: Int
    private let shift: Int
    private let transform: Fourier
    private let window: [Float]
    private let emphasis: [Float]
    private let bank: [Filter]

    /// The bins of a spectrum that a filter takes, and how much of each.
    private struct Filter {
        var first: Int
        var weights: [Float]
    }

    /// For sound at 8000 or 16000 samples a second.
    init(rate: Int) {
        let factor = rate / 8000
        length = 205 * factor
        shift = 80 * factor
        transform = Fourier(256 * factor)
        let last = Double(205 * factor - 1)
        window = (0..<(205 * factor)).map {
            Float(0.54 - 0.46 * cos(2 * .pi * Double($0) / last))
        }
        // Half of the samples give half of the amplitude.
        let gain = factor == 1 ? 4.0 : 1
        emphasis = (0...(128 * factor)).map {
            let angle = 2 * Double.pi * Double($0) * FrontEnd.binWidth / 16000
            return Float(gain * (1 - 2 * 0.97 * cos(angle) + 0.97 * 0.97))
        }
        bank = FrontEnd.bank.filter { $0.first + $0.weights.count <= 128 * factor + 1 }
        heard = bank.count
    }

    /// Rows of ``heard`` logarithms.
    func energies(of samples: [Int16]) -> [Float] {
        guard samples.count >= length else { return [] }
        let count = 1 + (samples.count - length) / shift
        var rows: [Float] = []
        rows.reserveCapacity(count * heard)
        for frame in 0..<count {
            let start = frame * shift
            let windowed = window.indices.map { Float(samples[start + $0]) * window[$0] }
            let power = transform.power(of: windowed)
            for filter in bank {
                var sum: Float = 1e-4
                for (offset, weight) in filter.weights.enumerated() {
                    let bin = filter.first + offset
                    sum += weight * emphasis[bin] * power[bin]
                }
                rows.append(log(sum))
            }
        }
        let least = (rows.max() ?? 0) - FrontEnd.floor
        return rows.map { max($0, least) }
    }

    /// The cepstra of rows of all filters.
    static func cepstra(of rows: [Float]) -> [Float] {
        var cepstra: [Float] = []
        cepstra.reserveCapacity(rows.count / filters * FrontEnd.cepstra)
        for row in stride(from: 0, to: rows.count, by: filters) {
            for cosines in cosines {
                var sum: Float = 0
                for filter in 0..<filters { sum += cosines[filter] * rows[row + filter] }
                cepstra.append(sum)
            }
        }
        return cepstra
    }

    private static let binWidth = 31.25

    /// Triangles of one area, their corners on whole bins.
    private static let bank: [Filter] = {
        func mel(_ hertz: Double) -> Double { 2595 * log10(1 + hertz / 700) }
        let (low, high) = (mel(130), mel(6800))
        let edges = (0...(filters + 1)).map { edge -> Double in
            let at = low + Double(edge) * (high - low) / Double(filters + 1)
            let hertz = 700 * (pow(10, at / 2595) - 1)
            return (hertz / binWidth + 0.5).rounded(.down) * binWidth
        }
        return (0..<filters).map { filter in
            let (left, centre, right) = (edges[filter], edges[filter + 1], edges[filter + 2])
            let bins = Int(left / binWidth)...Int(right / binWidth)
            let weights = bins.map { bin -> Float in
                let hertz = Double(bin) * binWidth
                let side = min(
                    (hertz - left) / (centre - left), (right - hertz) / (right - centre))
                return Float(max(side, 0) * 2 / (right - left))
            }
            return Filter(first: bins.lowerBound, weights: weights)
        }
    }()

    /// The cosine transform with the model's lifter over it.
    private static let cosines: [[Float]] = (0..<cepstra).map { order in
        let lifter = 1 + 11 * sin(Double(order) * .pi / 22)
        let scale = lifter * (Double(order == 0 ? 1 : 2) / Double(filters)).squareRoot()
        return (0..<filters).map { filter in
            let angle = Double.pi * Double(order) * (Double(filter) + 0.5) / Double(filters)
            return Float(scale * cos(angle))
        }
    }
}

/// A discrete Fourier transform whose length is a power of two.
struct Fourier {
    private let size: Int
    private let cosines: [Float]
    private let sines: [Float]

    init(_ size: Int) {
        self.size = size
        let angles = (0..<(size / 2)).map { -2 * Double.pi * Double($0) / Double(size) }
        cosines = angles.map { Float(cos($0)) }
        sines = angles.map { Float(sin($0)) }
    }

    /// The squares of the magnitudes up to half of the rate, of samples with zeros after them.
    func power(of samples: [Float]) -> [Float] {
        var real = [Float](repeating: 0, count: size)
        var imaginary = real
        let bits = size.trailingZeroBitCount
        for (index, sample) in samples.enumerated() {
            var (rest, reversed) = (index, 0)
            for _ in 0..<bits {
                reversed = reversed << 1 | rest & 1
                rest >>= 1
            }
            real[reversed] = sample
        }
        var half = 1
        while half < size {
            let turn = size / (2 * half)
            for start in stride(from: 0, to: size, by: 2 * half) {
                for step in 0..<half {
                    let (upper, lower) = (start + step, start + step + half)
                    let (c, s) = (cosines[step * turn], sines[step * turn])
                    let re = c * real[lower] - s * imaginary[lower]
                    let im = c * imaginary[lower] + s * real[lower]
                    (real[lower], imaginary[lower]) = (real[upper] - re, imaginary[upper] - im)
                    (real[upper], imaginary[upper]) = (real[upper] + re, imaginary[upper] + im)
                }
            }
            half *= 2
        }
        return (0...(size / 2)).map { real[$0] * real[$0] + imaginary[$0] * imaginary[$0] }
    }
}
