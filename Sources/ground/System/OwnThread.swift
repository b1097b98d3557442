// OwnThread: work that blocks, kept off the threads that all tasks share.
internal import Glibc
internal import Synchronization

/// Tells work on a thread that the task waiting for it was cancelled.
public final class Cancellation: Sendable {
    private let flag = Atomic<Bool>(false)
    private let reaction = Mutex<(@Sendable () -> Void)?>(nil)

    /// Makes one that is not cancelled.
    public init() {}

    /// True once the task was cancelled.
    public var isCancelled: Bool { flag.load(ordering: .relaxed) }

    /// Sets the work to do at once when the task is cancelled; `nil` for none.
    public func react(_ body: (@Sendable () -> Void)?) {
        reaction.withLock { $0 = body }
        if isCancelled { body?() }
    }

    /// Cancels the work.
    public func cancel() {
        flag.store(true, ordering: .relaxed)
        reaction.withLock { $0?() }
    }
}

/// Threads that are made for one piece of work.
public enum OwnThread {
    /// Runs the work on a thread made for it, and waits without blocking another.
    ///
    /// - Throws: The error of the work; `CancellationError` when the task was cancelled.
    public static func run<Value: Sendable>(
        _ work: @escaping @Sendable (Cancellation) throws -> Value
    ) async throws -> Value {
        let cancellation = Cancellation()
        let once = Once(work)
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let body: @Sendable () -> Void = {
                    continuation.resume(returning: once.run(cancellation))
                }
                // Where no thread can be had, the work is done on this one.
                do { try begin(body) } catch { body() }
            }
        } onCancel: {
            cancellation.cancel()
        }
        try Task.checkCancellation()
        return try result.get()
    }

    /// Begins work on a thread of its own, which ends with the work.
    ///
    /// The corresponding C function is `pthread_create`.
    ///
    /// - Throws: `SystemError` when there is no thread for it; the work is not begun.
    public static func begin(_ work: @escaping @Sendable () -> Void) throws(SystemError) {
        var thread = pthread_t()
        let context = unsafe Unmanaged.passRetained(Work(work))
        let code = unsafe pthread_create(
            &thread, nil,
            { context in
                guard let context = unsafe context else { return nil }
                unsafe Unmanaged<Work>.fromOpaque(context).takeRetainedValue().body()
                return nil
            }, context.toOpaque())
        guard code == 0 else {
            unsafe context.release()
            throw SystemError(code: code)
        }
        pthread_detach(thread)
    }

    /// Lets go of the work, and of the locks and files that it holds, before its task goes on.
    private final class Once<Value: Sendable>: Sendable {
        private let work: Mutex<(@Sendable (Cancellation) throws -> Value)?>

        init(_ work: @escaping @Sendable (Cancellation) throws -> Value) {
            self.work = Mutex(work)
        }

        func run(_ cancellation: Cancellation) -> Result<Value, any Error> {
            guard let work = work.withLock({ $0.take() }) else {
                return .failure(CancellationError())
            }
            return Result { try work(cancellation) }
        }
    }

    private final class Work: Sendable {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }
}
