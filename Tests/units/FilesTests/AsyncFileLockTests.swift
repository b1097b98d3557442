// AsyncFileLockTests: tasks that wait for a lock on a file.
import Foundation
import Records
import Synchronization
import System
import TestSupport
import Testing

@testable import Files

@Suite("Locks that tasks wait for", .timeLimit(.minutes(1)))
struct AsyncFileLockTests {
    private let place = TemporaryDirectory()
    private var path: String { place["lock"] }

    private func lock(_ path: String) -> AsyncFileLock {
        AsyncFileLock(path: path) { Failure(.stop, .storage, "lock it: \($0.reason)") }
    }

    @Test("one task works at a time, and each of them does")
    func oneAtATime() async throws {
        final class Count: Sendable {
            let now = Atomic(0)
            let all = Atomic(0)
        }
        let count = Count()
        // Each has the file open for itself, as processes have.
        try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<20 {
                group.addTask {
                    try await lock(path).withLock { () async throws(Failure) in
                        let now = count.now.add(1, ordering: .relaxed).newValue
                        await Task.yield()
                        count.now.subtract(1, ordering: .relaxed)
                        count.all.add(1, ordering: .relaxed)
                        return now
                    }
                }
            }
            for try await now in group { #expect(now == 1) }
        }
        #expect(count.all.load(ordering: .relaxed) == 20)
    }

    @Test("a task that is cancelled gives up its wait, and a failure gives the lock back")
    func givesUp() async throws {
        guard let held = try lock(path).takeNow() else {
            Issue.record("it is taken")
            return
        }
        let waiting = Task { try await lock(path).withLock { () async throws(Failure) in true } }
        waiting.cancel()
        await #expect(throws: Failure.cancelled) { try await waiting.value }
        _ = consume held
        let failure = Failure(.item, .input, "work")
        await #expect(throws: failure) {
            try await lock(path).withLock { () async throws(Failure) in throw failure }
        }
        let isFree = try lock(path).takeNow() != nil
        #expect(isFree)
    }

    @Test("a lock that cannot be made says so")
    func unusable() async {
        let failure = await #expect(throws: Failure.self) {
            try await lock("/nowhere/lock").withLock { () async throws(Failure) in }
        }
        #expect(failure?.message == "lock it: No such file or directory")
    }
}
