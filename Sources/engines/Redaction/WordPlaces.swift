// WordPlaces: the words of an utterance, and where each of them stands in its text and in time.
internal import Records

/// The words of one utterance, changed together with its text.
struct WordPlaces {
    private(set) var words: [Transcript.Word]
    private let start: Double
    private let end: Double

    init(_ words: [Transcript.Word], start: Double, end: Double) {
        self.words = words
        self.start = start
        self.end = end
    }

    /// The bytes of each word in the text; `nil` when the text has other words.
    private func places(in text: [UInt8]) -> [Range<Int>]? {
        var (places, at) = ([Range<Int>](), 0)
        for word in words {
            let bytes = Array(word.text.utf8).trimmed
            while at < text.count, text[at] == 0x20 { at += 1 }
            guard !bytes.isEmpty else {
                places.append(at..<at)
                continue
            }
            guard at + bytes.count <= text.count, text[at...].starts(with: bytes) else {
                return nil
            }
            places.append(at..<(at + bytes.count))
            at += bytes.count
        }
        return places
    }

    /// The time of a place in the text: that of its words, or the whole utterance.
    func time(of range: Range<Int>, in text: [UInt8]) -> ClosedRange<Double> {
        let whole = min(start, end)...max(start, end)
        guard let places = places(in: text),
            let first = places.firstIndex(where: { $0.overlaps(range) }),
            let last = places.lastIndex(where: { $0.overlaps(range) })
        else { return whole }
        // A word without a time lies between its neighbours.
        let begin =
            words[first].start ?? words[..<first].last { $0.end != nil }?.end
            ?? words[..<first].last { $0.start != nil }?.start
        let finish =
            words[last].end ?? words[(last + 1)...].first { $0.start != nil }?.start
        guard words.contains(where: { $0.start != nil || $0.end != nil }) else { return whole }
        let (from, to) = (begin ?? whole.lowerBound, finish ?? whole.upperBound)
        return from <= to ? from...to : whole
    }

    /// Puts the tags in the place of the words; words that are not those of the text all go.
    mutating func apply(_ blanks: [Blank], to text: [UInt8]) {
        guard !words.isEmpty else { return }
        guard let places = places(in: text) else {
            words = []
            return
        }
        var (result, next) = ([Transcript.Word](), 0)
        for blank in blanks {
            let first = places.firstIndex { $0.overlaps(blank.range) }
            let last = places.lastIndex { $0.overlaps(blank.range) }
            guard let first, let last, first >= next else { continue }
            result += words[next..<first]
            // Marks around the number stay with the word.
            let before = text[
                places[first].lowerBound..<max(places[first].lowerBound, blank.range.lowerBound)]
            let behind = text[
                min(places[last].upperBound, blank.range.upperBound)..<places[last].upperBound]
            let tag = String(decoding: before + blank.tag.utf8 + behind, as: UTF8.self)
            result.append(
                Transcript.Word(tag, start: words[first].start, end: words[last].end))
            next = last + 1
        }
        words = result + words[next...]
    }
}

extension [UInt8] {
    /// Without the spaces around it.
    fileprivate var trimmed: [UInt8] {
        guard let first = firstIndex(where: { $0 != 0x20 }),
            let last = lastIndex(where: { $0 != 0x20 })
        else { return [] }
        return Array(self[first...last])
    }
}
