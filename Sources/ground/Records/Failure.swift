// Failure: what went wrong, whom it concerns and what helps, decided where it is understood.

/// A failure that knows whether it concerns one record, this moment, or the whole line.
///
/// The message is the tail of `tool: unable to VERB OBJECT: reason`, so it starts with the verb
/// (`"fetch recording 4012: the service answered 404"`). It never holds a token, a telephone
/// number, a session address or the text of a transcript.
public struct Failure: Error, Sendable, Equatable {
    /// Whom the failure concerns; the `error.class` of `callpipe-record(5)`.
    public enum Scope: String, Sendable {
        /// This record, for good.
        case item
        /// This record, now: try later.
        case temporary
        /// Every record: no other can escape it, so the line stops and nothing is marked.
        case stop
    }

    /// What kind of thing failed; the `error.kind` of `callpipe-record(5)`.
    public enum Kind: String, Sendable {
        case auth, permission
        case notFound = "not_found"
        case gone
        case rateLimit = "rate_limit"
        case quota, network, timeout, server
        case badResponse = "bad_response"
        case audio, engine, storage, integrity, input
        /// Less room than has to stay free; only ever stops the line, before anything is written.
        case space
        /// A setting is missing or unusable; only ever stops the line, so no record carries it.
        case configuration
        case `internal`
    }

    /// Whom it concerns.
    public var scope: Scope
    /// What kind of thing failed.
    public var kind: Kind
    /// `VERB OBJECT: reason`, without private values.
    public var message: String
    /// What the user can do about it, a sentence without its full stop; empty if nothing is known.
    public var remedy: String
    /// The HTTP status that the service answered, when there was an answer.
    public var status: Int?
    /// The wait in seconds that the service asked for.
    public var retryAfter: Double?
    /// The member of the record, such as `audio`, whose file on the disk is missing or is not what
    /// the record says: the stage that makes it has to make it again.
    public var file: String?

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
