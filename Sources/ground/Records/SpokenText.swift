// SpokenText: what each side of a call said, as text with the places of the utterances in it.

/// The words of a transcript by side, in the order of its segments.
///
/// A search looks through these texts, so the same text has to come of the same record always. Control
/// characters are spaces in it: they separate words as a space does, and markers of other programs
/// cannot stand in it.
public struct SpokenText: Equatable, Sendable {
    /// A side of the call.
    public enum Side: String, CaseIterable, Sendable {
        case agent, customer
        /// A party of whom it is not known which of the two it is.
        case other

        /// The side of a segment's `speaker`.
        public init(speaker: String?) {
            self = speaker.flatMap(Side.init(rawValue:)) ?? .other
        }
    }

    /// One utterance and its place in the text of its side.
    public struct Utterance: Equatable, Sendable {
        /// The number of the segment in the transcript, from 0; `nil` for a text without segments.
        public let segment: Int?
        /// Seconds from the start of the audio, where they are known.
        public let start: Double?
        /// Seconds from the start of the audio, where they are known.
        public let end: Double?
        /// The party, as the transcript calls it.
        public let speaker: String?
        /// The channel, where it is known.
        public let channel: Int?
        /// The side in whose text it stands.
        public let side: Side
        /// Its bytes in that text.
        public let place: Range<Int>
    }

    /// The text of each side as UTF-8, an utterance a line, in the order of ``Side``.
    public private(set) var texts = Side.allCases.map { _ in [UInt8]() }
    /// The utterances in the order of the segments.
    public private(set) var utterances: [Utterance] = []

    /// True when nothing was said.
    public var isEmpty: Bool { texts.allSatisfy(\.isEmpty) }

    /// A word that stands between the sides where they are one text, so that no phrase goes from one
    /// to the other; it is of those that Unicode leaves to programs.
    public static let boundary: Unicode.Scalar = "\u{E000}"

    /// All that was said, a side after the other.
    ///
    /// - Parameter separator: Stands between two sides on a line of its own; `nil` for nothing.
    /// - Returns: The text as UTF-8, an utterance a line.
    public func joined(by separator: Unicode.Scalar? = nil) -> String {
        let between = separator.map { "\n\($0)\n" } ?? "\n"
        let sides = texts.filter { !$0.isEmpty }
        return String(decoding: Array(sides.joined(separator: between.utf8)), as: UTF8.self)
    }

    /// The text of one side.
    public func text(of side: Side) -> [UInt8] { texts[SpokenText.index(of: side)] }

    /// The text of one utterance.
    public func text(of utterance: Utterance) -> String {
        String(decoding: text(of: utterance.side)[utterance.place], as: UTF8.self)
    }

    /// Takes the words of a record's transcript; those of no transcript are empty.
    ///
    /// - Parameters:
    ///   - record: The record.
    ///   - isTaken: Says of each utterance if it is taken; gets its start and its speaker.
    public init(
        of record: Record, where isTaken: (Double?, String?) -> Bool = { _, _ in true }
    ) {
        self.init(transcript: record.raw("transcript") ?? [], where: isTaken)
    }

    /// Takes the words of a transcript's value; those of a value that is no transcript are empty.
    public init(
        transcript value: ArraySlice<UInt8>,
        where isTaken: (Double?, String?) -> Bool = { _, _ in true }
    ) {
        guard value.first == UInt8(ascii: "{") else { return }
        // The scanner wants room after what it reads.
        let bytes = Array(value) + [UInt8](repeating: 0x20, count: MemberScanner.padding)
        unsafe bytes.withUnsafeBufferPointer { bytes in
            let parts = unsafe Parts(bytes, MemberScanner())
            read(parts, value.count, isTaken)
        }
    }

    private mutating func read(
        _ parts: Parts, _ count: Int, _ isTaken: (Double?, String?) -> Bool
    ) {
        guard let transcript = parts.members(of: 0..<count) else { return }
        let segments = transcript.segments.map { parts.elements(of: $0) } ?? []
        if segments.isEmpty {
            if let text = transcript.text.flatMap(parts.string), isTaken(nil, nil) {
                add(text, nil, nil, nil, nil, nil)
            }
            return
        }
        for (number, place) in segments.enumerated() {
            guard let segment = parts.members(of: place),
                let text = segment.text.flatMap(parts.string)
            else { continue }
            let start = segment.start.flatMap(parts.number)
            let speaker = segment.speaker.flatMap(parts.string).map {
                String(decoding: $0, as: UTF8.self)
            }
            guard isTaken(start, speaker) else { continue }
            add(
                text, number, start, segment.end.flatMap(parts.number), speaker,
                segment.channel.flatMap(parts.number).flatMap { Int(exactly: $0) })
        }
    }

    private mutating func add(
        _ text: [UInt8], _ segment: Int?, _ start: Double?, _ end: Double?, _ speaker: String?,
        _ channel: Int?
    ) {
        guard !text.isEmpty else { return }
        let side = Side(speaker: speaker)
        let index = SpokenText.index(of: side)
        if !texts[index].isEmpty { texts[index].append(UInt8(ascii: "\n")) }
        let first = texts[index].count
        for byte in text { texts[index].append(byte < 0x20 ? UInt8(ascii: " ") : byte) }
        utterances.append(
            Utterance(
                segment: segment, start: start, end: end, speaker: speaker, channel: channel,
                side: side, place: first..<texts[index].count))
    }

    private static func index(of side: Side) -> Int {
        switch side {
        case .agent: 0
        case .customer: 1
        case .other: 2
        }
    }
}

/// Finds the members of a transcript and of its segments where they lie.
///
/// A transcript is read with each mark of its record, so nothing is copied but the words.
@safe
private struct Parts {
    private let bytes: UnsafeBufferPointer<UInt8>
    private let scanner: MemberScanner

    init(_ bytes: UnsafeBufferPointer<UInt8>, _ scanner: MemberScanner) {
        unsafe self.bytes = unsafe bytes
        self.scanner = scanner
    }

    /// The places of the members that say what was said.
    struct Members {
        var text, segments, speaker, channel, start, end: Range<Int>?
    }

    /// The members of the object at a place; `nil` for what is no object.
    func members(of place: Range<Int>) -> Members? {
        do throws(ScanError) {
            let spans = try unsafe scanner.scan(.init(rebasing: bytes[place]))
            func find(_ name: StaticString) -> Range<Int>? {
                guard let index = spans.index(of: name) else { return nil }
                let span = spans[index].value
                return (place.lowerBound + span.lowerBound)..<(place.lowerBound + span.upperBound)
            }
            return Members(
                text: find("text"), segments: find("segments"), speaker: find("speaker"),
                channel: find("channel"), start: find("start"), end: find("end"))
        } catch {
            return nil
        }
    }

    /// The places of the elements of the array at a place, which is part of a checked text.
    func elements(of place: Range<Int>) -> [Range<Int>] {
        guard unsafe bytes[place.lowerBound] == UInt8(ascii: "[") else { return [] }
        var places: [Range<Int>] = []
        var (depth, start, at) = (0, place.lowerBound + 1, place.lowerBound)
        while at < place.upperBound {
            switch unsafe bytes[at] {
            case UInt8(ascii: "\""): at = endOfString(at)
            case UInt8(ascii: "["), UInt8(ascii: "{"): depth += 1
            case UInt8(ascii: "]"), UInt8(ascii: "}"):
                depth -= 1
                if depth == 0, at > start { places.append(start..<at) }
            case UInt8(ascii: ",") where depth == 1:
                places.append(start..<at)
                start = at + 1
            default: break
            }
            at += 1
        }
        return places
    }

    /// The place of the closing mark of the string that begins at a place.
    private func endOfString(_ start: Int) -> Int {
        var at = start + 1
        while unsafe at < bytes.count && bytes[at] != UInt8(ascii: "\"") {
            at += unsafe bytes[at] == UInt8(ascii: "\\") ? 2 : 1
        }
        return at
    }

    /// The string at a place as UTF-8; `nil` for another value.
    func string(_ place: Range<Int>) -> [UInt8]? {
        guard unsafe bytes[place.lowerBound] == UInt8(ascii: "\"") else { return nil }
        let inside = unsafe Array(bytes[(place.lowerBound + 1)..<(place.upperBound - 1)])
        return inside.contains(UInt8(ascii: "\\")) ? JSONText.unescaped(inside) : inside
    }

    /// The number at a place; `nil` for another value, and for one that a `Double` cannot hold.
    func number(_ place: Range<Int>) -> Double? {
        let text = unsafe String(decoding: bytes[place], as: UTF8.self)
        return Double(text).flatMap { $0.isFinite ? $0 : nil }
    }
}
