// Signals: SIGINT and SIGTERM as something a loop can wait for; a second one ends at once.
internal import Glibc
internal import Records
internal import Synchronization
internal import System

/// Watches for the wish that the program should end, by a signal or by its own work.
///
/// Handlers, not a thread in `sigwait`: the dispatch library lets the main thread take every signal
/// as soon as it serves the main queue, so blocked signals would end the program all the same. And
/// a program that we start inherits neither handlers nor anything blocked.
final class Signals: Sendable {
    /// Becomes readable, and stays so, when no more is to be read: for a signal, or a reason of the
    /// program's own.
    let descriptor: Int32
    /// Becomes readable, and stays so, when a signal came.
    private let alarm: Int32

    /// Takes the signals over, but those that we inherited as ignored.
    init() throws(SystemError) {
        // Open to the end of the process, as long as the handlers are there.
        let ending = try PipeEnds(isBlocking: false).release()
        let alarm = try PipeEnds(isBlocking: false).release()
        descriptor = ending.reading
        self.alarm = alarm.reading
        // All are made here and not in a handler.
        Caught.first.store(0, ordering: .sequentiallyConsistent)
        Caught.trigger.store(ending.writing, ordering: .sequentiallyConsistent)
        Caught.alarm.store(alarm.writing, ordering: .sequentiallyConsistent)
        for number in [SIGINT, SIGTERM] where !Signal.isIgnored(number) {
            Signal.handle(number, Caught.take)
        }
        // Where it is ignored, which is inherited, the kernel does not tell how a child ended.
        Signal.reset(SIGCHLD)
        // A write to a closed pipe or socket answers EPIPE instead of ending the program somewhere.
        Signal.handle(SIGPIPE) { _ in }
        // Some programs start others from a thread that blocks signals, and that is inherited.
        Signal.unblock([SIGINT, SIGTERM, SIGPIPE])
    }

    /// The signal that came, if one did.
    var signal: Int32? {
        let number = Caught.first.load(ordering: .sequentiallyConsistent)
        return number == 0 ? nil : number
    }

    /// Makes the descriptor readable, for a reason of the program's own.
    func wake() { Caught.wake(Caught.trigger) }

    /// Runs the closure on another thread once a signal came.
    func react(_ body: @escaping @Sendable () -> Void) {
        let alarm = alarm
        try? OwnThread.begin {
            let events = try? Descriptor.wait(for: [(alarm, Int16(POLLIN))], milliseconds: -1)
            if events != nil { body() }
        }
    }
}

/// The memory that the handlers share with the program; a process has one set of handlers.
///
/// Only what is safe in a handler is done here: atomics, `write` and `_exit`.
private enum Caught {
    static let first = Atomic<Int32>(0)
    static let trigger = Atomic<Int32>(-1)
    static let alarm = Atomic<Int32>(-1)

    static let take: @convention(c) (Int32) -> Void = { number in
        let before = errno
        let (isFirst, _) = first.compareExchange(
            expected: 0, desired: number, ordering: .sequentiallyConsistent)
        if !isFirst { _exit(128 + number) }
        wake(trigger)
        wake(alarm)
        errno = before
    }

    static func wake(_ pipe: borrowing Atomic<Int32>) {
        PipeEnds.ring(pipe.load(ordering: .sequentiallyConsistent))
    }
}
