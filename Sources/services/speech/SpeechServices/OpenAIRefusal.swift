// OpenAIRefusal: what a server says when it says no, and what that means for us.
internal import FoundationEssentials
internal import HTTP
internal import Records

/// A reply that is no transcription, in any of the shapes that the dialects have for it.
///
/// Decisions hang on status and codes: of the message, which may hold half a key or a prompt, only
/// the limit that it names is taken.
struct OpenAIRefusal: Sendable, Equatable {
    let status: Int
    /// `error.code` and `error.type`, as far as they are words.
    let codes: [String]
    /// The field that is at fault, where one is named.
    let field: String?
    /// The seconds that a model takes, when the message says that these are more.
    let longest: Double?
    let retryAfter: Double?

    private let dialect: OpenAI.Dialect

    init(_ response: Response, _ dialect: OpenAI.Dialect) {
        let body = try? JSONDecoder().decode(Body.self, from: Data(response.body))
        status = response.status
        retryAfter = response.retryAfter
        self.dialect = dialect
        codes = [body?.error?.code, body?.error?.type].compactMap { $0?.text.flatMap(Self.plain) }
        field =
            (body?.error?.param ?? body?.detail?.first?.loc?.last?.text).flatMap(Self.plain)
        longest = Self.limit(in: body?.error?.message ?? "")
    }

    /// Whether the same request can go better in a moment; `nil` where the status decides.
    ///
    /// OpenAI's own clients go by the same: 408, 409, 429 and all from 500 on, unless the header
    /// says otherwise.
    static func isWorthAnother(_ response: Response, _ dialect: OpenAI.Dialect) -> Bool? {
        if response.isSuccess { return nil }
        if OpenAIRefusal(response, dialect).isOutOfMoney { return false }
        switch response.header("x-should-retry")?.lowercased() {
        case "true": return true
        case "false": return false
        default: return [408, 409, 429].contains(response.status) || response.status >= 500
        }
    }

    /// The file is too long or too large, and half of it may not be.
    ///
    /// OpenAI calls a 413 a `server_error`, which it is not.
    var isTooLong: Bool {
        status == 413 || (status == 400 && longest != nil) || codes.contains("file_too_large")
    }

    /// Nothing goes until somebody pays.
    var isOutOfMoney: Bool {
        status == 402
            || codes.contains {
                [
                    "insufficient_quota", "credit_balance_exhausted", "billing_not_active",
                    "billing_hard_limit_reached",
                ].contains($0)
            }
    }

    /// What it means for the record and for the line.
    func failure(model: String) -> Failure {
        if isOutOfMoney {
            return failed(
                .stop, .quota, "the account's credit is used up", "pay in, then run again")
        }
        if isTooLong {
            return failed(
                .item, .audio, "the file is too long for it, even in pieces",
                "choose another model or another engine")
        }
        switch status {
        case 401: return keyFailure
        case 403 where dialect == .speaches: return keyFailure
        case 403:
            return failed(
                .stop, .permission, "the key, the project or this place may not use it",
                "let OPENAI_API_KEY be a key that may use model \(model)")
        case 404 where dialect == .whisperCPP:
            return failed(
                .stop, .configuration, "there is nothing at the address",
                "let --url end with what whisper-server has as --inference-path")
        case 404:
            return failed(
                .stop, .configuration, "there is no model \(model), or nothing at the address",
                dialect == .speaches
                    ? "install the model (POST /v1/models/\(model)), or check --model and --url"
                    : "check --model and --url")
        case 300..<400, 405, 501:
            return failed(
                .stop, .configuration, "that is not the address of its API", "check --url")
        case 400, 422: return unacceptable(model)
        case 415: return badAudio
        case 408, 504:
            return failed(.temporary, .timeout, "it did not answer in time", "run again")
        case 429:
            return failed(
                .temporary, .rateLimit, "it wants fewer requests",
                "run again later, with fewer --jobs")
        case 500 where dialect == .whisperCPP:
            return failed(
                .item, .engine, "it fails on the sound",
                "see what the server says; transcribe the file by another engine")
        case 409, 500...:
            return failed(.temporary, .server, "it has a failure", "run again later")
        default:
            return failed(
                .temporary, .badResponse, "nobody expects such an answer",
                "check --url and --dialect")
        }
    }

    private func unacceptable(_ model: String) -> Failure {
        guard let field, field != "file" else { return badAudio }
        return failed(
            .stop, .configuration, "it does not take the field \(field) with model \(model)",
            field == "model" ? "check --model" : "check --dialect, --model and --language")
    }

    private var badAudio: Failure {
        failed(
            .item, .audio, "it cannot read the sound",
            "play the file of audio.path; transcribe it by another engine")
    }

    private var keyFailure: Failure {
        failed(
            .stop, .auth, "it does not accept the key",
            dialect == .groq
                ? "let GROQ_API_KEY or GROQ_API_KEY_FILE be a key of Groq"
                : "let OPENAI_API_KEY or OPENAI_API_KEY_FILE be a key of \(dialect.title)")
    }

    private func failed(
        _ scope: Failure.Scope, _ kind: Failure.Kind, _ reason: String, _ remedy: String
    ) -> Failure {
        let shown = ([String(status)] + codes.prefix(1)).joined(separator: " ")
        return Failure(
            scope, kind, "transcribe by \(dialect.title): \(reason) (\(shown))", remedy: remedy,
            status: status, retryAfter: retryAfter)
    }

    // MARK: Reading

    /// The seconds of "audio duration 1500 seconds is longer than 1400 seconds which is the maximum".
    private static func limit(in message: String) -> Double? {
        let words = message.split(separator: " ")
        guard
            let place = words.indices.dropFirst().first(where: {
                words[$0] == "than" && words[$0 - 1] == "longer"
            })
        else { return nil }
        return words[(place + 1)...].first.flatMap { Double($0) } ?? 0
    }

    /// A code as it may stand in a message: a word, whatever a broken server put there.
    private static func plain(_ code: String) -> String? {
        let isWord = code.utf8.allSatisfy { byte in
            UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte | 0x20
                || UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte
                || [UInt8(ascii: "_"), UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: ".")]
                    .contains(byte)
        }
        return isWord && (1...40).contains(code.utf8.count) ? code : nil
    }

    private struct Body: Decodable {
        let error: Problem?
        let detail: [Detail]?

        enum CodingKeys: CodingKey { case error, detail }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            // Either may be a mere string, which says nothing that could be gone by.
            error = try? container.decode(Problem.self, forKey: .error)
            detail = try? container.decode([Detail].self, forKey: .detail)
        }
    }

    private struct Problem: Decodable {
        let message: String?
        let type: OpenAIWords.Label?
        let param: String?
        /// LocalAI has a number here.
        let code: OpenAIWords.Label?
    }

    /// What FastAPI says of a field: `{"loc":["body","model"],…}`.
    private struct Detail: Decodable { let loc: [OpenAIWords.Label]? }
}
