// Client: requests with retries, over one event loop.
public import Files
public import Records

/// Speaks HTTP/1.1 through libcurl; made once a program, used by all of its tasks.
public final class Client: Sendable {
    let settings: Settings

    /// Starts the event loop.
    public init(_ settings: Settings) throws(Failure) {
        self.settings = settings
    }

    /// One exchange with retries; any status is an answer once the attempts are used up.
    public func send(_ request: Request) async throws(Failure) -> Response {
        throw Failure(.stop, .internal, "send")
    }

    /// Streams a body to a part file.
    public func download(
        _ request: Request, to part: PartFile, limit: Int
    ) async throws(Failure) -> Download {
        throw Failure(.stop, .internal, "download")
    }
}
