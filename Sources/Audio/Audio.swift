// Audio: recordings as facts and as blocks of samples, in one pass over FFmpeg's libraries.
public import Records

/// Reads recordings: MP3, WAV (PCM, µ-law, A-law, GSM), Ogg, FLAC, M4A and what telephony adds.
///
/// Files are not trusted: formats, codecs and protocols are white-listed, rates and channels have
/// bounds, and the length of what is decoded has an end. Messages never hold the file's name,
/// since a name may be made of telephone numbers.
public enum Audio {
    /// What decoding a file showed; headers are not believed.
    public struct Facts: Sendable, Equatable {
        /// The decoded samples over the rate.
        public var seconds: Double
        /// Samples per second, as recorded.
        public var rate: Int
        /// The number of channels, as recorded.
        public var channels: Int
        /// FFmpeg's name of the codec, such as `mp3` or `pcm_mulaw`.
        public var codec: String
        /// How many packets could not be decoded; what they held is missing.
        public var damagedPackets: Int
    }

    /// How the channels of a file are handed over.
    public enum Channels: Sendable {
        /// All of them as one.
        case mix
        /// Each by itself, untouched by the others.
        case split
    }

    /// Bounds on what a file may cost.
    public struct Limits: Sendable {
        /// The longest file that is decoded, in seconds.
        public var seconds: Double
        /// The rates that are plausible; a file of 1 Hz would grow sixteenthousandfold.
        public var rates: ClosedRange<Int>
        /// The largest number of channels.
        public var channels: Int

        /// The bounds for recorded calls, with room.
        public init(
            seconds: Double = 24 * 3600, rates: ClosedRange<Int> = 4000...192_000, channels: Int = 8
        ) {
            self.seconds = seconds
            self.rates = rates
            self.channels = channels
        }
    }

    /// Takes the next samples of one channel, from 0; `mix` has channel 0 only.
    public typealias Sink = (_ channel: Int, _ samples: Span<Int16>) throws(Failure) -> Void

    /// Decodes a whole file to learn what it holds.
    ///
    /// - Throws: `Failure` of scope `item` when it is no recording, saying what is wrong with it.
    public static func probe(
        _ path: String, limits: Limits = Limits()
    ) throws(Failure) -> Facts {
        let file = try MediaFile(path, limits: limits)
        try unsafe file.decode { _ in }
        return try file.facts()
    }

    /// Hands all samples of a file to the sink, block by block, at the rate asked for.
    ///
    /// Memory does not grow with the file. Split channels come in turns, each block of channel 0
    /// before the block of the same length of channel 1.
    ///
    /// - Parameters:
    ///   - path: The file; only a regular file is opened.
    ///   - channels: Whether the channels are mixed or kept apart.
    ///   - rate: Samples per second of what the sink gets; `nil` is the file's own rate.
    ///   - limits: What the file may cost.
    ///   - sink: Takes each block; what it throws ends the decoding.
    /// - Returns: What decoding showed.
    /// - Throws: `Failure` of scope `item` when it is no recording, saying what is wrong with it.
    @discardableResult
    public static func decode(
        _ path: String, channels: Channels, rate: Int? = 16000, limits: Limits = Limits(),
        into sink: Sink
    ) throws(Failure) -> Facts {
        let file = try MediaFile(path, limits: limits)
        let resampler = try Resampler(channels: channels, rate: rate)
        try unsafe file.decode { frame throws(Failure) in
            try unsafe resampler.convert(frame, into: sink)
        }
        try resampler.finish(into: sink)
        return try file.facts()
    }

    /// Whether both channels of a file carry the same sound, so that it is one party or a mix.
    ///
    /// Decoding ends at the first second that differs by more than a lossy codec's noise.
    ///
    /// - Throws: `Failure` of scope `item` when it is no recording.
    public static func isDualMono(
        _ path: String, limits: Limits = Limits()
    ) throws(Failure) -> Bool {
        let different = Failure(.item, .audio, "compare the channels: they differ")
        var left: [Int16] = []
        var sum = 0.0
        var difference = 0.0
        var count = 0
        do throws(Failure) {
            let facts = try decode(path, channels: .split, rate: 8000, limits: limits) {
                channel, block throws(Failure) in
                guard channel == 1 else {
                    if channel == 0 { left = block.indices.map { block[$0] } }
                    return
                }
                for index in block.indices {
                    let (a, b) = (Double(left[index]), Double(block[index]))
                    sum += a * a + b * b
                    difference += (a - b) * (a - b)
                }
                count += block.count
                if count >= 8000 {
                    // 30 dB below the sound, and 60 dB below full scale where there is no sound.
                    if difference > sum / 1000 + Double(count) * 1000 { throw different }
                    (count, sum, difference) = (0, 0, 0)
                }
            }
            return facts.channels == 2 && difference <= sum / 1000 + Double(count) * 1000
        } catch {
            if error == different { return false }
            throw error
        }
    }
}
