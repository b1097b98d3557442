// Audio: recordings as facts and as blocks of samples, decoded by callpipe-decode.
internal import DecodeWire
public import Records

/// Reads recordings: MP3, WAV (PCM, µ-law, A-law, GSM), Ogg, FLAC, M4A, WebM and more.
///
/// Files are not trusted. A process of its own decodes each: it gets the open file, limits of memory
/// and processor time, and next to no system calls; its answers are held against the request. It may
/// crash, which fails only its own record. Formats and codecs are white-listed, rates and channels
/// have bounds, and the length has a limit. Messages never hold the file's name, since a name may be
/// made of telephone numbers.
///
/// All sound of a file is heard: every track, every recording where several were appended to each
/// other, and the samples of a WAV that its header does not count.
public enum Audio {
    /// The facts that decoding a file showed; a header is believed only where it states more sound than
    /// there is.
    public struct Facts: Sendable, Equatable {
        /// The length in seconds: the decoded samples over the rate; 0 when the file is whole and
        /// holds no sound, as recorders leave it for a call that was not taken.
        public var seconds: Double
        /// How many seconds more the header states than there are; 0 when the header states no
        /// length, as that of an MP3 may not, and when nothing is missing.
        public var missingSeconds: Double
        /// Samples per second, as recorded; 0 when there is no sound.
        public var rate: Int
        /// The number of channels, as recorded; a file with several tracks has one for each track,
        /// and one without sound has none.
        public var channels: Int
        /// FFmpeg's name of the codec, such as `mp3` or `pcm_mulaw`; empty when there is no sound.
        public var codec: String
        /// FFmpeg's name of the file's format, such as `mp3`, `wav` or `mov`.
        public var format: String
        /// The number of packets that could not be decoded; their sound is missing.
        public var damagedPackets: Int
        /// True when the two channels carry the same sound, so that it is one party or a mix of both;
        /// `nil` where there are not two, and after `decode`, which does not compare them.
        public var isDualMono: Bool?
        /// True when one of the two channels is the other with its polarity reversed: their plain mix
        /// is silence.
        public var isReversed: Bool
        /// The number of tracks of sound that are heard; 1 for nearly all files, 0 without sound.
        public var tracks: Int
        /// True when any player hears in the file the same sound as this module does.
        public var isPlain: Bool
        /// Sound that may be left out, a sentence each, for the log.
        public var remarks: [String]

        init(_ facts: DecodeFacts) {
            seconds = facts.seconds
            missingSeconds = facts.missingSeconds
            rate = Int(facts.rate)
            channels = Int(facts.channels)
            codec = facts.codec
            format = facts.format
            damagedPackets = Int(facts.damagedPackets)
            isDualMono = facts.likeness.map { $0 != .different }
            isReversed = facts.likeness == .reversed
            tracks = Int(facts.tracks)
            isPlain =
                facts.tracks == 1 && facts.recordings == 1 && !facts.exceedsHeader && !isReversed
            remarks = facts.remarks
        }

        /// A sentence about the missing end; `nil` when the file is whole, as far as its header tells.
        ///
        /// A second may be padding of a codec, or a header that is a little wrong.
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
        /// Two as one, the second with its polarity reversed: for files whose `isReversed` is true.
        case mixReversed
        /// Each by itself, untouched by the others.
        case split
    }

    /// The bounds of a file: its form, and the memory and time that decoding it may take.
    public struct Limits: Sendable {
        /// The longest file that is decoded, in seconds: 24 hours, since a small file can hold years
        /// of silence, which would fill the disk as samples.
        public var seconds: Double
        /// The rates that are plausible; a file of 1 Hz would grow 16,000 times.
        public var rates: ClosedRange<Int>
        /// The largest number of channels.
        public var channels: Int
        /// The address space of the process that decodes it, in bytes; libraries take a third.
        public var memory: Int
        /// The processor time of that process, in seconds; `nil` is a minute and another for each
        /// 15 MiB, a few times as much as the longest recordings need.
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

    /// Tells the observer, once, when the system does not let system calls be filtered, so that
    /// recordings are decoded with less confinement.
    public static func report(to observer: @escaping Observer) {
        DecodeProgram.shared.report(to: observer)
    }

    /// Decodes a whole file and returns its facts.
    ///
    /// - Throws: `Failure` of scope `item` when it is no recording, with the reason.
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
    ///   - channels: How the channels are handed over.
    ///   - rate: Samples per second that the sink gets; `nil` is the file's own rate.
    ///   - limits: The bounds of the file.
    ///   - sink: Takes each block; an error of the sink ends the decoding.
    /// - Returns: The facts that decoding showed.
    /// - Throws: `Failure` of scope `item` when it is no recording, with the reason.
    @discardableResult
    public static func decode(
        _ path: String, channels: Channels, rate: Int? = 16000, limits: Limits = Limits(),
        into sink: Sink
    ) throws(Failure) -> Facts {
        let work: DecodeRequest.Work =
            switch channels {
            case .mix: .mix
            case .mixReversed: .subtract
            case .split: .split
            }
        return try facts(path, work, rate: rate, limits, into: sink)
    }

    private static func facts(
        _ path: String, _ work: DecodeRequest.Work, rate: Int?, _ limits: Limits, into sink: Sink
    ) throws(Failure) -> Facts {
        let recording = try Recording(path)
        let request = recording.request(work, rate: rate, limits)
        return Facts(try DecodeProgram.shared.decode(recording, request, into: sink))
    }
}

extension DecodeFacts {
    /// Sound that may be missing, a sentence each.
    fileprivate var remarks: [String] {
        var remarks: [String] = []
        if damagedPackets > 0 { remarks.append("\(damagedPackets) damaged packets are left out") }
        if tracksLeftOut > 0 {
            remarks.append(
                "\(tracksLeftOut) of \(tracks + tracksLeftOut) audio tracks are left out: there is no"
                    + " decoder for them")
        }
        if unreadBytes > 0 {
            remarks.append(
                "\(unreadBytes) bytes after the end that its header states are left out; they may be"
                    + " sound")
        }
        return remarks
    }
}
