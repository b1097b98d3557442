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
        guard let transcript = try? JSONObject(value) else { return }
        if let segments = transcript.raw("segments"), let all = JSON.elements(of: segments),
            !all.isEmpty
        {
            for (number, segment) in all.enumerated() {
                guard let segment = try? JSONObject(segment.bytes),
                    let text = segment.unescaped("text")
                else { continue }
                let start = segment.number("start")
                let speaker = segment.unescaped("speaker").map { String(decoding: $0, as: UTF8.self) }
                guard isTaken(start, speaker) else { continue }
                add(text, number, start, segment.number("end"), speaker)
            }
        } else if let text = transcript.unescaped("text"), isTaken(nil, nil) {
            add(text, nil, nil, nil, nil)
        }
    }

    private mutating func add(
        _ text: [UInt8], _ segment: Int?, _ start: Double?, _ end: Double?, _ speaker: String?
    ) {
        guard !text.isEmpty else { return }
        let side = Side(speaker: speaker)
        let index = SpokenText.index(of: side)
        if !texts[index].isEmpty { texts[index].append(UInt8(ascii: "\n")) }
        let first = texts[index].count
        for byte in text { texts[index].append(byte < 0x20 ? UInt8(ascii: " ") : byte) }
        utterances.append(
            Utterance(
                segment: segment, start: start, end: end, speaker: speaker, side: side,
                place: first..<texts[index].count))
    }

    private static func index(of side: Side) -> Int {
        switch side {
        case .agent: 0
        case .customer: 1
        case .other: 2
        }
    }
}

extension JSONObject {
    /// The text of the last member of that name, as it stands.
    fileprivate func raw(_ name: String) -> ArraySlice<UInt8>? {
        JSONObject.index(of: name, in: members, bytes).map { bytes[members[$0].value] }
    }

    /// A member that is a string, as UTF-8.
    fileprivate func unescaped(_ name: String) -> [UInt8]? {
        guard let value = raw(name), value.first == UInt8(ascii: "\"") else { return nil }
        let inside = Array(value.dropFirst().dropLast())
        return inside.contains(UInt8(ascii: "\\")) ? JSONText.unescaped(inside) : inside
    }

    /// A member that is a finite number.
    fileprivate func number(_ name: String) -> Double? {
        raw(name).flatMap { Double(String(decoding: $0, as: UTF8.self)) }.flatMap {
            $0.isFinite ? $0 : nil
        }
    }
}
