// ChatRefusal: the refusals of chat servers, for the record and for the line.
internal import FoundationEssentials
internal import HTTP
internal import Records
internal import System

/// An answer that is no completion, in any of the shapes of the dialects.
///
/// Status and codes decide. Of the message only the member that it names is used, because it may
/// quote the call or the key.
struct ChatRefusal: Sendable {
    private static let outOfCredit: Set = [
        "insufficient_quota", "credit_balance_exhausted", "billing_not_active",
        "billing_hard_limit_reached",
    ]
    private static let tooLong: Set = [
        "context_length_exceeded", "exceed_context_size_error", "string_above_max_length",
    ]
    private static let members = [
        "max_completion_tokens", "max_tokens", "temperature", "response_format", "json_schema",
    ]

    private let response: Response
    private let codes: [String]
    private let param: String?
    private let message: String
    private var status: Int { response.status }

    init(_ response: Response) {
        self.response = response
        let body = try? JSONDecoder().decode(Body.self, from: Data(response.body))
        let problem = body?.error ?? body?.itself
        codes = [problem?.code, problem?.type].compactMap { $0 }
            .filter { ASCII.isWord($0, marks: "_.", lengths: 1...40) }
        param = problem?.param
        message = (problem?.message ?? body?.text ?? "").lowercased()
    }

    /// True when the same request may succeed in a moment; `nil` for a success.
    static func isWorthAnother(_ response: Response) -> Bool? {
        if response.isSuccess { return nil }
        let refusal = ChatRefusal(response)
        if refusal.isOutOfCredit || refusal.refusedMember != nil { return false }
        switch response.header("x-should-retry")?.lowercased() {
        case "true": return true
        case "false": return false
        default: return [408, 409, 429].contains(response.status) || response.status >= 500
        }
    }

    /// True when a shorter prompt may be taken.
    var isTooLong: Bool {
        if status == 413 || codes.contains(where: ChatRefusal.tooLong.contains) { return true }
        return [400, 422, 500].contains(status)
            && ["context length", "context window", "maximum context", "context size"]
                .contains(where: message.contains)
    }

    /// The member of the request that the server does not take with this model.
    var refusedMember: String? {
        guard [400, 422, 500, 501].contains(status), !isTooLong, !isFiltered else { return nil }
        if let param, let own = ChatRefusal.members.first(where: param.hasPrefix) { return own }
        // "'max_tokens' is not supported. Use 'max_completion_tokens' instead": the first is meant.
        let named = ChatRefusal.members.compactMap { member in
            message.firstRange(of: member).map { (member, $0.lowerBound) }
        }
        if let first = named.min(by: { $0.1 < $1.1 }) { return first.0 }
        // vLLM and llama.cpp tell of a grammar, or of a keyword of the schema.
        return ["grammar", "schema", "guided"].contains(where: message.contains)
            ? "response_format" : nil
    }

    private var isOutOfCredit: Bool {
        status == 402 || codes.contains(where: ChatRefusal.outOfCredit.contains)
    }

    private var isFiltered: Bool {
        codes.contains { $0 == "content_filter" || $0 == "content_policy_violation" }
    }

    /// The meaning for the record and for the line.
    func failure(_ dialect: ChatDialect, model: String) -> Failure {
        let (scope, kind, reason, remedy) = meaning(dialect, model)
        let shown = [String(status), codes.first].compactMap { $0 }.joined(separator: " ")
        return Failure(
            scope, kind, "analyze by \(dialect.title): \(reason) (\(shown))", remedy: remedy,
            status: status, retryAfter: response.retryAfter)
    }

    private typealias Meaning = (Failure.Scope, Failure.Kind, String, String)

    private func meaning(_ dialect: ChatDialect, _ model: String) -> Meaning {
        if isOutOfCredit {
            return (.stop, .quota, "the account's credit is used up", "pay in, then run again")
        }
        if isFiltered {
            return (
                .item, .badResponse, "a filter of the service refuses the call",
                "use another model for this call"
            )
        }
        switch status {
        case 401:
            return (
                .stop, .auth, "it does not accept the key",
                "let OPENAI_API_KEY or OPENAI_API_KEY_FILE be a key of \(dialect.title)"
            )
        case 403:
            return (
                .stop, .permission, "the key, the project or this place may not use it",
                "let OPENAI_API_KEY be a key that may use model \(model)"
            )
        case 404:
            return (
                .stop, .configuration, "there is no model \(model), or nothing at the address",
                "check --model and --url"
            )
        case 300...399, 405:
            return (
                .stop, .configuration, "there is no such service at the address",
                "check --url and --dialect"
            )
        case 400, 415, 422:
            guard let member = refusedMember else {
                return (
                    .item, .badResponse, "it refuses the question",
                    "try it with another --dialect or --model"
                )
            }
            return (
                .stop, .configuration, "it does not take \(member) with model \(model)",
                "check --dialect and --model"
            )
        case 408, 504:
            return (
                .temporary, .timeout, "it did not answer in time",
                "run again later, with fewer --jobs"
            )
        case 429:
            return (
                .temporary, .rateLimit, "it wants fewer requests",
                "run again later, with fewer --jobs"
            )
        case 409, 500...599:
            return (
                .temporary, .server, "it has a failure",
                "read its log if it is yours, then run again"
            )
        default:
            return (
                .temporary, .badResponse, "no chat server answers like that",
                "check --url and --dialect"
            )
        }
    }

    // MARK: Reading

    private struct Body: Decodable {
        let error: Problem?
        /// vLLM puts the members of the error at the top.
        let itself: Problem?
        /// Ollama and others have a text in place of the error.
        let text: String?

        enum CodingKeys: CodingKey { case error, detail }

        init(from decoder: any Decoder) throws {
            let body = try decoder.container(keyedBy: CodingKeys.self)
            error = try? body.decode(Problem.self, forKey: .error)
            itself = try? Problem(from: decoder)
            text =
                (try? body.decode(String.self, forKey: .error))
                ?? (try? body.decode(String.self, forKey: .detail))
        }
    }

    private struct Problem: Decodable {
        let message: String?
        let type: String?
        let param: String?
        let code: String?

        enum CodingKeys: CodingKey { case message, type, param, code }

        init(from decoder: any Decoder) throws {
            let problem = try decoder.container(keyedBy: CodingKeys.self)
            func text(_ key: CodingKeys) -> String? {
                try? problem.decode(String.self, forKey: key)
            }
            (message, type, param) = (text(.message), text(.type), text(.param))
            code = text(.code)
        }
    }
}
