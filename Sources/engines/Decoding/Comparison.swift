// Comparison: how the sound of one channel is related to that of another.
internal import DecodeWire

/// Compares two channels, second by second.
///
/// Channels are alike when the one is the other at another level, with its polarity reversed, or a
/// little later, in every second that is not silent. The levels have to stay about the same all the
/// time: where each party is heard in the other's channel, quietly, one is louder now and the other
/// then.
struct Comparison {
    /// Less than 0.9 of correlation is another sound.
    ///
    /// Two voices have less than 0.5. One voice in both channels, one at half its level, keeps more
    /// than 0.91 in MP3, AAC and Vorbis of 16 to 32 kbit/s.
    private static let mostOther = 0.19
    /// 60 dB below full scale, as the square of a sample, is silence.
    private static let silence = 1000.0
    /// The level may change by 12 dB within a recording, as automatic gain does.
    private static let mostChange = 4.0
    /// A channel that is more than 24 dB below the other is crosstalk, not a copy.
    private static let mostLevel = 16.0
    /// A copy that went another way is later by a packet of 20 ms or less, in seconds.
    private static let mostDelay = 0.03

    private let rate: Int
    private var left: [Int16] = []
    private var right: [Int16] = []
    /// The samples by which the right channel is later; `nil` until a second is loud enough to tell.
    private var delay: Int?
    private var levels: ClosedRange<Double>?
    private var hasJudged = false
    private(set) var areDifferent = false

    private struct Sums {
        var count = 0.0
        var (left, right) = (0.0, 0.0)
        var (leftSquare, rightSquare, product) = (0.0, 0.0, 0.0)

        /// The squares and the product without what is constant in them.
        var spread: (left: Double, right: Double, product: Double) {
            (
                leftSquare - left * left / count, rightSquare - right * right / count,
                product - left * right / count
            )
        }
        /// The share of the one sound that is in the other, from 0 to 1.
        var common: Double {
            let (left, right, product) = spread
            return left > 0 && right > 0 ? product * product / (left * right) : 0
        }
    }

    init(rate: Int) { self.rate = rate }

    /// Takes a block of channel 0, then the block of the same length of channel 1.
    mutating func take(_ channel: Int, _ block: Span<Int16>) {
        if channel == 0 {
            for index in block.indices { left.append(block[index]) }
        } else if channel == 1 {
            for index in block.indices { right.append(block[index]) }
            if right.count >= rate { judge() }
        }
    }

    /// Judges the rest of the last second as well, and returns the result.
    mutating func finish() -> DecodeFacts.Likeness {
        // The last moments of a longer recording show only how its codec ends.
        if !hasJudged || right.count >= rate / 10 { judge() }
        guard !areDifferent else { return .different }
        return (levels?.lowerBound ?? 1) < 0 ? .reversed : .alike
    }

    private mutating func judge() {
        defer {
            left.removeAll(keepingCapacity: true)
            right.removeAll(keepingCapacity: true)
        }
        guard !left.isEmpty, left.count == right.count, !areDifferent else { return }
        hasJudged = true
        var sums = sums(at: delay ?? 0)
        let loudest = max(sums.spread.left, sums.spread.right)
        let floor = sums.count * Comparison.silence
        guard loudest > floor else { return }
        func isOther(_ sums: Sums) -> Bool {
            loudest * (1 - sums.common) > loudest * Comparison.mostOther + floor
        }
        let isLoud = loudest > floor * 16
        if isOther(sums), delay == nil, isLoud {
            delay = likeliestDelay
            sums = self.sums(at: delay ?? 0)
        }
        if isOther(sums) {
            areDifferent = true
        } else if isLoud {
            // A second that is nearly silent tells nothing about the level.
            delay = delay ?? 0
            let (left, right, product) = sums.spread
            note(level: (right / left).squareRoot() * (product < 0 ? -1 : 1))
        }
    }

    /// Compares the second in hand, with the right channel later by so many samples.
    private func sums(at delay: Int, step: Int = 1) -> Sums {
        var sums = Sums()
        let first = max(0, -delay)
        for index in stride(from: first, to: left.count - max(0, delay), by: step) {
            let (a, b) = (Double(left[index]), Double(right[index + delay]))
            sums.left += a
            sums.right += b
            sums.leftSquare += a * a
            sums.rightSquare += b * b
            sums.product += a * b
            sums.count += 1
        }
        return sums
    }

    /// The delay at which the channels have most in common.
    private var likeliestDelay: Int {
        let most = min(Int(Double(rate) * Comparison.mostDelay), left.count / 4)
        // Every sixth sample of a high rate tells enough.
        let step = max(1, rate / 8000)
        var best = (delay: 0, common: 0.0)
        for delay in -most...most {
            let common = sums(at: delay, step: step).common
            if common > best.common { best = (delay, common) }
        }
        return best.delay
    }

    private mutating func note(level: Double) {
        let all = [levels?.lowerBound ?? level, levels?.upperBound ?? level, level]
        let (lowest, highest) = (all.min() ?? level, all.max() ?? level)
        levels = lowest...highest
        let (least, most) = (min(abs(lowest), abs(highest)), max(abs(lowest), abs(highest)))
        if lowest.sign != highest.sign || most > least * Comparison.mostChange
            || most > Comparison.mostLevel || least < 1 / Comparison.mostLevel
        {
            areDifferent = true
        }
    }
}
