// Comparison: whether two channels carry the same sound, block by block.

/// Compares the channels of a recording, second by second.
struct Comparison {
    private let rate: Int
    private var left: [Int16] = []
    private var sum = 0.0
    private var difference = 0.0
    private var count = 0
    private(set) var areDifferent = false

    init(rate: Int) { self.rate = rate }

    /// Takes a block of channel 0, then the block of the same length of channel 1.
    mutating func take(_ channel: Int, _ block: Span<Int16>) {
        if channel == 0 {
            left.removeAll(keepingCapacity: true)
            for index in block.indices { left.append(block[index]) }
        } else if channel == 1, block.count == left.count {
            for index in block.indices {
                let (a, b) = (Double(left[index]), Double(block[index]))
                sum += a * a + b * b
                difference += (a - b) * (a - b)
            }
            count += block.count
            if count >= rate { judge() }
        }
    }

    /// Judges what is left of the last second as well.
    mutating func finish() {
        judge()
    }

    private mutating func judge() {
        // 30 dB below the sound is a lossy codec's noise, and 60 dB below full scale is silence.
        if difference > sum / 1000 + Double(count) * 1000 { areDifferent = true }
        (count, sum, difference) = (0, 0, 0)
    }
}
