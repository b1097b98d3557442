// PhraseIndex: all phrases of all rules, found in one pass over the words of a call.
internal import Records

/// The phrases by their first words.
struct PhraseIndex: Sendable {
    /// A place where a phrase was found.
    struct Hit {
        let finding: Finding
        /// True when a negation stands shortly before it.
        let isNegated: Bool
    }

    /// A sequence of words, and the part of the phrase that it is.
    private struct Sequence: Sendable {
        let words: [Int32]
        let part: Int
    }

    /// A part of a phrase: the first, or the one behind `NEAR`.
    private struct Part: Sendable {
        let rule: Int
        let phrase: Int
        let isSecond: Bool
        /// The most words to the other part; `nil` for a phrase of one part.
        let distance: Int?
    }

    private var parts: [Part] = []
    /// By the number of the first word.
    private var sequences: [[Sequence]] = []

    /// Takes the phrases of the rules.
    init(_ rules: [Rule]) {
        for (number, rule) in rules.enumerated() {
            guard case .phrases(let phrases) = rule.subject else { continue }
            for (index, phrase) in phrases.enumerated() {
                let distance = phrase.second.isEmpty ? nil : phrase.distance
                add(
                    phrase.first,
                    Part(rule: number, phrase: index, isSecond: false, distance: distance))
                if distance != nil {
                    add(
                        phrase.second,
                        Part(rule: number, phrase: index, isSecond: true, distance: distance))
                }
            }
        }
    }

    private mutating func add(_ variants: [[Int32]], _ part: Part) {
        parts.append(part)
        for words in variants {
            let first = Int(words[0])
            while sequences.count <= first { sequences.append([]) }
            sequences[first].append(Sequence(words: words, part: parts.count - 1))
        }
    }

    /// The places by rule, in the order of the call.
    ///
    /// - Parameters:
    ///   - speech: The words of the call.
    ///   - longestQuote: The characters of a quote.
    ///   - isNegated: Says of a place in a row if a negation stands before it.
    /// - Returns: The hits by the number of the rule.
    func findings(
        in speech: Speech, longestQuote: Int, isNegated: ([Speech.Word], Int) -> Bool
    ) -> [Int: [Hit]] {
        var hits: [Int: [Hit]] = [:]
        for (speaker, row) in speech.rows {
            var halves: [Int: [Range<Int>]] = [:]
            for at in row.indices {
                let first = Int(row[at].number)
                guard first >= 0, first < sequences.count else { continue }
                for sequence in sequences[first]
                where at + sequence.words.count <= row.count
                    && sequence.words.indices.allSatisfy({
                        row[at + $0].number == sequence.words[$0]
                    })
                {
                    let place = at..<(at + sequence.words.count)
                    let part = parts[sequence.part]
                    if part.distance == nil {
                        hits[part.rule, default: []].append(
                            hit(place, row, speaker, speech, longestQuote, isNegated))
                    } else {
                        halves[sequence.part, default: []].append(place)
                    }
                }
            }
            for (rule, place) in pairs(halves, row) {
                hits[rule, default: []].append(
                    hit(place, row, speaker, speech, longestQuote, isNegated))
            }
        }
        return hits.mapValues { $0.sorted { ($0.finding.start ?? 0) < ($1.finding.start ?? 0) } }
    }

    /// The places of two parts that stand near each other without a pause between.
    private func pairs(
        _ halves: [Int: [Range<Int>]], _ row: [Speech.Word]
    ) -> [(rule: Int, place: Range<Int>)] {
        var found: [(Int, Range<Int>)] = []
        for (index, part) in parts.enumerated() where part.distance != nil && !part.isSecond {
            for one in halves[index] ?? [] {
                // The second part of a phrase follows its first part in the list.
                let near = (halves[index + 1] ?? []).first { other in
                    let between =
                        one.lowerBound < other.lowerBound
                        ? one.upperBound..<max(one.upperBound, other.lowerBound)
                        : other.upperBound..<max(other.upperBound, one.lowerBound)
                    return between.count <= part.distance ?? 0 && !one.overlaps(other)
                        && !row[between].contains { $0.number == Vocabulary.pause }
                }
                if let near {
                    found.append(
                        (
                            part.rule,
                            min(
                                one.lowerBound, near.lowerBound)..<max(
                                    one.upperBound, near.upperBound)
                        ))
                }
            }
        }
        return found
    }

    private func hit(
        _ place: Range<Int>, _ row: [Speech.Word], _ speaker: Speaker, _ speech: Speech,
        _ longestQuote: Int, _ isNegated: ([Speech.Word], Int) -> Bool
    ) -> Hit {
        let (first, last) = (row[place.lowerBound], row[place.upperBound - 1])
        let utterances = speech.text.utterances
        let text = speech.text.text(of: utterances[first.utterance].side)
        // Words of both ends lie in the text of one side, an utterance a line.
        let bytes = text[first.place.lowerBound..<last.place.upperBound]
        let quote = String(
            String(decoding: bytes, as: UTF8.self).prefix(longestQuote).map {
                $0 == "\n" ? " " : $0
            })
        return Hit(
            finding: Finding(
                speaker: speaker, first: first.utterance, last: last.utterance, quote: quote,
                start: utterances[first.utterance].start),
            isNegated: isNegated(row, place.lowerBound))
    }
}
