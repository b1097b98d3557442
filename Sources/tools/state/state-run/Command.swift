// Command: a program in a process group of its own, waited for as a shell waits.
import Filter
import Glibc
import Records
import Synchronization
import System

/// A command that was started.
struct Command {
    private let process: ChildProcess
    /// The number of its process, which is also the number of its group.
    var group: Int32 { process.number }
    /// True when the terminal was ours; it is then lent to the command.
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

    /// Waits for the command to end; stops and continues together with it.
    ///
    /// - Returns: Its exit status, or 128 plus the number of the signal that ended it.
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
    /// A ^C on the terminal is meant for everything that runs there, also for the script around us.
    /// The script did not get the signal, because the terminal was lent, so it is sent here.
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
        Int64(PeakMemory.ofChildren)
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

    /// Handles these signals, except those that our parent told us to ignore.
    static func begin() {
        for number in [SIGINT, SIGTERM, SIGHUP, SIGQUIT] where !Signal.isIgnored(number) {
            Signal.handle(number, forward)
        }
    }

    /// Names the group, and hands on a signal that came before the group was there.
    static func end(at number: Int32) {
        group.store(number, ordering: .sequentiallyConsistent)
        let signal = early.exchange(0, ordering: .sequentiallyConsistent)
        if signal != 0 { kill(-number, signal) }
    }
}
