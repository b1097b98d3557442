// Levels: the loudness of a channel in steps of 20 ms, and the places of speech.
internal import Glibc

/// The loudness of one channel over time: one byte for 20 ms, at any rate.
struct Levels {
    static let framesPerSecond = 50
    /// Quieter than this is no background but digital silence, as in a pause of an MP3.
    private static let inaudible: UInt8 = 90

    /// Decibels below full scale, 0 to 120.
    private(set) var frames: [UInt8] = []
    private let frameLength: Int
    private var count = 0
    private var sum = 0
    private var squares = 0

    init(rate: Int) { frameLength = rate / Levels.framesPerSecond }

    mutating func append(_ samples: Span<Int16>) {
        for index in samples.indices {
            let sample = Int(samples[index])
            sum += sample
            squares += sample * sample
            count += 1
            if count == frameLength { closeFrame() }
        }
    }

    /// Closes the last frame, which may be shorter.
    mutating func finish() {
        if count > 0 { closeFrame() }
    }

    private mutating func closeFrame() {
        // The mean is left out, because a cheap line card adds a constant.
        let mean = Double(sum) / Double(count)
        let power = max(Double(squares) / Double(count) - mean * mean, 0)
        let level = power > 0 ? -10 * log10(power / (32768 * 32768)) : 120
        frames.append(UInt8(min(max(level, 0), 120)))
        (count, sum, squares) = (0, 0, 0)
    }

    /// The level that separates speech from background, in decibels below full scale.
    ///
    /// It is 10 dB above the quiet tenth of the audible frames, within bounds: speech without a pause
    /// must not become the background, and hiss alone must not become speech.
    var threshold: UInt8 {
        var histogram = [Int](repeating: 0, count: 121)
        for frame in frames where frame < Levels.inaudible { histogram[Int(frame)] += 1 }
        var rest = histogram.reduce(0, +) / 10
        var quiet = Int(Levels.inaudible)
        while quiet > 0, rest >= histogram[quiet] {
            rest -= histogram[quiet]
            quiet -= 1
        }
        return UInt8(min(max(quiet - 10, 35), 60))
    }

    /// The stretches of speech, in frames: separated by pauses of 300 ms, without blips of 40 ms.
    var phrases: [Range<Int>] {
        let threshold = threshold
        let pause = 15
        var phrases: [Range<Int>] = []
        var loud = 0
        func keepLast() {
            if let last = phrases.last, loud < 3, !last.isEmpty { phrases.removeLast() }
        }
        for (index, frame) in frames.enumerated() where frame < threshold {
            if let last = phrases.last, index - last.upperBound < pause {
                phrases[phrases.count - 1] = last.lowerBound..<(index + 1)
            } else {
                keepLast()
                phrases.append(index..<(index + 1))
                loud = 0
            }
            loud += 1
        }
        keepLast()
        return phrases
    }
}
