// Exchange: one attempt, as the event loop gets it and gives it back.
internal import Files
internal import Records

/// The head of a reply.
struct Head: Sendable {
    var status: Int
    var headers: [Header] = []

    var isSuccess: Bool { (200..<300).contains(status) }
}

/// One request and its one reply.
struct Exchange: Sendable {
    /// The destination of a body, chosen when the head is known.
    enum Destination: Sendable {
        /// Memory, for so many bytes at most; a longer body is an error, or is cut off.
        case memory(limit: Int, isCut: Bool)
        /// The file, which may not become longer than the limit.
        case part(PartFile, limit: Int)
        /// None, since the head is not right.
        case none(Breakdown.Reason)
    }

    var method: Method
    var address: Address
    var headers: [Header]
    var body: Request.Body
    /// The timeout for the whole attempt in seconds; `nil` for one that counts only silence.
    var timeout: Double?
    /// True for a new connection: on a kept one that is dead, libcurl would send the request again
    /// by itself.
    var isOnFreshConnection: Bool
    /// True when the path is a key, which no log may have.
    var hasSecretPath = false
    /// Chooses the destination, once, on the event loop's thread.
    var destination: @Sendable (Head) -> Destination
    /// Gets the head at the moment when it is whole, on the event loop's thread.
    var onHead: @Sendable (Head) -> Void
}

/// The result of an attempt that libcurl calls a success.
enum Reply: Sendable {
    case memory(Response)
    case part(Head)
}

/// The reason why an attempt failed.
struct Breakdown: Error, Sendable {
    enum Reason: Sendable {
        /// libcurl's code, with the words of errno or of libcurl.
        case code(UInt32, String)
        /// A failure that callpipe found; another attempt may help unless it is final.
        case failure(Failure, isFinal: Bool)
        case cancelled
    }

    var reason: Reason
    /// True when a part of the request was sent, so that the service may have counted it.
    var wasSent: Bool
    /// True when the head of a reply came.
    var hadHead: Bool
}
