// OwnThreadTests: threads of their own, slots, and pipes that wake.
import Foundation
import Synchronization
import Testing

@testable import System

@Suite("Threads and pipes", .timeLimit(.minutes(1)))
struct OwnThreadTests {
    struct Refusal: Error, Equatable {}

    @Test("work gives its value or its error to the task that waits")
    func answers() async throws {
        let here = pthread_self()
        let isElsewhere = try await OwnThread.run { _ in pthread_equal(pthread_self(), here) == 0 }
        #expect(isElsewhere)
        await #expect(throws: Refusal()) { try await OwnThread.run { _ in throw Refusal() } }
    }

    @Test("the objects that work holds are gone when its task goes on")
    func letsGo() async throws {
        final class Count: Sendable {
            let alive = Atomic(0)
        }
        final class Holder: Sendable {
            let count: Count
            init(_ count: Count) {
                self.count = count
                count.alive.add(1, ordering: .sequentiallyConsistent)
            }
            deinit { count.alive.subtract(1, ordering: .sequentiallyConsistent) }
        }
        let count = Count()
        func work() -> @Sendable (Cancellation) -> Int {
            let holder = Holder(count)
            return { _ in holder.count.alive.load(ordering: .sequentiallyConsistent) }
        }
        for _ in 0..<200 {
            #expect(try await OwnThread.run(work()) == 1)
            #expect(count.alive.load(ordering: .sequentiallyConsistent) == 0)
        }
    }

    @Test("cancelled work is told at once, and its value is not waited for")
    func cancellation() async throws {
        let pipe = try PipeEnds()
        let (reading, writing) = pipe.release()
        let task = Task {
            try await OwnThread.run { cancellation in
                cancellation.react { close(writing) }
                var byte: UInt8 = 0
                // Until the reaction closes the other end.
                let count = unsafe read(reading, &byte, 1)
                return count == 0 && cancellation.isCancelled
            }
        }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        close(reading)
    }

    @Test("no more tasks work at a time than there are slots")
    func slots() async throws {
        let slots = Slots(2)
        final class Count: Sendable {
            let now = Atomic(0)
            let most = Atomic(0)
        }
        let count = Count()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<20 {
                group.addTask {
                    try await slots.use {
                        let now = count.now.add(1, ordering: .relaxed).newValue
                        count.most.max(now, ordering: .relaxed)
                        await Task.yield()
                        count.now.subtract(1, ordering: .relaxed)
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(count.most.load(ordering: .relaxed) <= 2)
        #expect(count.now.load(ordering: .relaxed) == 0)
    }

    @Test("a pipe rings any number of times, and is silent again")
    func ringing() throws {
        let pipe = try PipeEnds(isBlocking: false)
        func isReadable() throws -> Bool {
            try Descriptor.wait(for: [(pipe.reading, Int16(POLLIN))], milliseconds: 0)[0] != 0
        }
        #expect(try !isReadable())
        PipeEnds.ring(pipe.writing)
        PipeEnds.ring(pipe.writing)
        #expect(try isReadable())
        pipe.silence()
        #expect(try !isReadable())
        for _ in 0..<100_000 { PipeEnds.ring(pipe.writing) }
        #expect(try isReadable(), "a full pipe is readable, and ringing it does not wait")
    }

    @Test("a pipe closes its ends with itself, and no program inherits them")
    func ends() throws {
        var pipe = try PipeEnds()
        let (reading, writing) = (pipe.reading, pipe.writing)
        #expect(fcntl(reading, F_GETFD) == FD_CLOEXEC && fcntl(writing, F_GETFD) == FD_CLOEXEC)
        pipe.closeWriting()
        #expect(pipe.writing == -1)
        #expect(try Descriptor.wait(for: [(reading, Int16(POLLIN))], milliseconds: -1)[0] != 0)
        _ = consume pipe
        #expect(fcntl(reading, F_GETFD) == -1)
    }
}
