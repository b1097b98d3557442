// WhisperXRefusal: what a WhisperX service says when it says no, and what that means for us.
internal import FoundationEssentials
internal import HTTP
internal import Records

/// An answer that is no success; of its text nothing is shown, as file names may be in it.
struct WhisperXRefusal: Sendable, Equatable {
    let status: Int
    /// Whether it is JSON, so that the service itself said it and nobody before it.
    let isOfService: Bool
    /// The parameter that is at fault, where one is named.
    let field: String?
    let retryAfter: Double?

    private let dialect: WhisperX.Dialect

    init(_ response: Response, _ dialect: WhisperX.Dialect) {
        let body = try? JSONDecoder().decode(Body.self, from: Data(response.body))
        status = response.status
        isOfService = response.body.first { $0 > 0x20 } == UInt8(ascii: "{")
        field = body?.detail?.first?.loc?.last?.text.flatMap { name in
            name.utf8.allSatisfy {
                UInt8(ascii: "a")...UInt8(ascii: "z") ~= $0 || $0 == UInt8(ascii: "_")
            } && name.utf8.count <= 40 ? name : nil
        }
        retryAfter = response.retryAfter
        self.dialect = dialect
    }

    /// What it means for the record and for the line.
    var failure: Failure {
        switch status {
        case 401:
            failed(.stop, .auth, "it wants a password", "let it be reached without one")
        case 403:
            failed(.stop, .permission, "it is not for us", "let it be reached from here")
        case 300..<400, 404, 405:
            failed(
                .stop, .configuration, "there is no such service at the address",
                "check --url and --dialect")
        case 400, 422:
            if let field, !["file", "audio_file"].contains(field) {
                failed(
                    .stop, .configuration, "it does not take the parameter \(field)",
                    "check --model, --language, WHISPERX_DEVICE and WHISPERX_COMPUTE_TYPE")
            } else {
                badAudio
            }
        case 415: badAudio
        case 413:
            failed(
                .item, .audio, "the file is too large for it",
                "let it take larger ones, or transcribe by another engine")
        case 408, 504:
            failed(.temporary, .timeout, "it did not answer in time", "run again")
        case 429:
            failed(
                .temporary, .rateLimit, "it wants fewer requests",
                "run again later, with fewer --jobs")
        case 500...:
            failed(
                .temporary, .server, "it has a failure", "see its log, then run again")
        default:
            failed(
                .temporary, .badResponse, "nobody expects such an answer",
                "check --url and --dialect")
        }
    }

    private var badAudio: Failure {
        failed(
            .item, .audio, "it cannot read the sound",
            "play the file of audio.path; transcribe it by another engine")
    }

    private func failed(
        _ scope: Failure.Scope, _ kind: Failure.Kind, _ reason: String, _ remedy: String
    ) -> Failure {
        Failure(
            scope, kind, "transcribe by \(dialect.title): \(reason) (\(status))", remedy: remedy,
            status: status, retryAfter: retryAfter)
    }

    private struct Body: Decodable { let detail: [Detail]? }

    /// What FastAPI says of a parameter: `{"loc":["query","language"],…}`.
    private struct Detail: Decodable { let loc: [OpenAIWords.Label]? }
}
