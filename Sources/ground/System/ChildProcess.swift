// ChildProcess: a program that this process started and has not reaped; the one launcher.
internal import CSpawn
internal import Glibc
internal import Synchronization

/// A child process; once it is reaped, its number may belong to another.
public final class ChildProcess: Sendable {
    /// The ties of a child to the process that starts it.
    public enum Kind: Sendable {
        /// Works for this process and ends with the thread that starts it.
        ///
        /// It has a process group of its own, so that what it starts can be ended with it and a
        /// terminal's interrupt does not end it while we finish the record in hand. It leaves no
        /// core dump.
        case worker
        /// Serves this process over its standard input, and ends by itself when that ends.
        ///
        /// It stays in the process group, and the signals that a terminal sends to the group do
        /// not end it.
        case server
        /// A command of the user's, in a process group of its own, with all that this process has.
        case job

        fileprivate var ties: UInt32 {
            switch self {
            case .worker: UInt32(CSPAWN_OWN_GROUP | CSPAWN_ENDS_WITH_THREAD)
            case .server: UInt32(CSPAWN_BLOCKS_ENDING)
            case .job: UInt32(CSPAWN_OWN_GROUP | CSPAWN_INHERITS)
            }
        }
    }

    /// How a process ended.
    public enum End: Equatable, Sendable {
        /// It ended by itself with a status, 0 to 255.
        case exited(Int32)
        /// A signal ended it.
        case signalled(Int32)

        fileprivate init(status: Int32) {
            let signal = status & 0x7F
            self = signal == 0 ? .exited(status >> 8 & 0xFF) : .signalled(signal)
        }
    }

    /// The number of the process, and of its group where it has one of its own.
    public let number: Int32
    private let kind: Kind
    private let isReaped = Mutex(false)

    /// Starts a program; it gets three descriptors, and a job those that exec leaves besides.
    ///
    /// - Parameters:
    ///   - program: The program.
    ///   - kind: Its ties to this process.
    ///   - input: Its standard input; `nil` for `/dev/null`, and for a job for our own.
    ///   - output: Its standard output, in the same way.
    ///   - errors: Its standard error, in the same way.
    /// - Throws: `SystemError` when it cannot be started.
    public init(
        _ program: Program, as kind: Kind, input: Int32? = nil, output: Int32? = nil,
        errors: Int32? = nil
    ) throws(SystemError) {
        let nothing = try OwnedDescriptor(opening: "/dev/null", O_RDWR)
        let absent = kind == .job ? -1 : nothing.number
        let words = [program.name ?? program.path] + program.arguments
        let settings = program.environment?.map { "\($0.key)=\($0.value)" }
        var started: pid_t = 0
        let code = unsafe program.path.withCString { path in
            unsafe ChildProcess.withCStrings(words) { words in
                unsafe ChildProcess.withCStrings(settings ?? []) { settings in
                    var request = unsafe cspawn_request(
                        program: path, arguments: words,
                        environment: program.environment == nil ? UnsafePointer(environ) : settings,
                        input: input ?? absent, output: output ?? absent,
                        errors: errors ?? absent, memory: UInt64(program.memory), ties: kind.ties)
                    return unsafe cspawn(&request, &started)
                }
            }
        }
        guard code == 0 else { throw SystemError(code: code) }
        number = started
        self.kind = kind
    }

    /// Ends it at once, and where it has a group of its own, all that it started and that stayed
    /// in its group.
    public func kill() { signal(SIGKILL) }

    /// Sends a signal to it, and to its group where it has one of its own.
    public func signal(_ signal: Int32) {
        isReaped.withLock { isReaped in
            if !isReaped { Glibc.kill(kind == .server ? number : -number, signal) }
        }
    }

    /// How it ended, once it has; what a worker leaves in its group ends with it.
    public func reaped() -> End? {
        isReaped.withLock { isReaped in
            guard !isReaped, let news = next(WEXITED | WNOHANG | WNOWAIT), news.process != 0
            else { return nil }
            // A worker's own children are ended with it. Until it is reaped, no other group can have
            // its number.
            if kind == .worker { Glibc.kill(-number, SIGKILL) }
            var status: Int32 = 0
            guard unsafe waitpid(number, &status, 0) == number else { return nil }
            isReaped = true
            return End(status: status)
        }
    }

    /// Waits for its end.
    ///
    /// - Parameter whenStopped: Called with the signal each time that a signal stops it.
    /// - Returns: `nil` when the system does not tell, since SIGCHLD is ignored.
    public func wait(whenStopped: (Int32) -> Void = { _ in }) -> End? {
        while let news = next(WEXITED | WSTOPPED | WNOWAIT) {
            guard news.code == CLD_STOPPED else { return reaped() }
            _ = next(WSTOPPED | WNOHANG)
            whenStopped(news.status)
        }
        return nil
    }

    /// The next change of its state, which is left to be asked for again with `WNOWAIT`.
    ///
    /// The corresponding C function is `waitid`.
    private func next(_ options: Int32) -> (process: pid_t, code: Int32, status: Int32)? {
        var info = unsafe siginfo_t()
        while unsafe waitid(P_PID, id_t(number), &info, options) != 0 {
            if errno != EINTR { return nil }
        }
        return unsafe (
            info._sifields._sigchld.si_pid, info.si_code, info._sifields._sigchld.si_status
        )
    }

    private static func withCStrings<Answer>(
        _ texts: [String], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>?) -> Answer
    ) -> Answer {
        let copies = unsafe texts.map { unsafe strdup($0) } + [nil]
        defer { unsafe copies.forEach { unsafe free($0) } }
        return unsafe copies.withUnsafeBufferPointer { unsafe body($0.baseAddress) }
    }
}
