// Failure: an error with its scope, its kind and its remedy.

/// A failure that concerns one record, this moment, or the whole line.
///
/// The message is the tail of `tool: unable to VERB OBJECT: reason`, so it starts with the verb, as
/// in `"fetch recording 4012: the service answered 404"`. It never holds a token, a telephone
/// number, a session address or the text of a transcript.
public struct Failure: Error, Sendable, Equatable {
    /// The scope of a failure; the `error.class` of `callpipe-record(5)`.
    public enum Scope: String, Sendable {
        /// This record fails for good.
        case item
        /// This record fails now; a later attempt may succeed.
        case temporary
        /// Every record would fail, so the line stops and nothing is marked.
        case stop
    }

    /// The kind of a failure; the `error.kind` of `callpipe-record(5)`.
    public enum Kind: String, Sendable, CaseIterable {
        case auth, permission
        case notFound = "not_found"
        case gone
        case rateLimit = "rate_limit"
        case quota, network, timeout, server
        case badResponse = "bad_response"
        case audio, engine, storage, integrity, input
        /// There is less room than must stay free; it stops the line before anything is written.
        case space
        /// A setting is missing or unusable; it stops the line, so no record has it.
        case configuration
        case `internal`

        /// The kinds that a record can carry; the others stop the line.
        public static let ofRecords = allCases.filter { $0 != .space && $0 != .configuration }
    }

    /// The scope.
    public var scope: Scope
    /// The kind.
    public var kind: Kind
    /// `VERB OBJECT: reason`, without private values.
    public var message: String
    /// The remedy, a sentence without its full stop; empty when none is known.
    public var remedy: String
    /// The HTTP status of the service's answer, when there was one.
    public var status: Int?
    /// The wait in seconds that the service asked for.
    public var retryAfter: Double?
    /// The member of the record, such as `audio`, whose file on the disk is missing or is not what
    /// the record says: the stage that makes it has to make it again.
    public var file: String?
    /// True when SQLite could not read or write the checkpoint.
    public var isOfCheckpoint = false

    /// Makes a failure; the message reads on after "unable to".
    public init(
        _ scope: Scope, _ kind: Kind, _ message: String, remedy: String = "", status: Int? = nil,
        retryAfter: Double? = nil, file: String? = nil
    ) {
        self.scope = scope
        self.kind = kind
        self.message = message
        self.remedy = remedy
        self.status = status
        self.retryAfter = retryAfter
        self.file = file
    }
}

extension Failure {
    /// A member of a record has another form than the manual says.
    static func form(of member: String) -> Failure {
        Failure(
            .item, .input,
            "read member \"\(member)\": it has not the form of callpipe-record(5)")
    }
}

extension Failure: CustomStringConvertible {
    /// `unable to VERB OBJECT: reason; remedy`.
    public var description: String {
        "unable to \(message)" + (remedy.isEmpty ? "" : "; \(remedy)")
    }
}
