// Turnstile: one at a time, among all processes of the host.
internal import Files
internal import HTTP
internal import Records

/// A lock on a file that is waited for without blocking a thread.
struct Turnstile: Sendable {
    private let path: String

    init(path: String) {
        self.path = path
    }

    /// Does the work while nobody else does, in this process or another.
    ///
    /// The wait is a series of tries: a call that blocks would hold up a thread of the pool that
    /// has to take the replies of the network.
    nonisolated(nonsending) func pass<Result: Sendable>(
        _ work: nonisolated(nonsending) () async throws(Failure) -> Result
    ) async throws(Failure) -> Result {
        while true {
            if let lock = try take() {
                let result: Swift.Result<Result, Failure>
                do {
                    result = .success(try await work())
                } catch {
                    result = .failure(error)
                }
                _ = consume lock
                return try result.get()
            }
            try await Pause.seconds(0.01)
        }
    }

    private func take() throws(Failure) -> FileLock? {
        do {
            return try FileLock.take(path)
        } catch {
            throw PrivateFile.failure("lock", path, error)
        }
    }
}
