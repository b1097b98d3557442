// TranscriptSegments: the segments and the words of an answer put together as utterances.
internal import Glibc
internal import Records
internal import Speech

extension TranscriptJSON {
    /// The segments and words of one answer, with the unit of their times.
    struct Segments {
        private let segments: [Segment]
        private let words: [Token]
        /// Seconds in one unit of time.
        private let unit: Double

        /// A pause between words that parts utterances where there are no segments, in seconds.
        private static let pause = 0.8

        init(_ body: Body) {
            segments = body.completeSegments
            words = body.words ?? []
            // LocalAI once gave nanoseconds: all its times are 0 or from a millisecond on. No file is as
            // long as 10⁶ s, and a number from 10¹⁵ on is no time at all.
            let inSegments = segments.flatMap {
                [$0.start, $0.end] + ($0.words ?? []).flatMap { [$0.start, $0.end] }
            }
            let times = (inSegments + words.flatMap { [$0.start, $0.end] })
                .compactMap { $0?.value }.filter { $0 > 0 && $0 < 1e15 }
            let isInNanoseconds = !times.isEmpty && times.allSatisfy { $0 >= 1e6 }
            unit = isInNanoseconds ? 1e-9 : 1
        }

        /// The utterances, in the times of the answer.
        var utterances: [Utterance] {
            let loose = joined(words)
            guard !segments.isEmpty else { return grouped(loose) }
            let isInside = segments.contains { !($0.words ?? []).isEmpty }
            let shares =
                isInside ? segments.map { joined($0.words ?? []) } : shared(loose)
            return zip(segments, shares).compactMap(utterance)
        }

        /// A time in seconds; `nil` for one that cannot be the time of a sound.
        private func time(_ number: LenientNumber?) -> Double? {
            // No file lasts longer than ten days.
            let plausible = -1.0...1e6
            guard let time = (number?.value).map({ $0 * unit }), plausible.contains(time) else {
                return nil
            }
            return max(0, time)
        }

        private func utterance(_ segment: Segment, _ words: [Word]) -> Utterance? {
            let text = (segment.text ?? words.map(\.text).joined(separator: " ")).trimmed
            guard !text.isEmpty else { return nil }
            let times = words.flatMap { [$0.start, $0.end] }.compactMap { $0 }
            let start = time(segment.start) ?? times.first
            let begin = start ?? 0
            let stop = (time(segment.end) ?? times.last).flatMap { $0 < begin ? nil : $0 }
            let end = stop ?? begin
            let evidence = Utterance.Evidence(
                noSpeech: segment.no_speech_prob?.value,
                logProbability: segment.avg_logprob?.value,
                compression: segment.compression_ratio?.value)
            var utterance = Utterance(
                start: begin, end: end, channel: 0, text: text,
                confidence: confidence(segment, words),
                words: placed(spelled(words, as: text), from: begin, to: end),
                speaker: segment.speaker?.text.flatMap { $0.isEmpty ? nil : $0 },
                evidence: evidence)
            utterance.isStartKnown = start != nil
            utterance.isEndKnown = stop != nil
            return utterance
        }

        /// WhisperX's scores tell how well words fit their place, so its segment's own measure comes
        /// before them.
        private func confidence(_ segment: Segment, _ words: [Word]) -> Double? {
            let hasScores = (segment.words ?? []).contains { $0.score?.value != nil }
            let ofSegment = segment.avg_logprob?.value.map { min(1, exp($0)) }
            return hasScores
                ? ofSegment ?? words.confidence : words.confidence ?? ofSegment
        }

        /// Tokens joined up to the next one that begins with a space; words stay as they are.
        private func joined(_ tokens: [Token]) -> [Word] {
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
            return groups.compactMap(word(of:))
        }

        private func word(of group: [Token]) -> Word? {
            let text = group.map(\.spelling).joined().trimmed
            guard !text.isEmpty else { return nil }
            let start = group.compactMap(\.start?.value).first.map { max(0, $0 * unit) }
            let end = group.compactMap(\.end?.value).last.map { max(0, $0 * unit) }
            // One time alone does not place a word.
            let isPlaced = start != nil && end != nil
            return Word(
                text, start: isPlaced ? start : nil, end: isPlaced ? end : nil,
                confidence: group.compactMap { ($0.probability ?? $0.score)?.value }.mean)
        }

        /// The text is whole and has punctuation; the words may lack both.
        ///
        /// With equal counts each word takes its spelling from the text. With fewer words, those that
        /// the service left out come back from the text, without times.
        private func spelled(_ words: [Word], as text: String) -> [Word] {
            let spellings = text.split(separator: " ").map(String.init)
            if spellings.count == words.count {
                return zip(words, spellings).map { word, spelling in
                    Word(
                        spelling, start: word.start, end: word.end, confidence: word.confidence)
                }
            }
            var rest = words[...]
            let all = spellings.map { spelling in
                rest.first?.text == spelling ? rest.removeFirst() : Word(spelling)
            }
            return rest.isEmpty && !words.isEmpty ? all : words
        }

        /// With a voice detector whisper.cpp times its tokens without the pauses, and its segments
        /// with them: words outside of their segment lose their times.
        private func placed(_ words: [Word], from start: Double, to end: Double) -> [Word] {
            let slack = 1.0
            let isPlaced = words.allSatisfy { word in
                (word.start ?? start) >= start - slack && (word.end ?? end) <= end + slack
            }
            return isPlaced ? words : words.map { Word($0.text, confidence: $0.confidence) }
        }

        /// OpenAI's words stand beside the segments: each goes to the segment that has its letters,
        /// else to the segment of its time.
        private func shared(_ words: [Word]) -> [[Word]] {
            func letters(_ text: String) -> Int { text.count { $0.isLetter || $0.isNumber } }
            // Where they are the very words of the segments, each segment has its own.
            let spelled = segments.map { ($0.text ?? "").split(whereSeparator: \.isWhitespace) }
            if words.elementsEqual(spelled.joined(), by: { $0.text == $1 }) {
                var rest = words[...]
                return spelled.map { own in
                    defer { rest = rest.dropFirst(own.count) }
                    return Array(rest.prefix(own.count))
                }
            }
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
                    while let next = segments.indices.dropFirst(index + 1).first(where: {
                        segments[$0].start?.value != nil
                    }), let start = segments[next].start?.value, start * unit <= time + 0.01 {
                        index = next
                    }
                }
                shares[index].append(word)
            }
            return shares
        }

        /// Words without segments, parted at pauses; a word without times goes with those before it.
        private func grouped(_ words: [Word]) -> [Utterance] {
            var groups: [[Word]] = []
            var last: Double?
            for word in words {
                let pause = if let last, let start = word.start { start - last } else { 0.0 }
                if !groups.isEmpty, pause < Segments.pause {
                    groups[groups.count - 1].append(word)
                } else {
                    groups.append([word])
                }
                last = word.end ?? last
            }
            return groups.map { group in
                let start = group.lazy.compactMap(\.start).first
                let end = group.lazy.compactMap(\.end).last
                var utterance = Utterance(
                    start: start ?? 0, end: max(start ?? 0, end ?? start ?? 0), channel: 0,
                    text: group.map(\.text).joined(separator: " "), confidence: group.confidence,
                    words: group)
                utterance.isStartKnown = start != nil
                utterance.isEndKnown = end != nil
                return utterance
            }
        }
    }
}
