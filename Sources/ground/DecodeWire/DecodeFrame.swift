// DecodeFrame: what comes back from the child, frame by frame.
//
// A frame is its kind and the number of bytes that follow, four bytes each, in the machine's order.
// `started` comes first; samples come after their form; facts, a verdict or a fault end it all.

/// The kinds of frames.
public enum DecodeFrame: UInt32, Sendable {
    /// The child is confined, and now opens the recording: a word, 1 when system calls are filtered.
    case started = 0x6361_7301
    /// The rate and the number of channels of all samples that follow: two words.
    case form
    /// A block of samples: those of channel 0, then as many of channel 1, and so on.
    case samples
    /// What decoding showed: `DecodeFacts`.
    case facts
    /// Whether both channels carry the same sound: a word.
    case verdict
    /// Why the recording cannot be decoded: `DecodeFault`.
    case fault

    /// Kind and length.
    public static let headerSize = 8
    /// The longest frame of samples, in bytes.
    public static let longestSamples = 32 << 10
    /// The longest of the others.
    public static let longestOther = 96
}

/// What decoding showed, as the child says.
public struct DecodeFacts: Sendable, Equatable {
    /// The decoded samples over the rate.
    public var seconds: Double
    /// How much its container states beyond the end of what was decoded; 0 where it states nothing.
    public var missingSeconds: Double
    /// Samples per second.
    public var rate: UInt32
    /// How many channels.
    public var channels: UInt32
    /// How many packets could not be decoded.
    public var damagedPackets: UInt32
    /// Whether both channels carry the same sound; `nil` when that was not looked at.
    public var isDualMono: Bool?
    /// FFmpeg's name of the codec.
    public var codec: String

    /// Puts the facts together.
    public init(
        seconds: Double, missingSeconds: Double, rate: UInt32, channels: UInt32,
        damagedPackets: UInt32, isDualMono: Bool?, codec: String
    ) {
        self.seconds = seconds
        self.missingSeconds = missingSeconds
        self.rate = rate
        self.channels = channels
        self.damagedPackets = damagedPackets
        self.isDualMono = isDualMono
        self.codec = codec
    }
}

/// Why a recording cannot be decoded, in words of a list: a child that a hostile file took over
/// can choose among them, and can write nothing of its own into a log or a record.
public struct DecodeFault: Error, Sendable, Equatable {
    /// The list.
    public enum Code: UInt32, Sendable {
        /// The child could not be confined, so it opened nothing.
        case confinement = 1
        /// The limit on memory is reached.
        case memory
        /// The disk gave an error.
        case disk
        /// It is in no format that is read.
        case format
        /// It is in a known format, and damaged from the start.
        case damagedStart
        /// It has no audio stream.
        case noAudio
        /// There is no decoder for the codec.
        case noDecoder
        /// The decoder refuses what the header says.
        case refused
        /// So many Hz are outside the limits.
        case rate
        /// So many channels are outside the limits.
        case channels
        /// It is longer than the limit.
        case tooLong
        /// Most packets are damaged.
        case mostlyDamaged
        /// Nothing of it is sound.
        case noSound
        /// The number of channels changes midway.
        case channelsChange
        /// The form of the samples is not one that can be converted.
        case sampleForm
    }

    /// Which of them.
    public var code: Code
    /// The number that the code speaks of.
    public var number: UInt32
    /// The codec's name, where the code speaks of one.
    public var codec: String

    /// Makes a fault.
    public init(_ code: Code, number: UInt32 = 0, codec: String = "") {
        self.code = code
        self.number = number
        self.codec = codec
    }
}

// MARK: bytes

extension DecodeFrame {
    /// A whole frame of a few words and a name.
    public func bytes(_ words: [UInt32], name: String = "") -> [UInt8] {
        let name = name.utf8.prefix(DecodeFrame.longestOther - words.count * 4)
        let payload = words.flatMap { DecodeFrame.bytes(of: $0) } + name
        return header(length: payload.count) + payload
    }

    /// The kind and the length of what follows.
    public func header(length: Int) -> [UInt8] {
        DecodeFrame.bytes(of: rawValue) + DecodeFrame.bytes(of: UInt32(length))
    }

    private static func bytes(of word: UInt32) -> [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: word >> ($0 * 8)) }
    }

    /// The word at an offset of a payload.
    public static func word(_ bytes: ArraySlice<UInt8>, _ index: Int) -> UInt32? {
        let start = bytes.startIndex + index * 4
        guard start + 4 <= bytes.endIndex else { return nil }
        return (0..<4).reduce(0) { $0 | UInt32(bytes[start + $1]) << ($1 * 8) }
    }

    /// What follows so many words, if it can be the name of a codec.
    static func codec(_ bytes: ArraySlice<UInt8>, after count: Int) -> String? {
        let name = bytes.dropFirst(count * 4)
        let isName = name.allSatisfy {
            (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x5F
        }
        return isName && name.count <= 32 ? String(decoding: name, as: UTF8.self) : nil
    }
}

extension DecodeFacts {
    /// As a frame.
    public var bytes: [UInt8] {
        let numbers = [seconds.bitPattern, missingSeconds.bitPattern].flatMap {
            [UInt32(truncatingIfNeeded: $0), UInt32($0 >> 32)]
        }
        return DecodeFrame.facts.bytes(
            numbers + [rate, channels, damagedPackets, isDualMono.map { $0 ? 1 : 0 } ?? 2],
            name: codec)
    }

    /// Reads a payload; `nil` when it is none.
    public init?(_ payload: ArraySlice<UInt8>) {
        let words = (0..<8).compactMap { DecodeFrame.word(payload, $0) }
        guard words.count == 8, words[7] <= 2,
            let codec = DecodeFrame.codec(payload, after: 8)
        else { return nil }
        func number(_ index: Int) -> Double {
            Double(bitPattern: UInt64(words[index]) | UInt64(words[index + 1]) << 32)
        }
        self.init(
            seconds: number(0), missingSeconds: number(2), rate: words[4], channels: words[5],
            damagedPackets: words[6], isDualMono: words[7] == 2 ? nil : words[7] == 1,
            codec: codec)
    }
}

extension DecodeFault {
    /// As a frame.
    public var bytes: [UInt8] {
        DecodeFrame.fault.bytes([code.rawValue, number], name: codec)
    }

    /// Reads a payload; `nil` when it is none.
    public init?(_ payload: ArraySlice<UInt8>) {
        guard let word = DecodeFrame.word(payload, 0), let code = Code(rawValue: word),
            let number = DecodeFrame.word(payload, 1),
            let codec = DecodeFrame.codec(payload, after: 2)
        else { return nil }
        self.init(code, number: number, codec: codec)
    }
}
