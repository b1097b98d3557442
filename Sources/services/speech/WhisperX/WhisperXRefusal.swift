// WhisperXRefusal: the refusals of a service that wraps WhisperX.
internal import FoundationEssentials
internal import HTTP
internal import Records
internal import SpeechService

/// An answer that is no success; its text is not shown, because file names may be in it.
struct WhisperXRefusal: Sendable {
    /// True when the body is JSON, so that the service itself answers and no proxy.
    let isOfService: Bool

    private let response: Response
    private let dialect: WhisperX.Dialect
    /// The parameter that is wrong, where one is named.
    private let field: String?

    init(_ response: Response, _ dialect: WhisperX.Dialect) {
        let body = try? JSONDecoder().decode(Body.self, from: Data(response.body))
        self.response = response
        self.dialect = dialect
        isOfService = response.body.first { $0 > 0x20 } == UInt8(ascii: "{")
        field = body?.detail?.first?.field
    }

    var status: Int { response.status }

    /// The meaning for the record and for the line.
    var failure: Failure {
        var own: [RefusalRow] = []
        if let field, !["file", "audio_file"].contains(field) {
            own.append(
                RefusalRow(
                    400...400, 422...422, scope: .stop, kind: .configuration,
                    "it does not take the parameter \(field)",
                    "check --model, --language, WHISPERX_DEVICE and WHISPERX_COMPUTE_TYPE"))
        }
        own.append(
            RefusalRow(
                401...401, scope: .stop, kind: .auth, "it does not accept the key",
                "let WHISPERX_API_KEY or WHISPERX_API_KEY_FILE be a key of the service"))
        return Refusal.failure(response, by: dialect.title, own: own)
    }

    private struct Body: Decodable { let detail: [FieldProblem]? }
}
