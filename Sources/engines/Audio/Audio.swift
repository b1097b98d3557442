// Audio: recordings as facts and as blocks of samples, decoded by callpipe-decode.
internal import DecodeWire
public import Records

/// Reads recordings: MP3, WAV (PCM, µ-law, A-law, GSM), Ogg, FLAC, M4A and what telephony adds.
///
/// Files are not trusted. Each is decoded by a process of its own, which gets the open file, limits
/// of memory and processor time, and next to no system calls; what it says is held against what it
/// was asked. It may crash, and costs its own record only. Formats and codecs are white-listed,
/// rates and channels have bounds, and the length of what is decoded has an end. Messages never
/// hold the file's name, since a name may be made of telephone numbers.
public enum Audio {
    /// What decoding a file showed; headers are not believed, but for what they say is missing.
    public struct Facts: Sendable, Equatable {
        /// The decoded samples over the rate.
        public var seconds: Double
        /// How much longer the file is by its own header than where its sound ends; 0 when the
        /// header does not say, as that of an MP3 may not, and when all is there.
        public var missingSeconds: Double
        /// Samples per second, as recorded.
        public var rate: Int
        /// The number of channels, as recorded.
        public var channels: Int
        /// FFmpeg's name of the codec, such as `mp3` or `pcm_mulaw`.
        public var codec: String
        /// How many packets could not be decoded; what they held is missing.
        public var damagedPackets: Int
        /// Whether the two channels carry the same sound, so that it is one party or a mix of both;
        /// `nil` where there are not two, and of `decode`, which does not compare them.
        public var isDualMono: Bool?

        init(_ facts: DecodeFacts) {
            seconds = facts.seconds
            missingSeconds = facts.missingSeconds
            rate = Int(facts.rate)
            channels = Int(facts.channels)
            codec = facts.codec
            damagedPackets = Int(facts.damagedPackets)
            isDualMono = facts.isDualMono
        }

        /// How it is cut off, in words; `nil` when it is not, as far as its header tells.
        ///
        /// A second may be what a codec adds at the ends, or a header that is a little wrong.
        public var cut: String? {
            let stated = seconds + missingSeconds
            guard missingSeconds > (stated < 2 ? stated / 2 : 1) else { return nil }
            func text(_ seconds: Double) -> String { "\((seconds * 10).rounded() / 10) s" }
            return "it is cut off, \(text(missingSeconds)) of the \(text(stated)) that it should"
                + " have are missing"
        }
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
        /// The address space of the process that decodes it, in bytes; libraries take a third.
        public var memory: Int
        /// The processor time of that process, in seconds; `nil` is a minute and more for more
        /// bytes, a few times what the longest recordings need.
        public var processorSeconds: Int?

        /// The bounds for recorded calls, with room.
        public init(
            seconds: Double = 24 * 3600, rates: ClosedRange<Int> = 4000...192_000,
            channels: Int = 8, memory: Int = 512 << 20, processorSeconds: Int? = nil
        ) {
            self.seconds = seconds
            self.rates = rates
            self.channels = channels
            self.memory = memory
            self.processorSeconds = processorSeconds
        }
    }

    /// Takes the next samples of one channel, from 0; `mix` has channel 0 only.
    public typealias Sink = (_ channel: Int, _ samples: Span<Int16>) throws(Failure) -> Void

    /// Tells the observer, once, when recordings have to be decoded with less confinement than
    /// there should be.
    public static func report(to observer: @escaping Observer) {
        DecodeProgram.shared.report(to: observer)
    }

    /// Decodes a whole file to learn what it holds.
    ///
    /// - Throws: `Failure` of scope `item` when it is no recording, saying what is wrong with it.
    public static func probe(
        _ path: String, limits: Limits = Limits()
    ) throws(Failure) -> Facts {
        try facts(path, .probe, rate: nil, limits) { _, _ in }
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
        try facts(path, channels == .mix ? .mix : .split, rate: rate, limits, into: sink)
    }

    /// Whether both channels of a file carry the same sound, so that it is one party or a mix.
    ///
    /// Decoding ends at the first second that differs by more than a lossy codec's noise. Who needs
    /// the facts as well finds the answer among those of `probe`.
    ///
    /// - Throws: `Failure` of scope `item` when it is no recording.
    public static func isDualMono(
        _ path: String, limits: Limits = Limits()
    ) throws(Failure) -> Bool {
        let recording = try Recording(path)
        let request = recording.request(.compare, rate: nil, limits)
        let outcome = try DecodeProgram.shared.decode(recording, request) { _, _ in }
        guard case .verdict(let isDual) = outcome else { throw .garbled }
        return isDual
    }

    private static func facts(
        _ path: String, _ work: DecodeRequest.Work, rate: Int?, _ limits: Limits, into sink: Sink
    ) throws(Failure) -> Facts {
        let recording = try Recording(path)
        let request = recording.request(work, rate: rate, limits)
        guard
            case .facts(let facts) = try DecodeProgram.shared.decode(
                recording, request, into: sink)
        else { throw .garbled }
        return Facts(facts)
    }
}
