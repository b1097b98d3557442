// Exchange: one attempt, as the event loop gets it and as it comes back.
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
    /// Where a body goes once its head is known.
    enum Destination: Sendable {
        /// Into memory: at most so many bytes; what goes beyond is an error, or else cut off.
        case memory(limit: Int, isCut: Bool)
        /// Into the file, which may not become longer than the limit.
        case part(PartFile, limit: Int)
        /// Nowhere: the head is not what it must be.
        case none(Breakdown.Reason)
    }

    var method: Method
    var address: Address
    var headers: [Header]
    var body: Request.Body
    /// Seconds for all of it; `nil` where only silence counts.
    var timeout: Double?
    /// libcurl would send a request again by itself when a kept connection turns out dead.
    var isOnFreshConnection: Bool
    /// Asked once, on the event loop's thread.
    var destination: @Sendable (Head) -> Destination
    /// Told at the moment when the head is whole, on the event loop's thread.
    var onHead: @Sendable (Head) -> Void
}

/// What an attempt that libcurl calls a success came to.
enum Reply: Sendable {
    case memory(Response)
    case part(Head)
}

/// Why an attempt came to nothing.
struct Breakdown: Error, Sendable {
    enum Reason: Sendable {
        /// libcurl's code, and errno's words where it has some.
        case code(UInt32, String)
        /// Found out by us; trying again may help or not.
        case failure(Failure, isFinal: Bool)
        case cancelled
    }

    var reason: Reason
    /// Whether any of the request went out, so that the service may have counted it.
    var wasSent: Bool
    /// Whether a reply's head came.
    var hadHead: Bool
}
