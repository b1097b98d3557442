// Access: the tokens of a checkpoint, made, listed, revoked and recognised.
public import Checkpoint
internal import Crypto
public import Records

/// The tokens with which programs ask the web service.
///
/// A token is 256 random bits. The checkpoint has its SHA-256: nobody finds such a token by its hash,
/// so a slow hash, as for passwords, would add nothing.
public final class Access {
    private let checkpoint: Checkpoint
    private static let columns = "name, scope, made_at, expires_at, revoked_at, hash"

    /// The letters before a token, by which scanners for secrets know it.
    private static let prefix = "cp_"
    /// The length of a token: the prefix and 32 bytes in base64.
    private static let length = 46

    /// Takes an open checkpoint.
    public init(_ checkpoint: Checkpoint) {
        self.checkpoint = checkpoint
    }

    /// Makes a token; a line of the audit chain tells it.
    ///
    /// - Parameters:
    ///   - name: Its name, unique among those that are not revoked.
    ///   - scope: The things that it allows.
    ///   - lifetime: The seconds from now after which it is refused.
    /// - Returns: The token itself, which is stored nowhere.
    /// - Throws: `Failure`; of scope `item`, kind `input`, for a name that is taken.
    public func make(
        _ name: String, _ scope: AccessScope, for lifetime: Double
    ) throws -> String {
        var random = SystemRandomNumberGenerator()
        let token =
            Access.prefix
            + Base64URL.encode((0..<32).map { _ in UInt8.random(in: 0...255, using: &random) })
        let expires = Timestamp.now.adding(seconds: lifetime).text
        try checkpoint.transaction {
            try checkpoint.begin()
            if try isTaken(name) {
                throw Failure(
                    .item, .input, "make token \(name): there is one of that name",
                    remedy: "revoke it first, or choose another name")
            }
            try checkpoint.database.run(
                """
                INSERT INTO tokens(name, scope, hash, made_at, expires_at)
                VALUES (:name, :scope, :hash, :now, :expires)
                """,
                [
                    ":name": name, ":scope": scope.rawValue, ":hash": Access.hash(token),
                    ":now": checkpoint.now, ":expires": expires,
                ])
            let detail = JSON.members([
                "name": .string(name), "scope": .string(scope.rawValue),
                "expires_at": .string(expires),
            ])
            try Audit(checkpoint).append(.tokenMade, nil, detail: detail.text)
        }
        return token
    }

    /// Revokes the token of a name; a line of the audit chain tells it.
    ///
    /// - Returns: False when no token of that name is in force.
    /// - Throws: `Failure` of scope `stop`.
    public func revoke(_ name: String) throws -> Bool {
        try checkpoint.transaction {
            try checkpoint.begin()
            guard try isTaken(name) else { return false }
            try checkpoint.database.run(
                "UPDATE tokens SET revoked_at = ?2 WHERE name = ?1 AND revoked_at IS NULL", name,
                checkpoint.now)
            try Audit(checkpoint).append(
                .tokenRevoked, nil, detail: JSON.members(["name": .string(name)]).text)
            return true
        }
    }

    /// All tokens, the newest first.
    ///
    /// - Throws: `Failure` of scope `stop`.
    public func tokens() throws(Failure) -> [AccessToken] {
        try Statement(
            checkpoint.database, "SELECT \(Access.columns) FROM tokens ORDER BY number DESC"
        ).all(Access.token)
    }

    /// The token that a text is, whatever its state; `nil` for any other text.
    ///
    /// - Throws: `Failure` of scope `stop`.
    public func token(_ text: String) throws(Failure) -> AccessToken? {
        // Only a text of that form is hashed: a client must not cost more by longer texts.
        guard text.utf8.count == Access.length, text.hasPrefix(Access.prefix) else { return nil }
        let hash = Access.hash(text)
        let question = try Statement(
            checkpoint.database, "SELECT \(Access.columns) FROM tokens WHERE hash = ?1")
        try question.bind(hash)
        let found = try question.first { row throws(Failure) in
            (token: try Access.token(row), hash: try row.text(5))
        }
        guard let found, Access.isEqual(found.hash, hash) else { return nil }
        return found.token
    }

    private func isTaken(_ name: String) throws(Failure) -> Bool {
        let question = try Statement(
            checkpoint.database, "SELECT 1 FROM tokens WHERE name = ?1 AND revoked_at IS NULL")
        try question.bind(name)
        return try question.step()
    }

    private static func token(_ row: borrowing Statement) throws(Failure) -> AccessToken {
        AccessToken(
            name: try row.text(0), scope: AccessScope(rawValue: try row.text(1)) ?? .read,
            madeAt: try row.text(2), expiresAt: try row.text(3), revokedAt: try row.string(4))
    }

    private static func hash(_ token: String) -> String { Digest.sha256(Array(token.utf8)) }

    /// Compares in a time that does not depend on the place of the first difference.
    private static func isEqual(_ a: String, _ b: String) -> Bool {
        let (a, b) = (Array(a.utf8), Array(b.utf8))
        guard a.count == b.count else { return false }
        return zip(a, b).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }
}
