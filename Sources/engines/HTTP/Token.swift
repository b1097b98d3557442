// Token: what proves to a service who is asking, and until when.

/// An access token.
public struct Token: Sendable, Equatable, Codable {
    /// What goes into the `Authorization` header; never into a log.
    public var value: String
    /// Seconds after the epoch at which it ends.
    public var expires: Double
    /// What it allows, as the service spells it.
    public var scope: String?

    /// Makes a token.
    public init(value: String, expires: Double, scope: String? = nil) {
        self.value = value
        self.expires = expires
        self.scope = scope
    }
}
