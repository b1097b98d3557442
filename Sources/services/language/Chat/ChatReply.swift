// ChatReply: the answer of a chat server, checked in the order in which its parts can be wrong.
internal import Analysis
internal import FoundationEssentials
internal import HTTP
internal import Records

/// The members of a chat completion that are read; the rest is not looked at.
struct ChatReply: Decodable, Sendable {
    /// The tokens of a request.
    struct Usage: Decodable, Sendable, Equatable {
        let prompt_tokens: Int?
        let completion_tokens: Int?
    }

    struct Message: Decodable, Sendable {
        let content: String?
        let refusal: String?
    }

    struct Choice: Decodable, Sendable {
        let message: Message?
        let finish_reason: String?
    }

    let choices: [Choice]?
    let usage: Usage?

    private enum CodingKeys: CodingKey { case choices, usage }

    init(from decoder: any Decoder) throws {
        let reply = try decoder.container(keyedBy: CodingKeys.self)
        choices = try reply.decodeIfPresent([Choice].self, forKey: .choices)
        // Some servers have other things there; then there is no count.
        usage = try? reply.decodeIfPresent(Usage.self, forKey: .usage)
    }

    /// Reads a success.
    ///
    /// - Throws: `Failure` of scope `temporary`, kind `bad_response`, for what is no completion.
    static func read(_ response: Response, of title: String) throws(Failure) -> ChatReply {
        guard let reply = try? JSONDecoder().decode(ChatReply.self, from: Data(response.body)),
            reply.choices?.first != nil
        else {
            throw Failure(
                .temporary, .badResponse, "read the answer of \(title): it is no chat completion",
                remedy: "check --url and --dialect", status: response.status)
        }
        return reply
    }

    /// The answer: its end before its text, because a text may look whole and be shortened.
    var answer: ModelAnswer {
        let choice = choices?.first
        let text = choice?.message?.content ?? ""
        let ending: ModelAnswer.Ending =
            switch choice?.finish_reason {
            case "length": .length
            case "content_filter": .filter
            default: choice?.message?.refusal?.isEmpty == false ? .refusal : .complete
            }
        return ModelAnswer(text, ending: ending, promptTokens: usage?.prompt_tokens)
    }
}
