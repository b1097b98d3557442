// Sentences: utterances that engines cut in the middle of a sentence.
internal import Records

/// Puts the parts of a sentence together again.
enum Sentences {
    /// The longest pause within a sentence, in seconds.
    private static let pause = 1.0
    /// The longest utterance that is made of parts, in seconds; text without marks has no other end.
    private static let longest = 15.0

    /// Joins an utterance to the one before it when that one ends without a mark.
    ///
    /// - Parameter utterances: The utterances of one channel, by time.
    /// - Returns: As many utterances or fewer.
    static func joined(_ utterances: [Utterance]) -> [Utterance] {
        utterances.reduce(into: []) { joined, next in
            if let last = joined.last, isOne(last, next) {
                joined[joined.count - 1] = both(last, next)
            } else {
                joined.append(next)
            }
        }
    }

    private static func isOne(_ first: Utterance, _ second: Utterance) -> Bool {
        guard let end = first.text.last else { return false }
        return first.speaker == second.speaker && (end.isLetter || end.isNumber || end == ",")
            && second.start - first.end <= pause && second.end - first.start <= longest
    }

    private static func both(_ first: Utterance, _ second: Utterance) -> Utterance {
        var both = first
        both.end = max(first.end, second.end)
        both.text = "\(first.text) \(second.text)"
        both.words = first.words + second.words
        let sure = [first.confidence, second.confidence].compactMap { $0 }
        both.confidence = both.words.confidence ?? sure.mean
        both.evidence = first.evidence.worse(second.evidence)
        return both
    }
}

extension Utterance.Evidence {
    /// Each measure of the two that gives the greater doubt.
    fileprivate func worse(_ other: Utterance.Evidence) -> Utterance.Evidence {
        func one(_ pair: [Double?], _ choice: ([Double]) -> Double?) -> Double? {
            choice(pair.compactMap { $0 })
        }
        return Utterance.Evidence(
            noSpeech: one([noSpeech, other.noSpeech]) { $0.max() },
            logProbability: one([logProbability, other.logProbability]) { $0.min() },
            compression: one([compression, other.compression]) { $0.max() })
    }
}
