// AsyncFileLock: one task at a time, among all processes of the host.
public import Records
public import System

/// A lock on a file that tasks wait for without blocking a thread.
///
/// The wait is a series of tries: a call that blocks would hold up a thread of the pool that the
/// holder may need to go on, such as for the replies of the network.
public struct AsyncFileLock: Sendable {
    private let path: String
    private let failure: @Sendable (SystemError) -> Failure

    /// Makes a lock; no file is opened yet.
    ///
    /// - Parameters:
    ///   - path: The file, made if missing; it stays.
    ///   - failure: The failure for a file that cannot be made or locked.
    public init(path: String, failure: @escaping @Sendable (SystemError) -> Failure) {
        self.path = path
        self.failure = failure
    }

    /// Does the work while no other task of any process has the lock.
    ///
    /// - Throws: The failure of the work, that of a lock that cannot be taken, and
    ///   ``Failure/cancelled``.
    public nonisolated(nonsending) func withLock<Value: Sendable>(
        _ work: nonisolated(nonsending) () async throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        while true {
            if let lock = try takeNow() {
                let result: Result<Value, Failure>
                do {
                    result = .success(try await work())
                } catch {
                    result = .failure(error)
                }
                _ = consume lock
                return try result.get()
            }
            do {
                // Not in step with the others that wait.
                try await Task.sleep(for: .milliseconds(Int.random(in: 5...20)))
            } catch {
                throw .cancelled
            }
        }
    }

    /// Takes the lock if it is free; `nil` when another task has it.
    public func takeNow() throws(Failure) -> FileLock? {
        do {
            return try FileLock.take(path)
        } catch {
            throw failure(error)
        }
    }
}
