// Healthchecks: a dead man's switch, which tells when no ping comes.
//
// https://healthchecks.io/docs/http_api/
public import AlertService
internal import HTTP
public import Records

/// The address that is pinged after a whole good run; its path is the secret.
public struct Healthchecks: Sendable {
    private let address: SecretAddress

    /// Reads `CALLPIPE_PING_URL`.
    ///
    /// - Throws: `Failure` of scope `stop`, kind `configuration`.
    public init(_ environment: Environment, _ posting: Posting) throws(Failure) {
        address = try SecretAddress(
            "CALLPIPE_PING_URL", environment, posting, example: "https://hc-ping.com/UUID")
    }

    /// Pings.
    ///
    /// - Throws: `Failure`; also when the answer is 200 and does not say that the ping counted, as
    ///   `OK (not found)` does not.
    public func ping() async throws(Failure) {
        let response = try await address.send(
            to: "the dead man's switch", never: [400, 404, 409]
        ) { Request(.get, $0) }
        let answer = String(decoding: response.body.prefix(64), as: UTF8.self)
        guard answer.hasPrefix("OK ("), answer.hasSuffix(")") else { return }
        throw Failure(
            .item, .notFound, "tell the dead man's switch: it answered \(answer)",
            remedy: "let CALLPIPE_PING_URL name a check that exists")
    }
}
