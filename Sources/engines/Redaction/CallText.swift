// CallText: the transcript of a record as utterances that can be redacted.
internal import Records

/// The utterances of a transcript, with their words where these are known.
struct CallText {
    private var pieces: [SpokenPiece]
    private var words: [WordPlaces]
    /// The number of the segment that each utterance is; `nil` for a line of a text without segments.
    private let segments: [Int?]
    /// The lines of a text that is not that of the segments.
    private var stray: [SpokenPiece] = []

    /// Takes the transcript of a record; `nil` when it has none, or nothing was said.
    init?(_ record: Record) {
        let spoken = SpokenText(of: record)
        guard !spoken.isEmpty else { return nil }
        var parties: [Party] = []
        var pieces: [SpokenPiece] = []
        var segments: [Int?] = []
        for utterance in spoken.utterances {
            let party = CallText.party(utterance.channel, utterance.speaker, &parties)
            let text = spoken.text(of: utterance.side)[utterance.place]
            if utterance.segment == nil {
                // A text without segments has an utterance a line.
                let lines = text.split(separator: 0x0A, omittingEmptySubsequences: false)
                pieces += lines.map { SpokenPiece(Array($0)) }
                segments += lines.map { _ in nil }
            } else {
                pieces.append(
                    SpokenPiece(
                        Array(text), party: party, start: utterance.start, end: utterance.end))
                segments.append(utterance.segment)
            }
        }
        self.pieces = pieces
        self.segments = segments
        words = []
        guard segments.first != .some(nil), let text = record.raw(at: ["transcript", "text"]) else {
            return
        }
        // The same reader makes spaces of the ends of lines.
        let alone = SpokenText(transcript: (Array(#"{"text":"#.utf8) + text + "}".utf8)[...])
        let written = alone.text(of: .other)
        if written.elementsEqual(pieces.map(\.text).joined(separator: " ".utf8)) { return }
        stray = [SpokenPiece(written)]
    }

    /// Takes the segments of a transcript and the words of each.
    init(_ all: [Transcript.Segment], _ words: [[Transcript.Word]]) {
        var parties: [Party] = []
        pieces = all.map { segment in
            SpokenPiece(
                Array(segment.text.utf8),
                party: CallText.party(segment.channel, segment.speaker, &parties),
                start: segment.start, end: segment.end)
        }
        self.words = zip(all, words).map { segment, words in
            WordPlaces(words, start: segment.start, end: segment.end)
        }
        segments = Array(all.indices)
    }

    private typealias Party = (channel: Int?, speaker: String?)

    private static func party(
        _ channel: Int?, _ speaker: String?, _ parties: inout [Party]
    ) -> Int {
        if let party = parties.firstIndex(where: { $0 == (channel, speaker) }) { return party }
        parties.append((channel, speaker))
        return parties.count - 1
    }

    /// True when there is nothing to take out.
    func isClean(_ redactor: Redactor, own: Set<[UInt8]>) throws(Failure) -> Bool {
        var detector = Detector(kinds: redactor.kinds)
        guard try detector.findings(in: pieces, own: own).isEmpty else { return false }
        return try detector.findings(in: stray, own: own).isEmpty
    }

    /// Takes everything out, and tells when it was said.
    mutating func redact(
        by redactor: Redactor, own: Set<[UInt8]>
    ) throws(Failure) -> [RedactionNote.Span] {
        var spans: [RedactionNote.Span] = []
        var words = words
        let (before, hasSegments) = (pieces, segments.first != .some(nil))
        var texts = before.map(\.text)
        try redactor.redact(&pieces, own: own) { piece, blanks in
            if !words.isEmpty { words[piece].apply(blanks, to: texts[piece]) }
            texts[piece] = Blank.apply(blanks, to: texts[piece])
        } found: { findings in
            for finding in findings {
                spans.append(
                    contentsOf: CallText.spans(
                        of: finding, hasSegments ? before : [], texts, words, spans.count))
            }
        }
        self.words = words
        return spans
    }

    /// The stretches of the audio in which something was said, one for each utterance.
    private static func spans(
        of finding: Finding, _ pieces: [SpokenPiece], _ texts: [[UInt8]], _ words: [WordPlaces],
        _ count: Int
    ) -> [RedactionNote.Span] {
        var ranges: [ClosedRange<Double>] = []
        for place in finding.places {
            guard pieces.indices.contains(place.piece), let start = pieces[place.piece].start,
                let end = pieces[place.piece].end
            else { continue }
            ranges.append(
                words.isEmpty
                    ? min(start, end)...max(start, end)
                    : words[place.piece].time(of: place.range, in: texts[place.piece]))
        }
        guard !ranges.isEmpty else {
            return [.init(kind: finding.kind.rawValue, member: "transcript", number: count + 1)]
        }
        return ranges.enumerated().map { index, range in
            .init(
                // The first stretch counts; the others continue it.
                kind: finding.kind.rawValue, member: "transcript", start: range.lowerBound,
                end: range.upperBound, number: index == 0 ? nil : index + 1)
        }
    }

    /// The segments with the changed texts, and the words of each.
    func changed(
        _ all: [Transcript.Segment]
    ) -> (segments: [Transcript.Segment], words: [[Transcript.Word]]) {
        var segments = all
        for (index, piece) in pieces.enumerated() {
            segments[index].text = String(decoding: piece.text, as: UTF8.self)
        }
        return (segments, words.map(\.words))
    }

    /// The transcript of a record without files, with the changed texts.
    func transcript(of record: Record) -> JSON {
        let members = record.members(of: "transcript") ?? []
        let texts = zip(segments, pieces).map { ($0, String(decoding: $1.text, as: UTF8.self)) }
        let bySegment = Dictionary(
            texts.compactMap { number, text in number.map { ($0, text) } },
            uniquingKeysWith: { first, _ in first })
        return .object(
            members.compactMap { name, value in
                switch name {
                // The hashes are those of files with other words.
                case "files": return nil
                case "text": return .init(name, .string(texts.map(\.1).joined(separator: "\n")))
                case "segments":
                    let elements = JSON.elements(of: value) ?? []
                    return .init(
                        name,
                        .array(
                            elements.enumerated().map { index, segment in
                                bySegment[index].map { CallText.set($0, in: segment) } ?? segment
                            }))
                default: return .init(name, .raw(value))
                }
            })
    }

    private static func set(_ text: String, in segment: JSON) -> JSON {
        guard let members = JSON.members(of: segment.bytes) else { return segment }
        return .object(members.map { $0.name == "text" ? .init("text", .string(text)) : $0 })
    }
}
