// OpenAIReply: what OpenAI and its likes answer, read by what is there and not by who says it.
internal import Glibc
internal import HTTP
internal import Records
internal import Speech

/// A transcription in any of the JSON shapes: `json`, `verbose_json`, `diarized_json`, and what
/// whisper.cpp, speaches, LocalAI and vLLM make of them.
struct OpenAIReply: Sendable, Equatable {
    /// All text, trimmed.
    var text: String
    /// A code.
    var language: String?
    /// With the times of the file that was sent; without text, if there is none.
    var utterances: [Utterance] = []
    /// The mean over the tokens, where only text is answered with their probabilities.
    var confidence: Double?
    /// The service's own number, where it is in the body.
    var request: String?

    /// Reads a success.
    ///
    /// - Parameters:
    ///   - response: What came, of whatever type it says it is.
    ///   - title: Who sent it, for the message.
    /// - Throws: `Failure` of scope `temporary`, kind `bad_response`.
    init(_ response: Response, of title: String) throws(Failure) {
        let body = try ReplyJSON.decode(Body.self, response, of: title)
        guard body.text != nil || body.segments != nil else {
            throw ReplyJSON.unusable("JSON without \"text\" or \"segments\"", title, response)
        }
        let segments = body.segments ?? []
        text =
            (body.text ?? segments.compactMap(\.text).joined(separator: " ")).trimmed
        language = (body.language ?? body.languages?.first).flatMap(SpokenLanguage.code)
        confidence = (body.logprobs ?? []).compactMap(\.logprob?.value).mean.map { exp($0) }
        request = body.x_groq?.id
        utterances = OpenAIWords.utterances(segments, words: body.words ?? [])
    }

    /// What is decoded; whatever is not named is not looked at, so that `id` may be of any type.
    private struct Body: Decodable {
        let text: String?
        let language: String?
        let languages: [String]?
        let segments: [OpenAIWords.Segment]?
        let words: [OpenAIWords.Token]?
        let logprobs: [LogProbability]?
        let x_groq: Groq?
    }

    private struct LogProbability: Decodable { let logprob: Figure? }
    private struct Groq: Decodable { let id: String? }
}

/// A number, or a string that holds one, or nothing: no reply is refused for that.
struct Figure: Decodable, Sendable, Equatable {
    let value: Double?

    init(_ value: Double?) { self.value = value }

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let number =
            (try? container.decode(Double.self))
            ?? (try? container.decode(String.self)).flatMap { Double($0) }
        value = number.flatMap { $0.isFinite ? $0 : nil }
    }
}

extension [Double] {
    var mean: Double? { isEmpty ? nil : reduce(0, +) / Double(count) }
}

extension String {
    var trimmed: String {
        split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }
}
