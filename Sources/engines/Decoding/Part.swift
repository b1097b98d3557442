// Part: one of the recordings that a file holds; most files hold one.
internal import CFFmpeg
internal import DecodeWire

/// A recording between two positions of a file, and its tracks.
final class Part {
    /// Where the next recording of the file begins.
    let next: Int64?
    /// Bytes behind the end that the header states, which cannot be told to be sound.
    let unreadBytes: Int64
    /// True when there is sound behind the end that the header states.
    let exceedsHeader: Bool
    /// How many tracks have no decoder.
    let tracksLeftOut: Int
    /// FFmpeg's name of the format, such as `wav`.
    let format: String
    /// The tracks, each over a container of its own.
    let tracks: [Track]
    private let limits: DecodeRequest
    /// The length of several tracks, once they are decoded.
    private var secondsTogether = 0.0
    private let isLengthCommon: Bool

    init(descriptor: Int32, _ range: Range<Int64>, limits: DecodeRequest) throws(DecodeFault) {
        self.limits = limits
        func open(_ range: Range<Int64>) throws(DecodeFault) -> Container {
            try Container(Input(descriptor: descriptor, range), suffix: limits.suffix)
        }
        var range = range
        var container = try open(range)
        format = String(container.name)
        let rest = Rest(of: container)
        switch rest {
        case .nothing:
            (next, exceedsHeader, unreadBytes) = (nil, false, 0)
        case .recording(let position):
            (next, exceedsHeader, unreadBytes) = (range.lowerBound + position, false, 0)
            range = range.lowerBound..<(range.lowerBound + position)
            container = try open(range)
        case .unclaimed(let position):
            next = nil
            exceedsHeader = container.name == "wav"
            unreadBytes = exceedsHeader ? 0 : Int64(range.count) - position
        case .foreign(let position):
            (next, exceedsHeader, unreadBytes) = (nil, false, Int64(range.count) - position)
        }
        let isLonger = exceedsHeader
        func prepare(_ container: Container) throws(DecodeFault) {
            if isLonger { container.ignoreStatedLength() }
            try container.findStreams()
        }
        try prepare(container)
        let streams = try container.tracks()
        tracksLeftOut = streams.leftOut
        isLengthCommon = container.stated?.isCommon ?? false
        guard streams.decodable.count <= limits.channels else {
            throw DecodeFault(.channels, number: UInt32(streams.decodable.count))
        }
        var tracks: [Track] = []
        for stream in streams.decodable {
            if !tracks.isEmpty {
                container = try open(range)
                try prepare(container)
            }
            tracks.append(try Track(container, stream: stream, limits: limits))
        }
        self.tracks = tracks
    }

    /// Of several tracks each is a channel.
    var channels: Int { tracks.count == 1 ? tracks[0].channels : tracks.count }
    /// The rate of the track that has most samples.
    var rate: Int { tracks.map(\.rate).max() ?? 0 }
    /// How many frames were decoded.
    var frames: Int { tracks.reduce(0) { $0 + $1.frames } }
    /// How many packets could not be decoded.
    var damaged: Int { tracks.reduce(0) { $0 + $1.damaged } }
    /// The length of the decoded sound.
    var seconds: Double { tracks.count == 1 ? tracks[0].seconds : secondsTogether }
    /// How much more of it the header states, in seconds.
    var missing: Double {
        let missing = tracks.map(\.missing)
        return (isLengthCommon ? missing.min() : missing.max()) ?? 0
    }

    /// Takes samples of one channel, and the form of them all.
    typealias Sink = (
        _ channel: Int, _ samples: Span<Int16>, _ form: (rate: Int, channels: Int)
    ) throws(DecodeFault) -> Void

    /// Decodes all of it.
    ///
    /// - Parameters:
    ///   - isMix: True when all channels are to be one.
    ///   - rate: Samples per second that the sink gets; `nil` is the recording's own rate.
    ///   - isWanted: False when samples need no converting, since the sink has enough.
    ///   - sink: Takes each block.
    /// - Throws: `DecodeFault`, and the sink's errors.
    func decode(
        isMix: Bool, rate: Int?, while isWanted: () -> Bool, into sink: Sink
    ) throws(DecodeFault) {
        guard tracks.count == 1 else { return try decodeTogether(isMix, rate, into: sink) }
        let resampler = try Resampler(isMix: isMix, rate: rate)
        func take(_ channel: Int, _ samples: Span<Int16>) throws(DecodeFault) {
            try sink(channel, samples, resampler.form)
        }
        while let frame = try unsafe tracks[0].next() {
            if isWanted() { try unsafe resampler.convert(frame, into: take) }
        }
        if isWanted() { try resampler.finish(into: take) }
    }

    private func decodeTogether(
        _ isMix: Bool, _ rate: Int?, into sink: Sink
    ) throws(DecodeFault) {
        let rate = rate ?? self.rate
        let lanes = try Lanes(tracks, rate: rate, limit: limits.seconds)
        guard isMix else {
            let form = (rate: rate, channels: tracks.count)
            secondsTogether = try lanes.decode { channel, samples throws(DecodeFault) in
                try sink(channel, samples, form)
            }
            return
        }
        var mean = Mean(channels: tracks.count)
        secondsTogether = try lanes.decode { channel, samples throws(DecodeFault) in
            try mean.take(channel, samples) { channel, samples throws(DecodeFault) in
                try sink(channel, samples, (rate: rate, channels: 1))
            }
        }
    }
}
