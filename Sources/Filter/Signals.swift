// Signals: SIGINT and SIGTERM as something a loop can wait for; a second one ends at once.
internal import Glibc
internal import Synchronization

/// Watches for the wish that the program should end, whoever has it.
final class Signals: Sendable {
    /// Becomes readable, and stays so, when the program should end.
    let descriptor: Int32
    private let trigger: Int32
    private let awaited: sigset_t
    private let first = Mutex<Int32?>(nil)
    private let reaction = Mutex<(@Sendable () -> Void)?>(nil)

    /// Blocks the signals in this thread and watches for them on one of its own.
    ///
    /// Threads inherit what is blocked, so this has to run before any other thread is started.
    init() {
        var set = sigset_t()
        unsafe sigemptyset(&set)
        unsafe sigaddset(&set, SIGINT)
        unsafe sigaddset(&set, SIGTERM)
        unsafe pthread_sigmask(SIG_BLOCK, &set, nil)
        awaited = set
        // A write to a closed pipe or socket answers EPIPE instead of ending the program somewhere.
        Glibc.signal(SIGPIPE, SIG_IGN)
        var ends: [Int32] = [-1, -1]
        unsafe pipe(&ends)
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        (descriptor, trigger) = (ends[0], ends[1])
        var thread = pthread_t()
        unsafe pthread_create(
            &thread, nil,
            { context in
                guard let context = unsafe context else { return nil }
                unsafe Unmanaged<Signals>.fromOpaque(context).takeRetainedValue().watch()
                return nil
            }, Unmanaged.passRetained(self).toOpaque())
        pthread_detach(thread)
    }

    /// The signal that came, if one did.
    var signal: Int32? { first.withLock { $0 } }

    /// Makes the descriptor readable, for a reason of the program's own.
    func wake() {
        var byte: UInt8 = 1
        _ = unsafe write(trigger, &byte, 1)
    }

    /// What to do, on another thread, when the first signal comes.
    func react(_ body: @escaping @Sendable () -> Void) {
        reaction.withLock { $0 = body }
        if signal != nil { body() }
    }

    private func watch() {
        var awaited = awaited
        while true {
            var number: Int32 = 0
            guard unsafe sigwait(&awaited, &number) == 0 else { continue }
            let isSecond = first.withLock { first in
                defer { first = first ?? number }
                return first != nil
            }
            if isSecond { _exit(128 + number) }
            wake()
            reaction.withLock { $0 }?()
        }
    }
}
