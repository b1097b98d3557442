// Refusal: the meaning of an HTTP status that is no success, for the record and for the line.
package import HTTP
package import Records
internal import SpeechReplies

/// One row of a table of refusals: some statuses and their meaning.
package struct RefusalRow: Sendable {
    fileprivate let statuses: [ClosedRange<Int>]
    fileprivate let scope: Failure.Scope
    fileprivate let kind: Failure.Kind
    fileprivate let reason: String
    fileprivate let remedy: String

    /// Makes a row.
    ///
    /// - Parameters:
    ///   - statuses: The statuses that it is for.
    ///   - scope: The records that the refusal concerns.
    ///   - kind: The kind of failure.
    ///   - reason: The end of the message: `it does not accept the key`.
    ///   - remedy: The operator's next step.
    package init(
        _ statuses: ClosedRange<Int>..., scope: Failure.Scope, kind: Failure.Kind,
        _ reason: String, _ remedy: String
    ) {
        self.statuses = statuses
        self.scope = scope
        self.kind = kind
        self.reason = reason
        self.remedy = remedy
    }
}

/// Turns refusals into failures.
package enum Refusal {
    /// The meaning of each status for services in general; each service's own rows come before it.
    private static let usual = [
        RefusalRow(
            401...401, scope: .stop, kind: .auth, "it does not accept the key", "check the key"),
        RefusalRow(
            402...402, scope: .stop, kind: .quota, "the account's credit is used up",
            "pay in, then run again"),
        RefusalRow(
            403...403, scope: .stop, kind: .permission, "it refuses access",
            "let the service admit this machine and this key"),
        RefusalRow(
            300...399, 404...405, 501...501, scope: .stop, kind: .configuration,
            "there is no such service at the address", "check --url and --dialect"),
        RefusalRow(
            411...411, 414...414, scope: .stop, kind: .configuration,
            "the request does not arrive complete",
            "shorten --prompt, and check the proxy before the service"),
        RefusalRow(
            400...400, 415...415, 422...422, scope: .item, kind: .audio,
            "it cannot read the sound",
            "play the file of audio.path; transcribe it by another engine"),
        RefusalRow(
            413...413, scope: .item, kind: .audio, "the file is too large for it",
            "let the service accept larger files, or use another engine"),
        RefusalRow(
            408...408, 504...504, scope: .temporary, kind: .timeout,
            "it did not answer in time", "run again later, with fewer --jobs"),
        RefusalRow(
            429...429, scope: .temporary, kind: .rateLimit, "it wants fewer requests",
            "run again later, with fewer --jobs"),
        RefusalRow(
            409...409, 500...599, scope: .temporary, kind: .server, "it has a failure",
            "read its log if it is yours, then run again"),
        RefusalRow(
            0...999, scope: .temporary, kind: .badResponse, "no service answers like that",
            "check --url and --dialect"),
    ]

    /// The failure that a refusal means.
    ///
    /// - Parameters:
    ///   - response: The refusal.
    ///   - title: The service.
    ///   - code: The service's own code, shown behind the status.
    ///   - own: The service's own rows, the first that fits before all others.
    /// - Returns: A failure with the status and the wait that the service asks for.
    package static func failure(
        _ response: Response, by title: String, code: String? = nil, own: [RefusalRow]
    ) -> Failure {
        let status = response.status
        let row = (own + usual).first { $0.statuses.contains { $0.contains(status) } } ?? usual[0]
        let shown = [String(status), code].compactMap { $0 }.joined(separator: " ")
        return Failure(
            row.scope, row.kind, "transcribe by \(title): \(row.reason) (\(shown))",
            remedy: row.remedy, status: status, retryAfter: response.retryAfter)
    }
}

/// The message of FastAPI about one field: `{"loc":["body","model"],…}`.
package struct FieldProblem: Decodable, Sendable {
    private let loc: [LenientText]?

    /// The name of the field, if it is a word.
    package var field: String? { loc?.last?.text.flatMap(ServiceID.code) }
}
