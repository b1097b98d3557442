// Mean: several channels as one.
internal import DecodeWire

/// The mean of channels that come in turns; the second may be taken with its sign changed.
struct Mean {
    private let channels: Int
    private let isSecondReversed: Bool
    private var sum: [Int32] = []
    private var block: [Int16] = []

    init(channels: Int, isSecondReversed: Bool = false) {
        self.channels = channels
        self.isSecondReversed = isSecondReversed
    }

    /// Takes the block of one channel; the last channel's block completes the mean.
    mutating func take(
        _ channel: Int, _ samples: Span<Int16>, into sink: Resampler.Sink
    ) throws(DecodeFault) {
        if channel == 0 {
            sum.removeAll(keepingCapacity: true)
            for index in samples.indices { sum.append(Int32(samples[index])) }
        } else if channel == 1, isSecondReversed {
            for index in samples.indices { sum[index] -= Int32(samples[index]) }
        } else {
            for index in samples.indices { sum[index] += Int32(samples[index]) }
        }
        guard channel == channels - 1 else { return }
        block.removeAll(keepingCapacity: true)
        for value in sum { block.append(Int16(clamping: value / Int32(channels))) }
        try sink(0, block.span)
    }
}
