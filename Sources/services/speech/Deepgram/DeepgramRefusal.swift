// DeepgramRefusal: the refusals of Deepgram.
internal import FoundationEssentials
internal import HTTP
internal import Records
internal import SpeechService

/// An answer that is no transcription, in any of its three shapes.
///
/// Status and code decide, and for a 400 a few words that tell a wrong setting from a wrong file. The
/// message is not shown, because it can hold anything.
struct DeepgramRefusal: Sendable {
    private let response: Response
    /// `err_code` or `category`, if it is a word.
    private let code: String?
    /// True when the query is wrong, which is the same for all files.
    private let isOfSettings: Bool

    /// The words of a refused query.
    private static let ofSettings = [
        "no such model", "query param", "query_param", "unsupported language",
        "invalid language", "language/tier", "redact", "keyterm", "diarize",
    ]

    init(_ response: Response) {
        let body = try? JSONDecoder().decode(Body.self, from: Data(response.body))
        let words = [
            body?.err_code, body?.err_msg, body?.category, body?.message, body?.details,
        ].compactMap { $0 }.joined(separator: " ")
        // The third shape is a string, with quotes or without.
        let text = (words.isEmpty ? String(decoding: response.body, as: UTF8.self) : words)
            .lowercased()
        self.response = response
        code = [body?.err_code, body?.category].compactMap { $0.flatMap(ServiceID.code) }.first
        isOfSettings = Self.ofSettings.contains { text.contains($0) }
    }

    /// The meaning for the record and for the line.
    func failure(model: String) -> Failure {
        let ofSettings = RefusalRow(
            400...400, scope: .stop, kind: .configuration,
            "it does not take the settings with model \(model)",
            "check --model, --language and --redact")
        let always = [
            RefusalRow(
                401...401, scope: .stop, kind: .auth, "it does not accept the key",
                "let DEEPGRAM_API_KEY or DEEPGRAM_API_KEY_FILE be a key of the project"),
            RefusalRow(
                402...402, scope: .stop, kind: .quota, "the project's credit is used up",
                "pay in at the console of Deepgram, then run again"),
            RefusalRow(
                403...403, scope: .stop, kind: .permission,
                "the project may not use model \(model)",
                "let --model be one that the project may use"),
            RefusalRow(
                300...399, 404...405, scope: .stop, kind: .configuration,
                "there is no such service at the address",
                "let --url be such as https://api.deepgram.com"),
            RefusalRow(
                413...413, scope: .item, kind: .audio, "the file is too large for it",
                "transcribe it by another engine"),
            RefusalRow(
                408...408, scope: .temporary, kind: .timeout, "the file arrived too slowly",
                "run again later, with fewer --jobs"),
        ]
        return Refusal.failure(
            response, by: Deepgram.title, code: code,
            own: (isOfSettings ? [ofSettings] : []) + always)
    }

    private struct Body: Decodable {
        let err_code: String?
        let err_msg: String?
        let category: String?
        let message: String?
        let details: String?
    }
}
