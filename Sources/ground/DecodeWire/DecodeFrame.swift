// DecodeFrame: the answers of the child, frame by frame.
//
// A frame is its kind and the number of bytes that follow, four bytes each, in the machine's order.
// `started` comes first; samples come after their form; facts or a fault end it all.

/// The kinds of frames.
public enum DecodeFrame: UInt32, Sendable {
    /// The child is confined, and now opens the recording: a word, 1 when system calls are filtered.
    case started = 0x6361_7301
    /// The rate and the number of channels of all samples that follow: two words.
    case form
    /// A block of samples: those of channel 0, then as many of channel 1, and so on.
    case samples
    /// The facts that decoding showed: `DecodeFacts`.
    case facts
    /// Why the recording cannot be decoded: `DecodeFault`.
    case fault

    /// Kind and length.
    public static let headerSize = 8
    /// The longest frame of samples, in bytes.
    public static let longestSamples = 32 << 10
    /// The longest of the others.
    public static let longestOther = 96
}

/// The facts that decoding showed, as the child says.
public struct DecodeFacts: Sendable, Equatable {
    /// How two channels are related.
    public enum Likeness: UInt32, Sendable {
        /// They carry different sound.
        case different
        /// They carry the same sound, perhaps at different levels.
        case alike
        /// They carry the same sound, the one with its polarity reversed.
        case reversed
    }

    /// The decoded samples over the rate; 0 when the file is whole and holds no sound.
    public var seconds = 0.0
    /// Seconds that its container states beyond the decoded end; 0 where it states nothing.
    public var missingSeconds = 0.0
    /// Bytes behind the end that the header states, which nothing tells to be sound.
    public var unreadBytes: UInt64 = 0
    /// Samples per second.
    public var rate: UInt32 = 0
    /// How many channels; of several tracks each is a channel.
    public var channels: UInt32 = 0
    /// How many packets could not be decoded.
    public var damagedPackets: UInt32 = 0
    /// How two channels are related; `nil` when that was not looked at.
    public var likeness: Likeness?
    /// How many tracks of sound were decoded.
    public var tracks: UInt32 = 0
    /// How many tracks of sound have no decoder.
    public var tracksLeftOut: UInt32 = 0
    /// How many recordings the file holds, one behind the other.
    public var recordings: UInt32 = 0
    /// True when sound goes on behind the end that the header states.
    public var exceedsHeader = false
    /// FFmpeg's name of the codec.
    public var codec = ""
    /// FFmpeg's name of the file's format; the first name when it has several.
    public var format = ""

    /// Begins with nothing.
    public init() {}
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
        /// The decoder refuses the values of the header.
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

    /// The kind, and the length of the bytes that follow.
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

    /// The name of a codec behind so many words; `nil` when it can be none.
    static func codec(_ bytes: ArraySlice<UInt8>, after count: Int) -> String? {
        name(bytes.dropFirst(count * 4))
    }

    /// A name of FFmpeg's: letters, digits and `_`.
    static func name(_ name: ArraySlice<UInt8>) -> String? {
        let isName = name.allSatisfy {
            (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x5F
        }
        return isName && name.count <= 32 ? String(decoding: name, as: UTF8.self) : nil
    }
}

extension DecodeFacts {
    /// As a frame.
    public var bytes: [UInt8] {
        let numbers = [seconds.bitPattern, missingSeconds.bitPattern, unreadBytes].flatMap {
            [UInt32(truncatingIfNeeded: $0), UInt32($0 >> 32)]
        }
        return DecodeFrame.facts.bytes(
            numbers + [
                rate, channels, damagedPackets, likeness?.rawValue ?? DecodeFacts.notCompared,
                tracks, tracksLeftOut, recordings, exceedsHeader ? 1 : 0,
            ], name: "\(codec)/\(format)")
    }

    private static let notCompared: UInt32 = 3
    private static let wordCount = 14

    /// Reads a payload; `nil` when it is none.
    public init?(_ payload: ArraySlice<UInt8>) {
        let words = (0..<DecodeFacts.wordCount).compactMap { DecodeFrame.word(payload, $0) }
        let names = payload.dropFirst(DecodeFacts.wordCount * 4).split(
            separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        guard words.count == DecodeFacts.wordCount, words[9] <= DecodeFacts.notCompared,
            words[13] <= 1, names.count == 2, let codec = DecodeFrame.name(names[0]),
            let format = DecodeFrame.name(names[1])
        else { return nil }
        func number(_ index: Int) -> UInt64 {
            UInt64(words[index]) | UInt64(words[index + 1]) << 32
        }
        seconds = Double(bitPattern: number(0))
        missingSeconds = Double(bitPattern: number(2))
        unreadBytes = number(4)
        (rate, channels, damagedPackets) = (words[6], words[7], words[8])
        likeness = Likeness(rawValue: words[9])
        (tracks, tracksLeftOut, recordings) = (words[10], words[11], words[12])
        exceedsHeader = words[13] == 1
        (self.codec, self.format) = (codec, format)
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
