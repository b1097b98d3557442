// DeepgramRefusal: what Deepgram says when it says no, and what that means for us.
internal import FoundationEssentials
internal import HTTP
internal import Records

/// An answer that is no transcription, in any of the three shapes that there are for it.
///
/// Decisions hang on status and code, and for a 400 on the few words that tell a setting from a
/// file; the message itself is not shown, as nobody knows what is in it.
struct DeepgramRefusal: Sendable, Equatable {
    let status: Int
    /// `err_code` or `category`, if it is a word.
    let code: String?
    /// Whether the query is at fault, which is the same for all files.
    let isOfSettings: Bool
    let retryAfter: Double?

    init(_ response: Response) {
        let data = Data(response.body)
        let body = try? JSONDecoder().decode(Body.self, from: data)
        let words =
            [body?.err_code, body?.err_msg, body?.category, body?.message, body?.details].compactMap
        { $0 }.joined(separator: " ")
        // The third shape is a string, with quotes or without.
        let text = (words.isEmpty ? String(decoding: response.body, as: UTF8.self) : words)
            .lowercased()
        status = response.status
        retryAfter = response.retryAfter
        code = [body?.err_code, body?.category].compactMap { $0.flatMap(Self.plain) }.first
        isOfSettings = [
            "no such model", "query param", "query_param", "unsupported language",
            "invalid language", "language/tier", "redact", "keyterm", "diarize",
        ].contains { text.contains($0) }
    }

    /// What it means for the record and for the line.
    func failure(model: String) -> Failure {
        switch status {
        case 401:
            failed(
                .stop, .auth, "it does not accept the key",
                "let DEEPGRAM_API_KEY or DEEPGRAM_API_KEY_FILE be a key of the project")
        case 402:
            failed(
                .stop, .quota, "the project's credit is used up",
                "pay in at the console of Deepgram, then run again")
        case 403:
            failed(
                .stop, .permission, "the project may not use model \(model)",
                "let --model be one that the project may use")
        case 400 where isOfSettings:
            failed(
                .stop, .configuration, "it does not take the settings with model \(model)",
                "check --model, --language and --redact")
        // Neither depends on the file: the one is our own doing, the other that of a proxy.
        case 411, 414:
            failed(
                .stop, .configuration, "the request does not arrive as it must",
                "shorten --prompt, and check what stands between here and the service")
        case 300..<400, 404, 405:
            failed(
                .stop, .configuration, "there is no such service at the address",
                "let --url be such as https://api.deepgram.com")
        case 400, 415, 422:
            failed(
                .item, .audio, "it cannot read the sound",
                "play the file of audio.path; transcribe it by another engine")
        case 413:
            failed(
                .item, .audio, "the file is too large for it",
                "transcribe it by another engine")
        case 408:
            failed(
                .temporary, .timeout, "the file came in too slowly",
                "run again later, with fewer --jobs")
        case 429:
            failed(
                .temporary, .rateLimit, "it wants fewer requests at a time",
                "run again later, with fewer --jobs")
        case 409, 500...:
            failed(.temporary, .server, "it has a failure", "run again later")
        default:
            failed(.temporary, .badResponse, "nobody expects such an answer", "check --url")
        }
    }

    private func failed(
        _ scope: Failure.Scope, _ kind: Failure.Kind, _ reason: String, _ remedy: String
    ) -> Failure {
        let shown = [String(status), code].compactMap { $0 }.joined(separator: " ")
        return Failure(
            scope, kind, "transcribe by \(Deepgram.title): \(reason) (\(shown))", remedy: remedy,
            status: status, retryAfter: retryAfter)
    }

    /// A code as it may stand in a message: capitals with underscores.
    private static func plain(_ code: String) -> String? {
        let isCode = code.utf8.allSatisfy {
            UInt8(ascii: "A")...UInt8(ascii: "Z") ~= $0 || $0 == UInt8(ascii: "_")
        }
        return isCode && (1...40).contains(code.utf8.count) ? code : nil
    }

    private struct Body: Decodable {
        let err_code: String?
        let err_msg: String?
        let category: String?
        let message: String?
        let details: String?
    }
}
