// Comparison: how the sound of one channel is related to that of another.
internal import DecodeWire

/// Compares two channels, second by second.
///
/// Channels are alike when the one is the other at another level, or with its polarity reversed, in
/// every second that is not silent. The levels have to stay about the same all the time: where each
/// party is heard in the other's channel, quietly, one is louder now and the other then.
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

    private let rate: Int
    private var left: [Int16] = []
    private var sums = Sums()
    private var levels: ClosedRange<Double>?
    private var hasJudged = false
    private(set) var areDifferent = false

    private struct Sums {
        var count = 0.0
        var (left, right) = (0.0, 0.0)
        var (leftSquare, rightSquare, product) = (0.0, 0.0, 0.0)
    }

    init(rate: Int) { self.rate = rate }

    /// Takes a block of channel 0, then the block of the same length of channel 1.
    mutating func take(_ channel: Int, _ block: Span<Int16>) {
        if channel == 0 {
            left.removeAll(keepingCapacity: true)
            for index in block.indices { left.append(block[index]) }
        } else if channel == 1, block.count == left.count {
            for index in block.indices {
                let (a, b) = (Double(left[index]), Double(block[index]))
                sums.left += a
                sums.right += b
                sums.leftSquare += a * a
                sums.rightSquare += b * b
                sums.product += a * b
            }
            sums.count += Double(block.count)
            if sums.count >= Double(rate) { judge() }
        }
    }

    /// Judges the rest of the last second as well, and returns the result.
    mutating func finish() -> DecodeFacts.Likeness {
        // The last moments of a longer recording show only how its codec ends.
        if !hasJudged || sums.count >= Double(rate) / 10 { judge() }
        guard !areDifferent else { return .different }
        return (levels?.lowerBound ?? 1) < 0 ? .reversed : .alike
    }

    private mutating func judge() {
        guard sums.count > 0 else { return }
        let (left, right) = (
            sums.leftSquare - sums.left * sums.left / sums.count,
            sums.rightSquare - sums.right * sums.right / sums.count
        )
        let product = sums.product - sums.left * sums.right / sums.count
        let (loudest, floor) = (max(left, right), sums.count * Comparison.silence)
        sums = Sums()
        hasJudged = true
        guard loudest > floor else { return }
        let common = left > 0 && right > 0 ? product * product / (left * right) : 0
        if loudest * (1 - common) > loudest * Comparison.mostOther + floor {
            areDifferent = true
        } else if loudest > floor * 16 {
            // A second that is nearly silent tells nothing about the level.
            note(level: (right / left).squareRoot() * (product < 0 ? -1 : 1))
        }
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
