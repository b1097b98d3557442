// FrontEndTests: the model's view of a sound, from its filters to the band that nobody sent.
import Foundation
import Testing

@testable import Speech

struct FrontEndTests {
    /// The rows of a sound, without its ends.
    private func rows(_ samples: [Int16], rate: Int) -> [[Float]] {
        let frontEnd = FrontEnd(rate: rate)
        let rows = frontEnd.energies(of: samples)
        return stride(from: 0, to: rows.count, by: frontEnd.heard).map {
            Array(rows[$0..<($0 + frontEnd.heard)])
        }
    }

    @Test("all filters lie within 16 kHz, and 19 within 8 kHz")
    func heard() {
        #expect(FrontEnd(rate: 16000).heard == 25)
        #expect(FrontEnd(rate: 8000).heard == UpperBand.told)
    }

    @Test("a transform gives what its definition gives")
    func fourier() {
        let samples = Noise.hiss(1000, seconds: 0.005).map(Float.init)
        let power = Fourier(64).power(of: samples)
        #expect(power.count == 33)
        for (bin, power) in power.enumerated() {
            var (real, imaginary) = (0.0, 0.0)
            for (index, sample) in samples.enumerated() {
                let angle = 2 * Double.pi * Double(bin * index) / 64
                real += Double(sample) * cos(angle)
                imaginary -= Double(sample) * sin(angle)
            }
            let wanted = real * real + imaginary * imaginary
            #expect(abs(Double(power) - wanted) < 1e-4 * wanted + 1)
        }
    }

    @Test("a tone that comes stands out in the filter over it", arguments: [(469.0, 3), (1094, 8)])
    func tone(_ hertz: Double, _ filter: Int) {
        let quiet = Noise.hiss(20, seconds: 1)
        let tone = zip(quiet, Noise.tone(hertz, seconds: 1)).map { $0 + $1 }
        let rows = rows(quiet + tone, rate: 8000)
        let last = rows[rows.count - 10]
        #expect(last.indices.max { last[$0] < last[$1] } == filter)
    }

    @Test("loudness moves all filters alike, and 8 kHz is heard as 16 kHz is")
    func invariance() {
        let hertz = [300.0, 700, 1300, 2100, 2900]
        func sound(rate: Int, gain: Double) -> [Int16] {
            (0..<rate).map { index in
                let time = Double(index) / Double(rate)
                let sum = hertz.reduce(0) { sum, hertz in
                    sum + sin(2 * .pi * hertz * time) * (1 + sin(hertz / 70 * time))
                }
                return Int16(gain * sum)
            }
        }
        let loud = rows(sound(rate: 8000, gain: 2000), rate: 8000)
        let soft = rows(sound(rate: 8000, gain: 500), rate: 8000)
        let wide = rows(sound(rate: 16000, gain: 2000), rate: 16000)
        #expect(loud.count == 98 && wide.count == loud.count)
        var (byLevel, byRate) = (0.0, 0.0)
        for frame in loud.indices {
            for filter in 0..<17 {
                let difference = loud[frame][filter] - soft[frame][filter]
                byLevel += abs(Double(difference) - 2 * log(4))
                byRate += Double(abs(loud[frame][filter] - wide[frame][filter]))
            }
        }
        let count = Double(loud.count * 17)
        #expect(byLevel / count < 0.05)
        #expect(byRate / count < 0.1)
    }

    @Test("exact zeros are no deeper than 60 dB below the loudest")
    func zeros() throws {
        let rows = rows(
            [Int16](repeating: 0, count: 8000) + Noise.hiss(8000, seconds: 1), rate: 8000)
        let all = rows.flatMap { $0 }
        #expect(all.allSatisfy { $0.isFinite })
        for filter in 0..<UpperBand.told {
            let values = rows.map { $0[filter] }
            #expect(try #require(values.max()) - (try #require(values.min())) <= 13.81)
        }
        #expect(FrontEnd(rate: 8000).energies(of: []) == [])
        #expect(FrontEnd(rate: 8000).energies(of: [Int16](repeating: 0, count: 204)) == [])
    }

    @Test("a flat row is the first cepstrum alone")
    func cepstra() {
        let cepstra = FrontEnd.cepstra(of: [Float](repeating: 1, count: 50))
        #expect(cepstra.count == 26)
        for (index, value) in cepstra.enumerated() {
            #expect(abs(value - (index % 13 == 0 ? 5 : 0)) < 1e-4)
        }
    }
}

struct UpperBandTests {
    @Test("what was heard stays, and each row gets six filters more")
    func completed() {
        let rows = (0..<(3 * UpperBand.told)).map { Float($0 % 7) - 3 }
        let completed = UpperBand().completed(rows)
        #expect(completed.count == 3 * FrontEnd.filters)
        for frame in 0..<3 {
            let start = frame * FrontEnd.filters
            #expect(
                completed[start..<(start + UpperBand.told)]
                    == rows[(frame * UpperBand.told)..<((frame + 1) * UpperBand.told)])
        }
        #expect(completed.allSatisfy { $0.isFinite && abs($0) < 20 })
        #expect(UpperBand().completed([]) == [])
    }

    @Test("a hiss has more above 4 kHz than a hum has")
    func hiss() {
        func row(_ slope: Float) -> [Float] {
            (0..<UpperBand.told).map { slope * (Float($0) - 9) / 3 }
        }
        let rows = [1, -1].flatMap { slope in (0..<20).flatMap { _ in row(slope) } }
        let completed = UpperBand().completed(rows)
        func added(to frame: Int) -> Float {
            let start = frame * FrontEnd.filters
            return completed[(start + UpperBand.told)..<(start + FrontEnd.filters)].reduce(0, +)
                / Float(UpperBand.added)
        }
        #expect(added(to: 10) > added(to: 30) + 2)
    }
}

struct NoiseRemovalTests {
    /// Frames of three filters, which get this from the front end that the model was trained with.
    @Test("energies become what the model's front end makes of them")
    func known() {
        var noise = NoiseRemoval()
        let energies: [[Float]] = [
            [100, 2000, 50],
            [120, 1800, 60],
            [900, 30000, 80],
            [1500, 40000, 5000],
            [300, 9000, 7000],
            [100, 2100, 400],
            [90, 1900, 55],
            [110, 2000, 60],
        ]
        let expected: [[Float]] = [
            [4.5489, 7.5446, 3.8557],
            [4.7278, 7.4358, 4.0346],
            [6.7711, 10.2777, 4.3508],
            [7.3008, 10.5842, 8.5048],
            [5.6856, 9.0868, 8.8355],
            [3.8717, 6.9163, 5.2580],
            [3.1647, 6.2145, 2.6722],
            [3.4820, 6.3825, 2.8759],
        ]
        for (energies, expected) in zip(energies, expected) {
            let cleaned = noise.cleaned(energies.map { log($0) }[...])
            for (cleaned, expected) in zip(cleaned, expected) {
                #expect(abs(cleaned - expected) < 1e-3)
            }
        }
    }

    @Test("what is always there is taken out, what comes and goes stays")
    func steady() {
        var noise = NoiseRemoval()
        let quiet = [Float](repeating: 10, count: FrontEnd.filters)
        let loud = [Float](repeating: 15, count: FrontEnd.filters)
        var last: [Float] = []
        for _ in 0..<400 { last = noise.cleaned(quiet[...]) }
        #expect(last.allSatisfy { $0 < 9 })
        for _ in 0..<5 { last = noise.cleaned(loud[...]) }
        #expect(last.allSatisfy { $0 > 14.5 && $0 <= 15 })
    }
}

struct KnownFrontEndTests {
    static let debian = """
        -lowerf 130
        -upperf 6800
        -nfilt 25
        -transform dct
        -lifter 22
        -feat 1s_c_d_dd
        -svspec 0-12/13-25/26-38
        -agc none
        -cmn batch
        -varnorm no
        -model ptm
        -cmninit 41.00,-5.29
        """

    @Test("a model with Debian's parameters is known, one with others is not")
    func known() {
        let debian = KnownFrontEndTests.debian
        #expect(PocketSphinxModel.isKnown(debian))
        #expect(!PocketSphinxModel.isKnown(""))
        #expect(!PocketSphinxModel.isKnown(debian + "\n-samprate 8000"))
        #expect(!PocketSphinxModel.isKnown(debian.replacingOccurrences(of: "6800", with: "3700")))
        #expect(!PocketSphinxModel.isKnown(debian.replacingOccurrences(of: "batch", with: "none")))
    }
}
