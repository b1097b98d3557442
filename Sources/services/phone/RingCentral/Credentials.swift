// Credentials: the application's id and secret and the user's JWT, from the environment.
internal import Crypto
internal import FoundationEssentials
internal import HTTP
import Records

/// The application's id and secret, and the JWT that stands for the user.
///
/// The JWT is made in the Developer Console. It is sent as it is, and to the token endpoint only.
struct Credentials: Sendable {
    private let clientID: String
    private let clientSecret: String
    private let jwt: String

    init(_ environment: Environment) throws(Failure) {
        clientID = try environment.required(
            "RINGCENTRAL_CLIENT_ID", "RC_APP_CLIENT_ID", "RC_CLIENT_ID")
        clientSecret = try environment.requiredSecret(
            "RINGCENTRAL_CLIENT_SECRET", "RC_APP_CLIENT_SECRET", "RC_CLIENT_SECRET")
        jwt = try environment.requiredSecret(
            "RINGCENTRAL_JWT_TOKEN", "RINGCENTRAL_JWT", "RC_USER_JWT", "RC_JWT", "RC_JWT_TOKEN")
    }

    /// The value of the `Authorization` header at the token endpoint.
    var basic: String { "Basic " + Data("\(clientID):\(clientSecret)".utf8).base64EncodedString() }

    /// The JWT grant as a form; see
    /// https://developers.ringcentral.com/guide/authentication/jwt-flow.
    var form: [UInt8] {
        let grant = "urn:ietf:params:oauth:grant-type:jwt-bearer"
        return Array(
            "grant_type=\(PercentEncoding.text(grant))&assertion=\(PercentEncoding.text(jwt))".utf8)
    }

    /// A hash that tells accounts apart by which the service counts requests.
    func account(at server: String) -> String {
        Digest.sha256(Array("\(server)\n\(clientID)\n\(jwt)".utf8))
    }

    /// A hash over everything that a login needs: a process with a wrong secret must not find a
    /// token in the cache.
    func login(at server: String) -> String {
        Digest.sha256(Array("\(account(at: server))\n\(clientSecret)".utf8))
    }
}
