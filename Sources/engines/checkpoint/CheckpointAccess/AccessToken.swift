// AccessToken: what is known of a token: its name, its scope and its times.
public import Records

/// The things that a token allows; each scope allows those before it as well.
public enum AccessScope: String, Sendable, CaseIterable, Comparable {
    /// To look.
    case read
    /// To have a recording done again.
    case operate
    /// To begin a job.
    case admin

    private var rank: Int {
        switch self {
        case .read: 0
        case .operate: 1
        case .admin: 2
        }
    }

    /// True when the first scope allows less than the second.
    public static func < (a: AccessScope, b: AccessScope) -> Bool { a.rank < b.rank }
}

/// A token as the checkpoint knows it.
public struct AccessToken: Sendable, Equatable {
    /// The state of a token.
    public enum State: String, Sendable {
        case valid, expired, revoked
    }

    /// The name that its maker gave it.
    public let name: String
    /// The things that it allows.
    public let scope: AccessScope
    /// The time when it was made.
    public let madeAt: String
    /// The time from which on it is refused.
    public let expiresAt: String
    /// The time when it was revoked.
    public let revokedAt: String?

    /// Its state at a time; a time that cannot be read is over.
    public func state(at now: Timestamp = .now) -> State {
        if revokedAt != nil { return .revoked }
        guard let end = Timestamp(expiresAt), now < end else { return .expired }
        return .valid
    }

    /// The token as an object.
    public var json: JSON {
        .members([
            "name": .string(name), "scope": .string(scope.rawValue),
            "state": .string(state().rawValue), "made_at": .string(madeAt),
            "expires_at": .string(expiresAt), "revoked_at": .text(revokedAt),
        ])
    }
}
