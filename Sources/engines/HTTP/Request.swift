// Request: a request to a service, and the rules of its attempts.
public import Records

/// A header line.
public struct Header: Sendable, Equatable {
    /// The name, in any case.
    public let name: String
    /// The value.
    public let value: String

    /// Makes a header line.
    public init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}

/// The method of a request.
public enum Method: String, Sendable {
    case get = "GET"
    case post = "POST"
    case put = "PUT"
    case patch = "PATCH"
    case delete = "DELETE"
}

/// One request.
public struct Request: Sendable {
    /// The body of a request.
    public enum Body: Sendable {
        case empty
        case bytes([UInt8])
        case parts([Part])

        /// The number of bytes that are sent.
        public var length: Int {
            switch self {
            case .empty: 0
            case .bytes(let bytes): bytes.count
            case .parts(let parts): parts.reduce(0) { $0 + $1.length }
            }
        }
    }

    /// A piece of a body.
    ///
    /// A file is read while it is sent, from an offset and for a length, even if it has grown.
    public enum Part: Sendable {
        case bytes([UInt8])
        case file(path: String, offset: Int, length: Int)

        /// The number of bytes that are sent.
        public var length: Int {
            switch self {
            case .bytes(let bytes): bytes.count
            case .file(_, _, let length): length
            }
        }
    }

    /// Gives the permission for each attempt, so that a budget counts retries too.
    public typealias Gate = @Sendable () async throws(Failure) -> Permit

    /// The method.
    public var method: Method
    /// The address; `http` only to this machine and to ``Client/Settings/plainHosts``.
    public var url: String
    /// Header lines besides those that follow from the body.
    public var headers: [Header]
    /// The body.
    public var body: Body
    /// The timeout for one attempt; `nil` for the client's, which counts only silence for large
    /// bodies and downloads.
    public var timeout: Duration?
    /// The token of the `Authorization` header; never leaves the request's own host.
    public var bearer: String?
    /// Statuses that are answers here, though they are temporary errors elsewhere.
    public var acceptedStatuses: Set<Int> = []
    /// True when temporary failures are tried again: those of the network, and 408, 429, 500, 502,
    /// 503, 504.
    public var isRetried = true
    /// Tells whether another attempt may help after an answer, for services that tell more than a
    /// status; `nil` leaves it to the status.
    public var isWorthAnother: (@Sendable (Response) -> Bool?)?
    /// The rate budget.
    public var gate: Gate?

    /// True when the path is a key, as with the address of a webhook: no log has it.
    public var hasSecretPath = false
    /// True when redirects are followed; else the redirect is the answer.
    public var followsRedirects = true

    /// True when it holds a credential that others could use.
    var isSecret: Bool {
        bearer != nil || hasSecretPath
            || ["authorization", "api-key"].contains { headers.value(of: $0) != nil }
    }

    /// Makes a request.
    public init(
        _ method: Method, _ url: String, headers: [Header] = [], body: Body = .empty,
        timeout: Duration? = nil
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.timeout = timeout
    }
}
