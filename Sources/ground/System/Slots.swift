// Slots: a bound on how many tasks work at a time.

/// Lets a number of tasks work at a time; the others wait for a slot without a thread.
public actor Slots {
    private var free: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []

    /// Makes so many slots, at least one.
    public init(_ count: Int) { free = max(1, count) }

    /// Works once there is a slot, unless the task was cancelled by then.
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
