// Signals: SIGINT and SIGTERM as something a loop can wait for; a second one ends at once.
internal import Glibc
internal import Records
internal import Synchronization
internal import System

/// Watches for the wish that the program should end, whoever has it.
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

    /// Takes the signals over, but those that whoever started us wants ignored.
    init() throws(SystemError) {
        let (ending, alarm) = (try Signals.pipe(), try Signals.pipe())
        descriptor = ending.reading
        self.alarm = alarm.reading
        // All are made here and not in a handler.
        Caught.first.store(0, ordering: .sequentiallyConsistent)
        Caught.trigger.store(ending.writing, ordering: .sequentiallyConsistent)
        Caught.alarm.store(alarm.writing, ordering: .sequentiallyConsistent)
        for number in [SIGINT, SIGTERM] where !Signals.isIgnored(number) {
            Signals.handle(number, Caught.take)
        }
        // Where it is ignored, which is inherited, nobody learns how a child ended.
        _ = Glibc.signal(SIGCHLD, SIG_DFL)
        // A write to a closed pipe or socket answers EPIPE instead of ending the program somewhere.
        Signals.handle(SIGPIPE) { _ in }
        // Some programs start others from a thread that blocks signals, and that is inherited.
        var set = sigset_t()
        unsafe sigemptyset(&set)
        for number in [SIGINT, SIGTERM, SIGPIPE] { unsafe sigaddset(&set, number) }
        unsafe pthread_sigmask(SIG_UNBLOCK, &set, nil)
    }

    private static func pipe() throws(SystemError) -> (reading: Int32, writing: Int32) {
        var ends: [Int32] = [-1, -1]
        guard unsafe Glibc.pipe(&ends) == 0 else { throw SystemError() }
        for end in ends {
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
        }
        return (ends[0], ends[1])
    }

    /// The signal that came, if one did.
    var signal: Int32? {
        let number = Caught.first.load(ordering: .sequentiallyConsistent)
        return number == 0 ? nil : number
    }

    /// Makes the descriptor readable, for a reason of the program's own.
    func wake() { Caught.wake(Caught.trigger) }

    /// What to do, on another thread, once a signal came.
    func react(_ body: @escaping @Sendable () -> Void) {
        var thread = pthread_t()
        let context = unsafe Unmanaged.passRetained(Reaction(descriptor: alarm, body: body))
        let answer = unsafe pthread_create(
            &thread, nil,
            { context in
                guard let context = unsafe context else { return nil }
                unsafe Unmanaged<Reaction>.fromOpaque(context).takeRetainedValue().wait()
                return nil
            }, context.toOpaque())
        if answer == 0 { pthread_detach(thread) } else { unsafe context.release() }
    }

    private static func handle(_ number: Int32, _ handler: @escaping @convention(c) (Int32) -> Void)
    {
        var action = sigaction()
        unsafe action.__sigaction_handler.sa_handler = handler
        action.sa_flags = SA_RESTART
        unsafe sigaction(number, &action, nil)
    }

    /// A shell without job control starts what is in the background with SIGINT ignored.
    private static func isIgnored(_ number: Int32) -> Bool {
        var action = sigaction()
        unsafe sigaction(number, nil, &action)
        return unsafe unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self)
            == unsafeBitCast(SIG_IGN, to: Int.self)
    }
}

/// Waits on a thread of its own, which no work can keep busy.
private final class Reaction: Sendable {
    private let descriptor: Int32
    private let body: @Sendable () -> Void

    init(descriptor: Int32, body: @escaping @Sendable () -> Void) {
        self.descriptor = descriptor
        self.body = body
    }

    func wait() {
        let events = try? Descriptor.wait(for: [(descriptor, Int16(POLLIN))], milliseconds: -1)
        if events != nil { body() }
    }
}

/// What the handlers share with the program, once, because a process has one set of handlers.
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
        var byte: UInt8 = 1
        // When the pipe is full it is readable, which is all that is wanted.
        _ = unsafe write(pipe.load(ordering: .sequentiallyConsistent), &byte, 1)
    }
}
