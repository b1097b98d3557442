// OwnThread: work that blocks for minutes, kept off the threads that all tasks share.
internal import Glibc
internal import Records
internal import Synchronization

/// Whether the task that waits for a thread was cancelled.
package final class Cancellation: Sendable {
    private let flag = Atomic<Bool>(false)
    private let reaction = Mutex<(@Sendable () -> Void)?>(nil)

    package var isCancelled: Bool { flag.load(ordering: .relaxed) }

    /// Ends the work with a failure that only says that nobody waits for it.
    func check() throws(Failure) {
        if isCancelled { throw Failure(.stop, .internal, "go on: the work was cancelled") }
    }

    /// What to do at once when the task is cancelled; `nil` for nothing any more.
    func react(_ body: (@Sendable () -> Void)?) {
        reaction.withLock { $0 = body }
        if isCancelled { body?() }
    }

    func cancel() {
        flag.store(true, ordering: .relaxed)
        reaction.withLock { $0?() }
    }
}

package enum OwnThread {
    /// Runs the work on a thread made for it, and waits without blocking another.
    package static func run<Value: Sendable>(
        _ work: @escaping @Sendable (Cancellation) throws -> Value
    ) async throws -> Value {
        let cancellation = Cancellation()
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let job = Job { continuation.resume(returning: Result { try work(cancellation) }) }
                // Where no thread can be had, the work is done on this one.
                if !start(job) { job.body() }
            }
        } onCancel: {
            cancellation.cancel()
        }
        try Task.checkCancellation()
        return try result.get()
    }

    private final class Job: Sendable {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }

    /// Begins work that nobody waits for; says whether there is a thread for it.
    static func begin(_ work: @escaping @Sendable () -> Void) -> Bool { start(Job(work)) }

    private static func start(_ job: Job) -> Bool {
        var thread = pthread_t()
        let context = unsafe Unmanaged.passRetained(job)
        let status = unsafe pthread_create(
            &thread, nil,
            { context in
                guard let context = unsafe context else { return nil }
                unsafe Unmanaged<Job>.fromOpaque(context).takeRetainedValue().body()
                return nil
            }, context.toOpaque())
        guard status == 0 else {
            unsafe context.release()
            return false
        }
        pthread_detach(thread)
        return true
    }
}

/// Lets so many tasks work at once; the others wait their turn without a thread.
public actor Slots {
    private var free: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []

    /// As many as may work, at least one.
    public init(_ count: Int) { free = max(1, count) }

    /// Works when there is a turn for it, unless nobody wants that any more by then.
    public nonisolated func use<Value: Sendable>(
        _ work: @Sendable () async throws -> Value
    ) async throws -> Value {
        await take()
        do {
            try Task.checkCancellation()
            let value = try await work()
            await give()
            return value
        } catch {
            await give()
            throw error
        }
    }

    private func take() async {
        if free > 0 {
            free -= 1
        } else {
            await withCheckedContinuation { waiting.append($0) }
        }
    }

    private func give() {
        if waiting.isEmpty { free += 1 } else { waiting.removeFirst().resume() }
    }
}
