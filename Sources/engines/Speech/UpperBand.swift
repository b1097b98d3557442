// UpperBand: what a telephone has cut off, told from what it has left.
internal import FoundationEssentials
internal import Glibc

/// The filters above 3.8 kHz, from the others of nine frames, by a small network.
///
/// An "s" is told from an "f" by what follows and what little is left of it below 3.8 kHz. The
/// network learned that from voices in other languages; see Tests/bench/speech/narrowband.py. Over 40
/// prompts in English the word error rate is 0.30, where a mirror image of the lower band gave
/// 0.58, an empty one 0.65 and the true upper band 0.25.
struct UpperBand {
    /// The filters it is told.
    static let told = 19
    /// The filters it adds.
    static let added = FrontEnd.filters - told
    /// The frames before and behind that help.
    private static let context = 4

    private let toHidden: [Float]
    private let hiddenOffsets: [Float]
    private let toAdded: [Float]
    private let addedOffsets: [Float]
    private let straight: [Float]

    init() {
        let bytes = Data(base64Encoded: UpperBandWeights.numbers) ?? Data()
        var numbers = stride(from: 0, to: bytes.count - 1, by: 2).map { index in
            let bits = UInt16(bytes[index]) | UInt16(bytes[index + 1]) << 8
            return Float(Int16(bitPattern: bits)) / UpperBandWeights.scale
        }[...]
        func take(_ count: Int) -> [Float] {
            defer { numbers = numbers.dropFirst(count) }
            return Array(numbers.prefix(count))
        }
        let inputs = UpperBand.told * (2 * UpperBand.context + 1)
        toHidden = take(inputs * UpperBandWeights.hidden)
        hiddenOffsets = take(UpperBandWeights.hidden)
        toAdded = take(UpperBandWeights.hidden * UpperBand.added)
        addedOffsets = take(UpperBand.added)
        straight = take(inputs * UpperBand.added)
        precondition(
            straight.count == inputs * UpperBand.added && numbers.isEmpty, "the weights are cut")
    }

    /// Rows of all filters from rows of those it is told.
    ///
    /// A line's own sound and how loud somebody is are taken out before; a filter that is added is
    /// as loud in the mean as the last one told, since the model does not hear means.
    func completed(_ rows: [Float]) -> [Float] {
        let count = rows.count / UpperBand.told
        var sums = [Double](repeating: 0, count: UpperBand.told)
        for (index, value) in rows.enumerated() { sums[index % UpperBand.told] += Double(value) }
        let means = sums.map { Float($0 / Double(max(count, 1))) }
        let level = means[UpperBand.told - 1]
        let centred = rows.indices.map { rows[$0] - means[$0 % UpperBand.told] }
        var completed: [Float] = []
        completed.reserveCapacity(count * FrontEnd.filters)
        for frame in 0..<count {
            let start = frame * UpperBand.told
            completed += rows[start..<(start + UpperBand.told)]
            completed += added(to: frame, of: count, centred).map { $0 + level }
        }
        return completed
    }

    private func added(to frame: Int, of count: Int, _ rows: [Float]) -> [Float] {
        var hidden = hiddenOffsets
        var added = addedOffsets
        for (place, near) in (-UpperBand.context...UpperBand.context).enumerated() {
            // Beyond the ends the sound stays as it is there.
            let row = min(max(frame + near, 0), count - 1) * UpperBand.told
            for filter in 0..<UpperBand.told {
                let value = rows[row + filter]
                let input = place * UpperBand.told + filter
                for unit in hidden.indices {
                    hidden[unit] += value * toHidden[input * hidden.count + unit]
                }
                for unit in added.indices {
                    added[unit] += value * straight[input * added.count + unit]
                }
            }
        }
        for (index, sum) in hidden.enumerated() {
            let value = tanh(sum)
            for unit in added.indices { added[unit] += value * toAdded[index * added.count + unit] }
        }
        return added
    }
}
