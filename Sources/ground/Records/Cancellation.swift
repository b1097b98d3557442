// Cancellation: work on threads of their own, and its end, as failures.
public import System

extension Failure {
    /// The task was cancelled; it tells nothing of the record, which is to be dropped.
    public static let cancelled = Failure(
        .stop, .internal, "go on: the run is being stopped")
}

extension Cancellation {
    /// Ends the work with a failure when the task that waits for it was cancelled.
    public func check() throws(Failure) {
        if isCancelled { throw .cancelled }
    }
}

extension OwnThread {
    /// Runs work that blocks, such as hashing or waiting for a lock, on a thread made for it.
    ///
    /// The threads that all tasks share stay free.
    ///
    /// - Throws: The failure of the work; ``Failure/cancelled`` when the task was cancelled.
    public static func blocking<Value: Sendable>(
        _ work: @escaping @Sendable () throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        do {
            return try await run { _ in try work() }
        } catch let failure as Failure {
            throw failure
        } catch {
            throw .cancelled
        }
    }
}
