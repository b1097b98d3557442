// Command: a program in a process group of its own, waited for as a shell waits.
import Filter
import Glibc
import Records
import Synchronization
import System

/// A command that was started.
struct Command {
    /// Its process, after which its group is named.
    let group: pid_t
    /// Whether the terminal was ours, and is lent to it.
    private let hasTerminal: Bool

    /// Starts a command.
    ///
    /// - Parameters:
    ///   - words: The program, looked for in `$PATH`, and its arguments.
    ///   - settings: Variables besides our own.
    /// - Throws: `CannotRun`.
    init(_ words: [String], _ settings: [String: String]) throws(CannotRun) {
        for (name, value) in settings { unsafe setenv(name, value, 1) }
        hasTerminal = tcgetpgrp(0) == getpgrp()
        Forwarding.begin()
        switch Command.spawn(words) {
        case .success(let process): group = process
        case .failure(let error): throw CannotRun(words[0], error)
        }
        Forwarding.end(at: group)
        guard hasTerminal else { return }
        tcsetpgrp(0, group)
        // From now on we are in the background, and would be stopped for taking it back.
        signal(SIGTTOU, SIG_IGN)
    }

    private static func spawn(_ words: [String]) -> Result<pid_t, SystemError> {
        var attributes = posix_spawnattr_t()
        unsafe posix_spawnattr_init(&attributes)
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        unsafe posix_spawnattr_setpgroup(&attributes, 0)
        unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))
        var arguments = unsafe words.map { unsafe strdup($0) } + [nil]
        defer { unsafe arguments.forEach { unsafe free($0) } }
        var process: pid_t = 0
        let code = unsafe posix_spawnp(
            &process, words[0], nil, &attributes, &arguments, environ)
        return code == 0 ? .success(process) : .failure(SystemError(code: code))
    }

    /// Waits for its end; stops when it is stopped, and goes on with it.
    ///
    /// - Returns: Its exit status, 128 and the number of the signal that ended it.
    func wait() -> Int32 {
        var status: Int32 = 0
        while true {
            let answer = unsafe waitpid(group, &status, WUNTRACED)
            if answer < 0, errno == EINTR { continue }
            guard answer == group else { return ECHILD }
            guard status & 0xFF == 0x7F else { break }
            pause(for: status >> 8)
        }
        if hasTerminal { tcsetpgrp(0, getpgrp()) }
        let signal = status & 0x7F
        return signal == 0 ? status >> 8 & 0xFF : 128 + signal
    }

    /// Ends as the command ended.
    ///
    /// Who types ^C means all that runs on the terminal, the script around us, too; it would know
    /// if the terminal had not been lent.
    func answer(_ status: Int32) -> Int32 {
        if hasTerminal, [SIGINT, SIGQUIT].contains(status - 128) {
            signal(status - 128, SIG_DFL)
            kill(0, status - 128)
        }
        return status
    }

    /// Hands the terminal back to the shell until it lets us go on.
    private func pause(for signal: Int32) {
        // It asked for the terminal a moment before it had it.
        if hasTerminal, [SIGTTIN, SIGTTOU].contains(signal), tcgetpgrp(0) == group {
            kill(-group, SIGCONT)
            return
        }
        if hasTerminal { tcsetpgrp(0, getpgrp()) }
        raise(SIGSTOP)
        if hasTerminal, tcgetpgrp(0) == getpgrp() { tcsetpgrp(0, group) }
        kill(-group, SIGCONT)
    }

    /// The most memory that one of its processes had, in bytes.
    static var memory: Int64 {
        var usage = rusage()
        unsafe getrusage(__rusage_who_t(RUSAGE_CHILDREN.rawValue), &usage)
        return Int64(usage.ru_maxrss) * 1024
    }
}

/// Hands signals that ask to end on to the group.
///
/// Only what is safe in a handler is done there: atomics and `kill`.
private enum Forwarding {
    private static let group = Atomic<Int32>(0)
    private static let early = Atomic<Int32>(0)

    private static let forward: @convention(c) (Int32) -> Void = { number in
        let before = errno
        let group = Forwarding.group.load(ordering: .sequentiallyConsistent)
        if group > 0 {
            kill(-group, number)
        } else {
            early.store(number, ordering: .sequentiallyConsistent)
        }
        errno = before
    }

    /// Takes over what whoever started us does not want ignored.
    static func begin() {
        for number in [SIGINT, SIGTERM, SIGHUP, SIGQUIT] {
            var action = sigaction()
            unsafe sigaction(number, nil, &action)
            let isIgnored =
                unsafe unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self)
                == unsafeBitCast(SIG_IGN, to: Int.self)
            if isIgnored { continue }
            unsafe action.__sigaction_handler.sa_handler = forward
            action.sa_flags = SA_RESTART
            unsafe sigaction(number, &action, nil)
        }
    }

    /// Names the group, and hands on what came before it was there.
    static func end(at number: pid_t) {
        group.store(number, ordering: .sequentiallyConsistent)
        let signal = early.exchange(0, ordering: .sequentiallyConsistent)
        if signal != 0 { kill(-number, signal) }
    }
}
