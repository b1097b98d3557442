// WhisperXReply: what WhisperX says was said, from either service.
internal import Glibc
internal import HTTP
internal import Records
internal import Speech

/// A result of WhisperX, or of what else whisper-asr-webservice has as its engine.
///
/// Words that the aligner cannot spell, such as digits, have neither times nor scores, and what no
/// turn overlaps has no speaker; all of that is taken as it is.
struct WhisperXReply: Sendable, Equatable {
    /// A code.
    var language: String?
    private let segments: [Utterance]
    /// All text, where there are no segments.
    private let text: String

    /// Whether it holds no word.
    var isEmpty: Bool { !text.hasWord && !segments.contains { $0.text.hasWord } }

    /// What was said, in the times of the file that was sent.
    func utterances(seconds: Double) -> [Utterance] {
        guard segments.isEmpty, !text.isEmpty else { return segments }
        return [Utterance(start: 0, end: seconds, channel: 0, text: text)]
    }

    /// Reads a success of whisper-asr-webservice, which calls its JSON `text/plain`.
    ///
    /// - Parameters:
    ///   - response: What came.
    ///   - title: Who sent it, for the message.
    /// - Throws: `Failure` of scope `temporary`, kind `bad_response`.
    init(_ response: Response, of title: String) throws(Failure) {
        let result = try ReplyJSON.decode(Result.self, response, of: title)
        guard let reply = WhisperXReply(result) else {
            throw ReplyJSON.unusable("JSON without \"segments\"", title, response)
        }
        self = reply
    }

    /// Takes a result; `nil` when it is none.
    init?(_ result: Result) {
        guard let told = result.segments else { return nil }
        segments = told.compactMap(WhisperXReply.utterance)
        text = result.text?.text?.trimmed ?? ""
        language = result.language.flatMap(SpokenLanguage.code)
    }

    private static func utterance(_ segment: Segment) -> Utterance? {
        let words = (segment.words ?? []).compactMap(word)
        let text = (segment.text ?? words.map(\.text).joined(separator: " ")).trimmed
        guard !text.isEmpty,
            let start = segment.start?.value ?? words.compactMap(\.start).first
        else { return nil }
        let begin = max(0, start)
        let end = max(begin, segment.end?.value ?? words.compactMap(\.end).last ?? begin)
        let probability = segment.avg_logprob?.value.map { min(1, exp($0)) }
        return Utterance(
            start: begin, end: end, channel: 0, text: text,
            // Scores tell how well words fit their place, not whether they are the right ones.
            confidence: probability ?? words.compactMap(\.confidence).mean,
            words: whole(words, of: text),
            speaker: segment.speaker,
            evidence: Utterance.Evidence(
                noSpeech: segment.no_speech_prob?.value,
                logProbability: segment.avg_logprob?.value,
                compression: segment.compression_ratio?.value))
    }

    /// whisperX-FastAPI leaves out words without times, and an utterance that seems to end with the
    /// last word that has one would end too early.
    private static func whole(_ words: [Word], of text: String) -> [Word] {
        var rest = words[...]
        let all = text.split(separator: " ").map { spelled in
            rest.first?.text == String(spelled) ? rest.removeFirst() : Word(String(spelled))
        }
        return rest.isEmpty && !words.isEmpty ? all : words
    }

    private static func word(_ told: Token) -> Word? {
        let text = (told.word ?? "").trimmed
        guard !text.isEmpty else { return nil }
        // One time alone says too little to place a word by.
        let isPlaced = told.start?.value != nil && told.end?.value != nil
        return Word(
            text, start: isPlaced ? told.start?.value : nil, end: isPlaced ? told.end?.value : nil,
            confidence: (told.score ?? told.probability)?.value)
    }

    // MARK: JSON

    /// What is decoded; whatever is not named is not looked at.
    struct Result: Decodable, Sendable {
        let segments: [Segment]?
        let language: String?
        /// One of the services has a list here.
        let text: OpenAIWords.Label?
    }

    struct Segment: Decodable, Sendable {
        let start: Figure?
        let end: Figure?
        let text: String?
        let words: [Token]?
        let speaker: String?
        let avg_logprob: Figure?
        let no_speech_prob: Figure?
        let compression_ratio: Figure?
    }

    struct Token: Decodable, Sendable {
        let word: String?
        let start: Figure?
        let end: Figure?
        let score: Figure?
        /// faster-whisper's.
        let probability: Figure?
    }
}
