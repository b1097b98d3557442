// ServiceAccountKey: the key file of a service account, and the assertions that it signs.
internal import Crypto
internal import FoundationEssentials
internal import HTTP
public import Records
internal import System

/// A service account's key, as Google's console offers it for download.
public struct ServiceAccountKey: Sendable {
    /// The account's mail address, with which folders are shared.
    public let email: String
    /// The address of the token endpoint.
    let tokenAddress: String
    private let privateKeyID: String?
    private let privateKey: PrivateKey

    /// The audience that Google's own libraries name for every address.
    static let audience = "https://oauth2.googleapis.com/token"

    private struct Contents: Decodable {
        let type: String?
        let client_email: String?
        let private_key: String?
        let private_key_id: String?
        let token_uri: String?
    }

    /// Reads the text of a key file.
    ///
    /// - Throws: `Failure` of scope `stop`, kind `configuration`; no part of the key is in it.
    public init(_ text: [UInt8], path: String) throws(Failure) {
        guard let contents = try? JSONDecoder().decode(Contents.self, from: Data(text)) else {
            throw Self.unusable(path, "it is not the JSON of a key")
        }
        if let type = contents.type, type != "service_account" {
            throw Self.unusable(path, "it is a key of another type")
        }
        guard let email = contents.client_email, !email.isEmpty else {
            throw Self.unusable(path, "it has no \"client_email\"")
        }
        guard let pem = contents.private_key, !pem.isEmpty else {
            throw Self.unusable(path, "it has no \"private_key\"")
        }
        self.email = email
        privateKeyID = contents.private_key_id
        tokenAddress = contents.token_uri ?? Self.audience
        do {
            privateKey = try PrivateKey(pem: pem)
        } catch {
            throw Self.unusable(path, error.reason, remedy: Self.downloadKey)
        }
    }

    /// Reads a key file.
    ///
    /// Everyone who can read the file can act as the account, so the observer gets a note when
    /// every user of the host can.
    ///
    /// - Throws: `Failure` of scope `stop`, kind `configuration`.
    public init(path: String, observer: Observer?) throws(Failure) {
        let text: [UInt8]
        do {
            text = try Descriptor.contents(of: path, atMost: 1 << 20)
        } catch {
            throw Self.unusable(path, error.reason)
        }
        try self.init(text, path: path)
        if PrivateFile.isReadableByOthers(path) {
            observer?(.note("\(path) can be read by every user of this host; run chmod 600 on it"))
        }
    }

    /// The JSON Web Token that is exchanged for an access token.
    ///
    /// - Parameters:
    ///   - scopes: The scopes, separated by spaces.
    ///   - user: The user for whom the account acts, with domain-wide delegation.
    ///   - now: The time in seconds since the epoch.
    /// - Returns: Header, claims and signature, each in Base64URL, joined by dots.
    /// - Throws: `Failure` when the key cannot sign.
    func assertion(scopes: String, for user: String?, now: Int) throws(Failure) -> String {
        let header = JSON.members([
            "alg": .string("RS256"), "typ": .string("JWT"), "kid": .text(privateKeyID),
        ])
        let claims = claims(scopes: scopes, for: user, now: now)
        let signed = Base64URL.encode(header.bytes) + "." + Base64URL.encode(claims.bytes)
        do {
            return signed + "." + Base64URL.encode(try privateKey.signRS256(Array(signed.utf8)))
        } catch {
            throw Failure(
                .stop, .configuration, "sign with the service account's key: \(error.reason)",
                remedy: Self.downloadKey)
        }
    }

    /// The claims of the token, which lives for an hour.
    ///
    /// It is issued ten seconds ago, so that Google takes it from a clock that runs a little fast.
    func claims(scopes: String, for user: String?, now: Int) -> JSON {
        let issued = now - 10
        return .members([
            "iss": .string(email), "scope": .string(scopes),
            "aud": .string(
                Address(tokenAddress)?.isLoopback == true ? tokenAddress : Self.audience),
            "iat": .int(issued), "exp": .int(issued + 3600), "sub": .text(user),
        ])
    }

    /// A text that tells keys of the same account apart; it is no secret.
    var identity: String { [email, privateKeyID ?? ""].joined(separator: " ") }

    private static let downloadKey = "download a new key file for the service account"

    private static func unusable(
        _ path: String, _ reason: String,
        remedy: String = "let GOOGLE_SERVICE_ACCOUNT_FILE name the JSON key file of the account"
    ) -> Failure {
        Failure(
            .stop, .configuration, "read the service account's key \(path): \(reason)",
            remedy: remedy)
    }
}
