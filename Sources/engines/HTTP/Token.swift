// Token: an access token and its lifetime.

/// An access token.
public struct Token: Sendable, Equatable, Codable {
    /// The value for the `Authorization` header; never for a log.
    public var value: String
    /// The time when it expires, in seconds since the epoch.
    public var expires: Double
    /// The scopes, as the service spells them.
    public var scope: String?

    /// Makes a token.
    public init(value: String, expires: Double, scope: String? = nil) {
        self.value = value
        self.expires = expires
        self.scope = scope
    }
}
