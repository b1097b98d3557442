// DecodeRequest: the words that a client sends to callpipe-decode, beside the descriptors.

/// One recording to decode, and its limits.
///
/// Three descriptors go with it: the recording, where the frames go, and where the server says how
/// the child ended.
public struct DecodeRequest: Sendable, Equatable {
    /// Changes whenever a request or a frame does, so that programs of two installations that meet
    /// after an upgrade say so.
    public static let version: UInt64 = 3

    /// The kinds of work.
    public enum Work: UInt64, Sendable {
        /// Its facts only.
        case probe
        /// Its samples, all channels as one.
        case mix
        /// Its samples, channel by channel.
        case split
        /// Its samples, both channels as one, the second with its polarity reversed.
        case subtract
    }

    /// The work to do.
    public var work: Work
    /// The end of the recording's name, behind the last dot: a few formats are hard to know without.
    public var suffix: String
    /// Samples per second to send back; `nil` is the recording's own rate.
    public var rate: Int?
    /// The longest recording that is decoded, in seconds.
    public var seconds: Double
    /// The rates that a recording may have.
    public var rates: ClosedRange<Int>
    /// The largest number of channels that it may have.
    public var channels: Int
    /// The child's address space, in bytes.
    public var memory: Int
    /// The child's processor time, in seconds.
    public var processorSeconds: Int

    /// Describes the work on one recording.
    public init(
        work: Work, suffix: String, rate: Int?, seconds: Double, rates: ClosedRange<Int>,
        channels: Int, memory: Int, processorSeconds: Int
    ) {
        self.work = work
        self.suffix = suffix
        self.rate = rate
        self.seconds = seconds
        self.rates = rates
        self.channels = channels
        self.memory = memory
        self.processorSeconds = processorSeconds
    }

    /// How many words a request is.
    public static let wordCount = 10

    /// As it is sent, between programs of one machine.
    public var words: [UInt64] {
        [
            DecodeRequest.version, work.rawValue, UInt64(rate ?? 0), seconds.bitPattern,
            UInt64(rates.lowerBound), UInt64(rates.upperBound), UInt64(channels), UInt64(memory),
            UInt64(processorSeconds), packedSuffix,
        ]
    }

    /// Reads a client's message; `nil` when it is no request of this version.
    public init?(words: [UInt64]) {
        guard words.count == DecodeRequest.wordCount, words[0] == DecodeRequest.version,
            let work = Work(rawValue: words[1]), let rate = Int32(exactly: words[2]),
            let lowest = Int32(exactly: words[4]), let highest = Int32(exactly: words[5]),
            lowest <= highest, let channels = Int32(exactly: words[6]),
            let memory = Int(exactly: words[7]), let seconds = Int32(exactly: words[8])
        else { return nil }
        self.init(
            work: work, suffix: DecodeRequest.unpacked(words[9]),
            rate: rate == 0 ? nil : Int(rate), seconds: Double(bitPattern: words[3]),
            rates: Int(lowest)...Int(highest), channels: Int(channels), memory: memory,
            processorSeconds: Int(seconds))
    }

    /// Letters and digits, eight at most.
    private var packedSuffix: UInt64 {
        let bytes = Array(suffix.utf8)
        guard bytes.count <= 8, bytes.allSatisfy(DecodeRequest.isPlain) else { return 0 }
        return bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    private static func unpacked(_ word: UInt64) -> String {
        let bytes = (0..<8).map { UInt8(truncatingIfNeeded: word >> ($0 * 8)) }
        return String(decoding: bytes.prefix(while: isPlain), as: UTF8.self)
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte)
            || (0x61...0x7A).contains(byte)
    }
}
