// Lanes: several tracks of a recording side by side, in time with each other.
internal import CFFmpeg
internal import DecodeWire

/// Each track becomes one channel: recorders that write several write one for each party.
///
/// Tracks are read each by itself, so that memory does not grow however they lie in the file. A
/// track that begins late, pauses, or ends early is silent there.
final class Lanes {
    private let lanes: [Lane]
    private let rate: Int
    private let limit: Double
    private static let step = 4096

    init(_ tracks: [Track], rate: Int, limit: Double) throws(DecodeFault) {
        (self.rate, self.limit) = (rate, limit)
        var lanes: [Lane] = []
        for track in tracks { lanes.append(try Lane(track, rate: rate)) }
        self.lanes = lanes
    }

    /// Hands over all samples, the channels in turns.
    ///
    /// - Returns: The length, in seconds.
    func decode(into sink: Resampler.Sink) throws(DecodeFault) -> Double {
        for lane in lanes { try lane.begin() }
        let origin = lanes.compactMap(\.begins).min() ?? 0
        var count = 0
        while true {
            for lane in lanes { try lane.fill(Lanes.step, from: origin, limit: limit) }
            let step = min(Lanes.step, lanes.map(\.available).max() ?? 0)
            guard step > 0 else { break }
            for (channel, lane) in lanes.enumerated() {
                let block = lane.take(step)
                try sink(channel, block.span)
            }
            count += step
            guard Double(count) <= limit * Double(rate) else { throw DecodeFault(.tooLong) }
        }
        return Double(count) / Double(rate)
    }
}

/// One track as one channel.
@safe
private final class Lane {
    private let track: Track
    private let resampler: Resampler
    private let rate: Int
    private var samples: [Int16] = []
    /// Samples of silence between those and the frame in hand.
    private var silence = 0
    private var frame: UnsafeMutablePointer<AVFrame>?
    /// Samples and silence since the beginning.
    private var position = 0
    private var isOver = false
    /// Times of frames are rounded, and some codecs begin a little before or after theirs.
    private static let tolerance = 0.1

    init(_ track: Track, rate: Int) throws(DecodeFault) {
        self.track = track
        self.rate = rate
        resampler = try Resampler(isMix: true, rate: rate)
    }

    /// When its first frame begins, as the container counts time.
    private(set) var begins: Double?

    /// Decodes the first frame.
    func begin() throws(DecodeFault) {
        unsafe frame = try track.next()
        begins = unsafe frame == nil ? nil : track.time
    }

    /// How many samples can be taken.
    var available: Int { samples.count }

    /// Decodes until there are so many samples, or all that are left.
    func fill(_ count: Int, from origin: Double, limit: Double) throws(DecodeFault) {
        while samples.count < count {
            if silence > 0 {
                let step = min(silence, count - samples.count)
                samples.append(contentsOf: repeatElement(0, count: step))
                position += step
                silence -= step
            } else if let held = unsafe frame {
                unsafe frame = nil
                if position == 0, try isLate(from: origin, limit: limit) {
                    unsafe frame = held
                    continue
                }
                try unsafe resampler.convert(held) { _, block in append(block) }
            } else if isOver {
                return
            } else if let next = try unsafe track.next() {
                _ = try isLate(from: origin, limit: limit)
                unsafe frame = next
            } else {
                isOver = true
                try resampler.finish { _, block in append(block) }
            }
        }
    }

    /// Puts silence before the frame in hand when it begins later than the samples end.
    private func isLate(from origin: Double, limit: Double) throws(DecodeFault) -> Bool {
        guard let time = track.time else { return false }
        let gap = time - origin - Double(position) / Double(rate)
        guard gap > Lane.tolerance else { return false }
        guard gap <= limit else { throw DecodeFault(.tooLong) }
        silence = Int(gap * Double(rate))
        return true
    }

    private func append(_ block: Span<Int16>) {
        for index in block.indices { samples.append(block[index]) }
        position += block.count
    }

    /// Takes so many samples; where there are fewer, silence makes up for them.
    func take(_ count: Int) -> [Int16] {
        let there = min(count, samples.count)
        let block = samples[..<there] + repeatElement(0, count: count - there)
        samples.removeFirst(there)
        return Array(block)
    }
}
