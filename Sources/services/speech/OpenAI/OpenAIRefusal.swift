// OpenAIRefusal: the refusals of OpenAI and its relatives.
internal import FoundationEssentials
internal import HTTP
internal import Records
internal import SpeechReplies
internal import SpeechService

/// An answer that is no transcription, in any of the shapes of the dialects.
///
/// Status and codes decide. The message may hold half a key or a prompt, so only the limit that it
/// names is used.
struct OpenAIRefusal: Sendable {
    /// `error.code` and `error.type`, where they are words.
    private let codes: [String]
    /// The field that is wrong, where one is named.
    private let field: String?
    /// The seconds that a model accepts, when the message says that the file has more.
    let longest: Double?

    private let response: Response
    private let dialect: OpenAI.Dialect
    private var status: Int { response.status }

    init(_ response: Response, _ dialect: OpenAI.Dialect) {
        let body = try? JSONDecoder().decode(Body.self, from: Data(response.body))
        self.response = response
        self.dialect = dialect
        codes = [body?.error?.code, body?.error?.type].compactMap {
            $0?.text.flatMap(ServiceID.code)
        }
        field = body?.error?.param.flatMap(ServiceID.code) ?? body?.detail?.first?.field
        longest = Self.limit(in: body?.error?.message ?? "")
    }

    /// True when the same request may succeed in a moment; `nil` where the status decides.
    ///
    /// OpenAI's own clients have the same rule: 408, 409, 429 and all from 500 on, unless the header
    /// says otherwise.
    static func isWorthAnother(_ response: Response, _ dialect: OpenAI.Dialect) -> Bool? {
        if response.isSuccess { return nil }
        if OpenAIRefusal(response, dialect).isOutOfCredit { return false }
        switch response.header("x-should-retry")?.lowercased() {
        case "true": return true
        case "false": return false
        default: return [408, 409, 429].contains(response.status) || response.status >= 500
        }
    }

    /// True when the file is too long or too large, and half of it may not be.
    ///
    /// OpenAI calls a 413 a `server_error`, which is wrong.
    var isTooLong: Bool {
        status == 413 || (status == 400 && longest != nil) || codes.contains("file_too_large")
    }

    /// True when no request succeeds before the account is paid.
    private var isOutOfCredit: Bool {
        status == 402 || codes.contains(where: OpenAIRefusal.outOfCredit.contains)
    }

    private static let outOfCredit: Set = [
        "insufficient_quota", "credit_balance_exhausted", "billing_not_active",
        "billing_hard_limit_reached",
    ]

    /// The meaning for the record and for the line.
    func failure(model: String) -> Failure {
        Refusal.failure(
            response, by: dialect.title, code: codes.first, own: special(model) + usual(model))
    }

    /// The rows that the body decides, whatever the status.
    private func special(_ model: String) -> [RefusalRow] {
        if isOutOfCredit {
            return [
                RefusalRow(
                    0...999, scope: .stop, kind: .quota, "the account's credit is used up",
                    "pay in, then run again")
            ]
        }
        if isTooLong {
            return [
                RefusalRow(
                    0...999, scope: .item, kind: .audio,
                    "the file is too long for it, even in pieces",
                    "choose another model or another engine")
            ]
        }
        guard let field, field != "file" else { return [] }
        return [
            RefusalRow(
                400...400, 422...422, scope: .stop, kind: .configuration,
                "it does not take the field \(field) with model \(model)",
                field == "model" ? "check --model" : "check --dialect, --model and --language")
        ]
    }

    private func usual(_ model: String) -> [RefusalRow] {
        let key =
            dialect == .groq
            ? "let GROQ_API_KEY or GROQ_API_KEY_FILE be a key of Groq"
            : "let OPENAI_API_KEY or OPENAI_API_KEY_FILE be a key of \(dialect.title)"
        let refusedKey = RefusalRow(
            dialect == .speaches ? 401...403 : 401...401, scope: .stop, kind: .auth,
            "it does not accept the key", key)
        let forbidden = RefusalRow(
            403...403, scope: .stop, kind: .permission,
            "the key, the project or this place may not use it",
            "let OPENAI_API_KEY be a key that may use model \(model)")
        let ofServer = [
            RefusalRow(
                404...404, scope: .stop, kind: .configuration, "there is nothing at the address",
                "let --url end with the --inference-path of whisper-server"),
            RefusalRow(
                500...500, scope: .item, kind: .engine, "it fails on the sound",
                "read the log of the server; transcribe the file by another engine"),
        ]
        let noModel = RefusalRow(
            404...404, scope: .stop, kind: .configuration,
            "there is no model \(model), or nothing at the address",
            dialect == .speaches
                ? "install the model (POST /v1/models/\(model)), or check --model and --url"
                : "check --model and --url")
        return (dialect == .whisperCPP ? ofServer : []) + [refusedKey, forbidden, noModel]
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

    private struct Body: Decodable {
        let error: Problem?
        let detail: [FieldProblem]?

        enum CodingKeys: CodingKey { case error, detail }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            // Either may be a string alone, which decides nothing.
            error = try? container.decode(Problem.self, forKey: .error)
            detail = try? container.decode([FieldProblem].self, forKey: .detail)
        }
    }

    private struct Problem: Decodable {
        let message: String?
        let type: LenientText?
        let param: String?
        /// LocalAI has a number here.
        let code: LenientText?
    }
}
