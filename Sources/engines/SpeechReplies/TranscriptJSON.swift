// TranscriptJSON: a transcription in the JSON of OpenAI, of WhisperX, and of their many relatives.
internal import Glibc
package import Records
package import Speech

/// A transcription in any of the shapes `json`, `verbose_json` and `diarized_json`, and in those that
/// whisper.cpp, speaches, LocalAI, vLLM and WhisperX make of them.
///
/// The members that are there decide, and not the program that wrote them.
package struct TranscriptJSON: Sendable, Equatable {
    /// All text, trimmed.
    package var text: String
    /// The language's code.
    package var language: String?
    /// The utterances in the times of the file that was sent; empty when there is only text.
    package var utterances: [Utterance]
    /// The mean over the tokens, where the service gives text and the tokens' probabilities.
    package var confidence: Double?
    /// The service's number for the request, where the body has it.
    package var request: String?
    /// The length of the sound in seconds, where the body has it.
    package var seconds: Double?

    /// True when no word is in it.
    package var isEmpty: Bool { !text.hasWord && !utterances.contains { $0.text.hasWord } }

    /// Reads an answer.
    ///
    /// - Parameter json: The answer.
    /// - Throws: `Failure` of scope `temporary`, kind `bad_response`.
    package init(_ json: ReplyJSON) throws(Failure) {
        let body = try json.decode(Body.self)
        guard body.error?.isError != true else { throw json.unusable("an error") }
        guard let transcript = TranscriptJSON(body) else {
            throw json.unusable("JSON without \"text\" or \"segments\"")
        }
        self = transcript
    }

    /// Takes a decoded body; `nil` when it has neither text nor segments, or tells of an error.
    package init?(_ body: Body) {
        guard body.error?.isError != true else { return nil }
        guard body.text?.text != nil || body.segments != nil else { return nil }
        let segments = body.segments ?? []
        text =
            (body.text?.text ?? segments.compactMap(\.text).joined(separator: " ")).trimmed
        language = (body.language ?? body.languages?.first).flatMap(SpokenLanguage.code)
        confidence = (body.logprobs ?? []).compactMap(\.logprob?.value).mean.map { exp($0) }
        request = body.x_groq?.id
        // No file lasts longer than ten days.
        seconds = (body.duration?.value).flatMap { (0...1e6).contains($0) ? $0 : nil }
        utterances = Segments(body).utterances
    }

    /// The members that are read; `id` and the like may be of any type.
    package struct Body: Decodable, Sendable {
        /// One WhisperX service has a list here.
        let text: LenientString?
        let language: String?
        let languages: [String]?
        let duration: LenientNumber?
        let segments: [Segment]?
        let words: [Token]?
        let logprobs: [LogProbability]?
        let x_groq: Groq?
        /// A program that failed can put its complaint into the text as well.
        let error: ErrorMark?
    }

    /// A segment with its times, and perhaps with its words.
    struct Segment: Decodable, Sendable {
        var start: LenientNumber?
        var end: LenientNumber?
        var text: String?
        var words: [Token]?
        var speaker: LenientText?
        var avg_logprob: LenientNumber?
        var no_speech_prob: LenientNumber?
        var compression_ratio: LenientNumber?
    }

    /// A word, or one of whisper.cpp's tokens.
    struct Token: Decodable, Sendable {
        let word: String?
        /// LocalAI's name for the same.
        let text: String?
        let start: LenientNumber?
        let end: LenientNumber?
        /// The probability of the word; faster-whisper's and whisper.cpp's.
        let probability: LenientNumber?
        /// How well the word fits its place; WhisperX's.
        let score: LenientNumber?

        var spelling: String { word ?? text ?? "" }
        /// True for `[_BEG_]`, `[_TT_50]`, `<|endoftext|>`: marks, not text.
        var isMark: Bool { spelling.hasPrefix("[_") || spelling.hasPrefix("<|") }
    }

    struct LogProbability: Decodable, Sendable { let logprob: LenientNumber? }
    struct Groq: Decodable, Sendable { let id: String? }
}
