// Severity: how much a failure matters, and which part it is about, from its class and its kind.

/// The weight of a failure, in the words of the replaced systems.
public enum Severity: String, Sendable, CaseIterable {
    /// A later attempt will most likely succeed.
    case low = "LOW"
    /// One recording failed, or an attempt failed for a reason that may last.
    case medium = "MEDIUM"
    /// A recording or a file may be lost, or the run ended early for a reason that may pass.
    case high = "HIGH"
    /// The run ended early, and no later run will succeed before somebody mends the cause.
    case critical = "CRITICAL"

    /// Weighs a failure.
    public init(_ scope: Failure.Scope, _ kind: Failure.Kind) {
        switch (scope, kind) {
        case (.stop, .network), (.stop, .timeout), (.stop, .server), (.stop, .rateLimit):
            self = .high
        case (.stop, _): self = .critical
        case (.item, .gone), (.item, .integrity), (.item, .storage), (.item, .internal):
            self = .high
        case (.item, _): self = .medium
        case (.temporary, .auth), (.temporary, .permission), (.temporary, .quota),
            (.temporary, .storage), (.temporary, .integrity), (.temporary, .space),
            (.temporary, .configuration), (.temporary, .internal):
            self = .medium
        case (.temporary, _): self = .low
        }
    }
}

/// The part that a failure is about, in the words of the replaced systems.
public enum ErrorCategory: String, Sendable, CaseIterable {
    /// The credentials were refused.
    case authentication = "AUTHENTICATION"
    /// The credentials do not allow it.
    case authorization = "AUTHORIZATION"
    /// There were too many requests, or no allowance is left.
    case rateLimit = "RATE_LIMIT"
    /// There was no connection, or no answer in time.
    case network = "NETWORK"
    /// A service failed, gave an invalid answer, or does not have it.
    case api = "API"
    /// The checkpoint cannot be read or written.
    case database = "DATABASE"
    /// A file cannot be read or written, or is not what it was.
    case storage = "STORAGE"
    /// The audio cannot be decoded, the speech engine failed, or a program ended in between.
    case processing = "PROCESSING"
    /// The input or the record has an invalid value.
    case validation = "VALIDATION"
    /// A setting or the command line is wrong.
    case configuration = "CONFIGURATION"
    /// A bug.
    case system = "SYSTEM"

    /// Sorts a kind of failure.
    public init(_ kind: Failure.Kind) {
        self =
            switch kind {
            case .auth: .authentication
            case .permission: .authorization
            case .rateLimit, .quota: .rateLimit
            case .network, .timeout: .network
            case .server, .badResponse, .notFound, .gone: .api
            case .storage, .space, .integrity: .storage
            case .audio, .engine: .processing
            case .input: .validation
            case .configuration: .configuration
            case .internal: .system
            }
    }
}

extension Failure {
    /// How much it matters.
    public var severity: Severity { Severity(scope, kind) }
    /// The part that it is about.
    public var category: ErrorCategory { isOfCheckpoint ? .database : ErrorCategory(kind) }
}
