// TranscriptRest: the words of an answer's text that none of its segments has.

extension TranscriptJSON.Body {
    private typealias Segment = TranscriptJSON.Segment

    /// The segments, and what the text has besides them.
    ///
    /// A service can lose a segment that it could not align, and keep its words in the text. Words
    /// between two segments become a segment without times; words inside of one come back into its
    /// text. Segments with words that the text has not are another version of it, and stay alone.
    var completeSegments: [TranscriptJSON.Segment] {
        let segments = segments ?? []
        guard let text = text?.text, !segments.isEmpty,
            segments.allSatisfy({ $0.text != nil })
        else {
            return segments
        }
        let words = text.split(whereSeparator: \.isWhitespace).map(String.init)
        let inSegments = segments.flatMap { ($0.text ?? "").split(whereSeparator: \.isWhitespace) }
        if words.elementsEqual(inSegments, by: { $0 == $1 }) { return segments }
        let owners = Self.owners(of: words, among: segments)
        guard owners.contains(where: { $0 == nil }) else { return segments }
        var whole: [Segment] = []
        for run in Self.runs(owners) {
            let said = words[run].joined(separator: " ")
            if let owner = owners[run.lowerBound] {
                var segment = segments[owner]
                if owners[run].contains(nil) { segment.text = said }
                whole.append(segment)
            } else {
                whole.append(Segment(text: said))
            }
        }
        return whole
    }

    /// The segment of each word of the text, `nil` where no segment has it; empty when the segments
    /// have other words than the text, or when a word names a speaker or a time.
    private static func owners(of words: [String], among segments: [Segment]) -> [Int?] {
        let spoken = segments.enumerated().flatMap { index, segment in
            (segment.text ?? "").split(whereSeparator: \.isWhitespace).map { (index, key($0)) }
        }.filter { !$0.1.isEmpty }
        var rest = spoken[...]
        var owners: [Int?] = []
        for word in words {
            let key = key(word[...])
            if let next = rest.first, next.1 == key {
                owners.append(next.0)
                rest.removeFirst()
            } else if key.isEmpty, let last = owners.last {
                owners.append(last)
            } else {
                guard !isMark(word) else { return [] }
                owners.append(nil)
            }
        }
        return rest.isEmpty ? owners : []
    }

    /// The words of each segment from its first to its last one, and the runs of words between them.
    private static func runs(_ owners: [Int?]) -> [Range<Int>] {
        var runs: [Range<Int>] = []
        var start = 0
        while start < owners.count {
            let owner = owners[start]
            let last =
                owner == nil
                ? (owners[start...].firstIndex { $0 != nil } ?? owners.count) - 1
                : owners.lastIndex { $0 == owner } ?? start
            runs.append(start..<(last + 1))
            start = last + 1
        }
        return runs
    }

    /// The letters and digits of a word, by which two spellings are the same.
    private static func key(_ word: Substring) -> String {
        word.lowercased().filter { $0.isLetter || $0.isNumber }
    }

    /// True for `[SPEAKER_00]:`, `00:01.5` and the like, which no one said.
    private static func isMark(_ word: String) -> Bool {
        word.contains { "[]()<>_:".contains($0) }
    }
}

/// The member `error` of an answer, in any of its forms.
struct ErrorMark: Decodable, Sendable {
    /// True when it tells of an error; `null`, `false`, `0`, `""` and an empty list or object do not.
    let isError: Bool

    init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        if value.decodeNil() {
            isError = false
        } else if let flag = try? value.decode(Bool.self) {
            isError = flag
        } else if let number = try? value.decode(Double.self) {
            isError = number != 0
        } else if let text = try? value.decode(String.self) {
            isError = !text.isEmpty
        } else if let list = try? decoder.unkeyedContainer() {
            isError = list.count != 0
        } else {
            isError = try !decoder.container(keyedBy: AnyName.self).allKeys.isEmpty
        }
    }

    private struct AnyName: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }
}
