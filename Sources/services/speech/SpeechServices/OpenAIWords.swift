// OpenAIWords: segments and words of a reply put together, whatever unit and place they have.
internal import Glibc
internal import Speech

/// Makes utterances of segments and words.
enum OpenAIWords {
    /// A word, or one of whisper.cpp's tokens.
    struct Token: Decodable, Sendable {
        /// LocalAI calls it `text`.
        let word: String?
        let text: String?
        let start: Figure?
        let end: Figure?
        /// whisper.cpp's, and speaches'.
        let probability: Figure?

        var spelling: String { word ?? text ?? "" }
        /// `[_BEG_]`, `[_TT_50]`, `<|endoftext|>`: marks, not text.
        var isMark: Bool { spelling.hasPrefix("[_") || spelling.hasPrefix("<|") }
    }

    /// A segment of `verbose_json` or `diarized_json`.
    struct Segment: Decodable, Sendable {
        let start: Figure?
        let end: Figure?
        let text: String?
        let words: [Token]?
        let speaker: Label?
        let avg_logprob: Figure?
        let no_speech_prob: Figure?
        let compression_ratio: Figure?
    }

    /// A name, or a number that is one.
    struct Label: Decodable, Sendable {
        let text: String?

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            let number = try? container.decode(Int.self)
            text = (try? container.decode(String.self)) ?? number.map { String($0) }
        }
    }

    /// Pauses between words that part utterances where there are no segments.
    private static let pause = 0.8

    /// The utterances of a reply, in its own times.
    static func utterances(_ segments: [Segment], words: [Token]) -> [Utterance] {
        // LocalAI once gave nanoseconds; no file is as long as 10⁶ s, and 10¹⁵ are no time at all.
        let times =
            segments.flatMap {
                [$0.start, $0.end] + ($0.words ?? []).flatMap { [$0.start, $0.end] }
            }
            + words.flatMap { [$0.start, $0.end] }
        let isFine = times.contains { (1e6...1e15).contains($0?.value ?? 0) }
        let unit = isFine ? 1e-9 : 1
        let loose = joined(words, unit)
        guard !segments.isEmpty else { return grouped(loose) }
        let isInside = segments.contains { !($0.words ?? []).isEmpty }
        let shares =
            isInside
            ? segments.map { joined($0.words ?? [], unit) }
            : shared(loose, among: segments, unit)
        var last = 0.0
        return zip(segments, shares).compactMap { segment, words in
            let heard = utterance(segment, words, unit, after: last)
            last = heard?.end ?? last
            return heard
        }
    }

    private static func utterance(
        _ segment: Segment, _ words: [Word], _ unit: Double, after last: Double
    ) -> Utterance? {
        let text = (segment.text ?? words.map(\.text).joined(separator: " ")).trimmed
        guard !text.isEmpty else { return nil }
        // What has no time was said after what stands before it.
        let begin = max(0, (segment.start?.value).map { $0 * unit } ?? words.first?.start ?? last)
        let end = max(begin, (segment.end?.value).map { $0 * unit } ?? words.last?.end ?? begin)
        let certain = words.compactMap(\.confidence).mean
        return Utterance(
            start: begin, end: end, channel: 0, text: text,
            confidence: certain ?? segment.avg_logprob?.value.map { min(1, exp($0)) },
            words: placed(spelled(words, as: text), from: begin, to: end),
            speaker: segment.speaker?.text.flatMap { $0.isEmpty ? nil : $0 },
            evidence: Utterance.Evidence(
                noSpeech: segment.no_speech_prob?.value,
                logProbability: segment.avg_logprob?.value,
                compression: segment.compression_ratio?.value))
    }

    /// Tokens joined up to the next that begins with a space; words stay as they are.
    private static func joined(_ tokens: [Token], _ unit: Double) -> [Word] {
        let tokens = tokens.filter { !$0.isMark && !$0.spelling.isEmpty }
        let isOfTokens = tokens.contains { $0.spelling.hasPrefix(" ") }
        var groups: [[Token]] = []
        for token in tokens {
            if !isOfTokens || groups.isEmpty || token.spelling.hasPrefix(" ") {
                groups.append([token])
            } else {
                groups[groups.count - 1].append(token)
            }
        }
        return groups.compactMap { group in
            let text = group.map(\.spelling).joined().trimmed
            guard !text.isEmpty else { return nil }
            return Word(
                text, start: group.compactMap(\.start?.value).first.map { max(0, $0 * unit) },
                end: group.compactMap(\.end?.value).last.map { max(0, $0 * unit) },
                confidence: group.compactMap(\.probability?.value).mean)
        }
    }

    /// The text is whole and has its stops, which words may lack: its spelling is taken where both
    /// have as many words.
    private static func spelled(_ words: [Word], as text: String) -> [Word] {
        let spellings = text.split(separator: " ")
        guard spellings.count == words.count else { return words }
        return zip(words, spellings).map { word, spelling in
            var word = word
            word.text = String(spelling)
            return word
        }
    }

    /// With a voice detector whisper.cpp's tokens are timed without the pauses and its segments
    /// with them: words outside of their segment are without times.
    private static func placed(_ words: [Word], from start: Double, to end: Double) -> [Word] {
        let slack = 1.0
        let isPlaced = words.allSatisfy { word in
            (word.start ?? start) >= start - slack && (word.end ?? end) <= end + slack
        }
        guard !isPlaced else { return words }
        return words.map { Word($0.text, confidence: $0.confidence) }
    }

    /// OpenAI's words stand beside the segments: each goes where its letters are, or its time.
    private static func shared(
        _ words: [Word], among segments: [Segment], _ unit: Double
    ) -> [[Word]] {
        func letters(_ text: String) -> Int { text.filter { $0.isLetter || $0.isNumber }.count }
        var shares = [[Word]](repeating: [], count: segments.count)
        let lengths = segments.map { letters($0.text ?? "") }
        let isSameText = lengths.reduce(0, +) == words.reduce(0) { $0 + letters($1.text) }
        var index = 0
        var room = lengths.first ?? 0
        for word in words {
            if isSameText {
                while room <= 0, index + 1 < segments.count {
                    index += 1
                    room += lengths[index]
                }
                room -= letters(word.text)
            } else if let time = word.start {
                while index + 1 < segments.count, let next = segments[index + 1].start?.value,
                    next * unit <= time + 0.01
                {
                    index += 1
                }
            }
            shares[index].append(word)
        }
        return shares
    }

    /// Words alone, parted where somebody takes breath.
    private static func grouped(_ words: [Word]) -> [Utterance] {
        var groups: [[Word]] = []
        for word in words where word.start != nil {
            if let last = groups.last?.last, let end = last.end ?? last.start,
                let start = word.start, start - end < pause
            {
                groups[groups.count - 1].append(word)
            } else {
                groups.append([word])
            }
        }
        return groups.compactMap { group in
            guard let start = group.first?.start else { return nil }
            return Utterance(
                start: start, end: max(start, group.last?.end ?? start), channel: 0,
                text: group.map(\.text).joined(separator: " "),
                confidence: group.compactMap(\.confidence).mean, words: group)
        }
    }
}
