// Doubts: the reasons against a text; they stand beside the text and never remove it.

/// A reason not to rely on the text of an utterance.
public enum Doubt: String, Sendable, CaseIterable {
    /// The same words again and again: Whisper loops where it hears nothing that it knows.
    case repeated
    /// A phrase that Whisper learned from captions and writes for silence and music.
    case stock
    /// The engine itself finds no speech.
    case noSpeech = "no-speech"
    /// The engine is not sure of its words.
    case unsure
}

/// Finds the doubts about a transcription.
///
/// The thresholds are OpenAI's own for Whisper: text that compresses to less than 1/2.4 is a loop, and
/// there is no speech where `no_speech_prob` exceeds 0.6 and `avg_logprob` is below -1.
public struct Doubts: Sendable {
    /// The confidence below which an utterance is unsure.
    public var leastConfidence: Double

    /// Sets the bound; with 0 no utterance is unsure.
    public init(leastConfidence: Double = 0.35) {
        self.leastConfidence = leastConfidence
    }

    /// The doubts about each utterance, in the order of the utterances.
    public func about(_ utterances: [Utterance]) -> [[Doubt]] {
        let repeated = Doubts.repeated(utterances)
        return utterances.indices.map { index in
            let utterance = utterances[index]
            let isEmpty = isNoSpeech(utterance.evidence)
            let isUnsure = utterance.confidence.map { $0 < leastConfidence } ?? false
            var doubts: [Doubt] = []
            if repeated.contains(index) || isLoop(utterance) { doubts.append(.repeated) }
            if isStock(utterance.text, isWeak: isEmpty || isUnsure) { doubts.append(.stock) }
            if isEmpty { doubts.append(.noSpeech) }
            if isUnsure { doubts.append(.unsure) }
            return doubts
        }
    }

    private func isNoSpeech(_ evidence: Utterance.Evidence) -> Bool {
        guard let noSpeech = evidence.noSpeech, noSpeech > 0.6 else { return false }
        return (evidence.logProbability ?? 0) < -1
    }

    /// True when one utterance repeats itself.
    private func isLoop(_ utterance: Utterance) -> Bool {
        if let compression = utterance.evidence.compression, compression > 2.4 { return true }
        let words = Doubts.plain(utterance.text)
        guard words.count >= 8 else { return false }
        // The same one to six words four times in a row; a single word eight times, because people
        // say "no, no, no, no".
        return (1...6).contains { length in
            let times = length == 1 ? 8 : 4
            var run = 0
            for index in words.indices.dropFirst(length) {
                run = words[index] == words[index - length] ? run + 1 : 0
                if run >= length * (times - 1) { return true }
            }
            return false
        }
    }

    /// Utterances of one channel with the same words, three times in a row or more, or again in less
    /// time than anybody needs to say them.
    private static func repeated(_ utterances: [Utterance]) -> Set<Int> {
        var repeated: Set<Int> = []
        for channel in Set(utterances.map(\.channel)) {
            var run: [Int] = []
            var last: [String] = []
            for index in utterances.indices where utterances[index].channel == channel {
                let words = plain(utterances[index].text)
                if words != last { run = [] }
                if !run.isEmpty, isTooFast(words, utterances[index]) { repeated.insert(index) }
                run.append(index)
                last = words
                if run.count >= 3, !words.isEmpty { repeated.formUnion(run) }
            }
        }
        return repeated
    }

    /// True for three words or more, at more than ten in a second; people say at most seven.
    private static func isTooFast(_ words: [String], _ utterance: Utterance) -> Bool {
        let seconds = utterance.end - utterance.start
        return words.count >= 3 && seconds > 0 && Double(words.count) > 10 * seconds
    }

    /// The closing words of captions are always doubted, polite words only where the engine is unsure.
    private func isStock(_ text: String, isWeak: Bool) -> Bool {
        let words = Doubts.plain(text).joined(separator: " ")
        if Doubts.captions.contains(where: words.contains) { return true }
        return isWeak && Doubts.courtesies.contains(words)
    }

    private static let captions = [
        "thanks for watching", "thank you for watching", "amara org", "subtitles by",
        "please subscribe", "like and subscribe", "transcription by castingwords",
    ]
    private static let courtesies: Set<String> = [
        "thank you", "thanks", "you", "bye", "okay", "so",
    ]

    /// The words without case and punctuation.
    private static func plain(_ text: String) -> [String] {
        text.lowercased().split { !$0.isLetter && !$0.isNumber && $0 != "'" }.map(String.init)
    }
}
