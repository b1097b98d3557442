// NoiseRemoval: takes out of each filter what is always there, as the model's front end does.
internal import Glibc

/// Follows the quietest that each filter was of late and keeps what stands out of it.
///
/// The model's own front end does this to all it hears, and the model's idea of speech is what is
/// left; without it a voice in a noisy room is not understood. The constants are those of the
/// front end, so that the same energies give the same cepstra.
struct NoiseRemoval {
    /// What stays of the past as the power is smoothed.
    private static let inertia = 0.7
    /// How slowly a least value climbs, and how quickly it falls.
    private static let (climb, fall) = (0.995, 0.5)
    /// How a peak fades, and what of it hides whatever is softer.
    private static let (fade, hidden) = (0.85, 0.2)
    /// Nothing is made softer than by this factor.
    private static let most = 20.0
    /// Filters on each side that share their gain with one.
    private static let neighbours = 4

    private var power: [Double] = []
    private var noise: [Double] = []
    private var least: [Double] = []
    private var peak: [Double] = []

    /// The logarithms of a frame's energies after those of the frames before it.
    mutating func cleaned(_ row: ArraySlice<Float>) -> [Float] {
        let energies = row.map { exp(Double($0)) }
        if power.isEmpty {
            power = energies
            noise = energies.map { $0 / NoiseRemoval.most }
            least = noise
            peak = energies.map { _ in 0 }
        }
        let gains = energies.indices.map { gain(of: $0, energies[$0]) }
        return energies.indices.map { filter in
            let near =
                max(
                    0, filter - NoiseRemoval.neighbours)...min(
                    gains.count - 1, filter + NoiseRemoval.neighbours)
            let gain = gains[near].reduce(0, +) / Double(near.count)
            return Float(log(energies[filter] * gain + 1e-4))
        }
    }

    private mutating func gain(of filter: Int, _ energy: Double) -> Double {
        let inertia = NoiseRemoval.inertia
        power[filter] = inertia * power[filter] + (1 - inertia) * energy
        NoiseRemoval.follow(power[filter], &noise[filter])
        let signal = max(power[filter] - noise[filter], 1)
        NoiseRemoval.follow(signal, &least[filter])
        peak[filter] *= NoiseRemoval.fade
        let isHidden = signal < NoiseRemoval.fade * peak[filter]
        let kept = isHidden ? NoiseRemoval.hidden * peak[filter] : signal
        peak[filter] = max(peak[filter], signal)
        let gain = max(kept, least[filter]) / power[filter]
        return min(max(gain, 1 / NoiseRemoval.most), NoiseRemoval.most)
    }

    private static func follow(_ value: Double, _ least: inout Double) {
        let weight = value >= least ? climb : fall
        least = weight * least + (1 - weight) * value
    }
}
