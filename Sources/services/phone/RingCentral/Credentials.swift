// Credentials: who we are to RingCentral, from the environment, under the names that others use.
internal import Crypto
internal import FoundationEssentials
internal import HTTP
import Records

/// The application's id and secret, and the JWT that stands for the user.
///
/// The JWT is made in the Developer Console; it is handed in as it is and only ever to the token
/// endpoint.
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

    /// What the service counts requests by, as a text from which nothing can be told.
    func account(at server: String) -> String {
        Digest.sha256(Array("\(server)\n\(clientID)\n\(jwt)".utf8))
    }

    /// What a token was got with: whoever has the wrong secret must not find one in the cache.
    func login(at server: String) -> String {
        Digest.sha256(Array("\(account(at: server))\n\(clientSecret)".utf8))
    }
}

extension Account {
    /// The configured server, without a slash at its end.
    static func server(_ environment: Environment) throws(Failure) -> String {
        var server =
            environment.value("RINGCENTRAL_SERVER_URL", "RC_SERVER_URL")
            ?? "https://platform.ringcentral.com"
        while server.hasSuffix("/") { server.removeLast() }
        return server
    }

    /// Seconds between two Heavy requests, for those who want them spread out.
    static func minimumInterval(_ environment: Environment) throws(Failure) -> Double {
        guard let text = environment.value("RINGCENTRAL_MIN_INTERVAL") else { return 0 }
        guard let seconds = Double(text), (0...3600).contains(seconds) else {
            throw Failure(
                .stop, .configuration,
                "use RINGCENTRAL_MIN_INTERVAL: it is not a number of seconds from 0 to 3600",
                remedy: "set it to seconds, such as 6.5, or leave it out")
        }
        return seconds
    }

    /// Which limit the service counts insights against.
    static func insightsGroup(_ environment: Environment) throws(Failure) -> InsightsGroup {
        guard let text = environment.value("RINGCENTRAL_INSIGHTS_GROUP") else { return .light }
        guard let group = InsightsGroup(rawValue: text.lowercased()) else {
            throw Failure(
                .stop, .configuration,
                "use RINGCENTRAL_INSIGHTS_GROUP: it is neither light nor heavy",
                remedy: "set it to one of them, or leave it out")
        }
        return group
    }
}
