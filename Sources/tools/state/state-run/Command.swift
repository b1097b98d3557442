// Command: a program in a process group of its own, waited for as a shell waits.
import Filter
import Glibc
import Records
import Synchronization
import System

/// A command that was started.
struct Command {
    private let process: ChildProcess
    /// Its process, after which its group is named.
    var group: Int32 { process.number }
    /// Whether the terminal was ours, and is lent to it.
    private let hasTerminal: Bool

    /// Starts a command.
    ///
    /// - Parameters:
    ///   - words: The program, looked for in `$PATH`, and its arguments.
    ///   - settings: Variables besides our own.
    /// - Throws: `CannotRun`.
    init(_ words: [String], _ settings: [String: String]) throws(CannotRun) {
        for (name, value) in settings { ProcessEnvironment.set(name, to: value) }
        hasTerminal = tcgetpgrp(0) == getpgrp()
        Forwarding.begin()
        do throws(SystemError) {
            let path = try Program.find(
                words[0], searchPath: ProcessEnvironment.variables["PATH"] ?? "/bin:/usr/bin")
            var program = Program(path, Array(words.dropFirst()), environment: nil)
            program.name = words[0]
            process = try ChildProcess(program, as: .job)
        } catch {
            throw CannotRun(words[0], error)
        }
        Forwarding.end(at: group)
        guard hasTerminal else { return }
        tcsetpgrp(0, group)
        // From now on we are in the background, and would be stopped for taking it back.
        Signal.ignore(SIGTTOU)
    }

    /// Waits for its end; stops when it is stopped, and goes on with it.
    ///
    /// - Returns: Its exit status, 128 and the number of the signal that ended it.
    func wait() -> Int32 {
        let end = process.wait(whenStopped: pause)
        if hasTerminal { tcsetpgrp(0, getpgrp()) }
        return switch end {
        case .exited(let status): status
        case .signalled(let signal): 128 + signal
        case nil: ECHILD
        }
    }

    /// Ends as the command ended.
    ///
    /// Who types ^C means all that runs on the terminal, the script around us, too; it would know
    /// if the terminal had not been lent.
    func answer(_ status: Int32) -> Int32 {
        if hasTerminal, [SIGINT, SIGQUIT].contains(status - 128) {
            Signal.reset(status - 128)
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
        for number in [SIGINT, SIGTERM, SIGHUP, SIGQUIT] where !Signal.isIgnored(number) {
            Signal.handle(number, forward)
        }
    }

    /// Names the group, and hands on what came before it was there.
    static func end(at number: Int32) {
        group.store(number, ordering: .sequentiallyConsistent)
        let signal = early.exchange(0, ordering: .sequentiallyConsistent)
        if signal != 0 { kill(-number, signal) }
    }
}
