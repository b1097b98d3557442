// Signal: how this process takes signals.
internal import Glibc

/// Handlers and masks of signals.
public enum Signal {
    /// A handler; only atomics, `write`, `kill` and `_exit` are safe in it.
    public typealias Handler = @convention(c) (Int32) -> Void

    /// True when the process ignores the signal.
    ///
    /// A shell without job control starts what is in the background with SIGINT ignored.
    public static func isIgnored(_ number: Int32) -> Bool {
        var action = sigaction()
        unsafe sigaction(number, nil, &action)
        return unsafe unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self)
            == unsafeBitCast(SIG_IGN, to: Int.self)
    }

    /// Has the handler run for the signal; system calls that it interrupts go on.
    ///
    /// The corresponding C function is `sigaction`.
    public static func handle(_ number: Int32, _ handler: @escaping Handler) {
        var action = sigaction()
        unsafe action.__sigaction_handler.sa_handler = handler
        action.sa_flags = SA_RESTART
        unsafe sigaction(number, &action, nil)
    }

    /// Gives the signal its usual effect.
    public static func reset(_ number: Int32) { _ = signal(number, SIG_DFL) }

    /// Ignores the signal, and so do the programs that are started.
    public static func ignore(_ number: Int32) { _ = signal(number, SIG_IGN) }

    /// Lets the signals through to the calling thread.
    ///
    /// The corresponding C function is `pthread_sigmask`.
    public static func unblock(_ numbers: [Int32]) {
        var set = sigset_t()
        unsafe sigemptyset(&set)
        for number in numbers { unsafe sigaddset(&set, number) }
        unsafe pthread_sigmask(SIG_UNBLOCK, &set, nil)
    }

    /// Keeps all signals from the calling thread; the other threads take them.
    public static func blockAll() {
        var all = sigset_t()
        unsafe sigfillset(&all)
        unsafe pthread_sigmask(SIG_SETMASK, &all, nil)
    }
}
