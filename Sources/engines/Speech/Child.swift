// Child: a program that we started and have not reaped.
internal import CSpawn
internal import Glibc
internal import Records
internal import Synchronization
internal import System

/// A program as it is to be run; without a shell.
package struct Program: Sendable {
    /// Its path.
    package var path: String
    package var arguments: [String]
    /// All that it sees of the environment.
    package var environment: [String: String] = [:]
    /// The most bytes of memory that it may have; 0 for no limit.
    package var memory = 0
    /// What helps when it cannot be started.
    package var remedy = ""

    package init(
        _ path: String, _ arguments: [String], environment: [String: String] = [:],
        memory: Int = 0, remedy: String = ""
    ) {
        self.path = path
        self.arguments = arguments
        self.environment = environment
        self.memory = memory
        self.remedy = remedy
    }

    fileprivate func unstarted(_ code: Int32) -> Failure {
        Failure(
            .stop, .configuration, "start \(path): \(SystemError(code: code).reason)",
            remedy: remedy)
    }
}

/// A process that is not yet reaped; after that its number may belong to another.
///
/// It has a process group of its own, so that what it starts can be ended with it and a terminal's
/// interrupt does not end it while we finish the record in hand.
final class Child: Sendable {
    private let process: Mutex<pid_t?>

    /// Starts a program that lives no longer than the calling thread; without an output, what it
    /// says is thrown away.
    ///
    /// - Throws: `Failure` of scope `stop`.
    init(_ program: Program, output: Int32?, errors: Int32) throws(Failure) {
        let nothing = unsafe open("/dev/null", O_RDWR | O_CLOEXEC)
        guard nothing >= 0 else { throw program.unstarted(errno) }
        defer { close(nothing) }
        let words = unsafe ([program.path] + program.arguments).map { unsafe strdup($0) } + [nil]
        let settings =
            unsafe program.environment.map { unsafe strdup("\($0.key)=\($0.value)") } + [nil]
        defer { unsafe (words + settings).forEach { unsafe free($0) } }
        var number: pid_t = 0
        let code = unsafe program.path.withCString { path in
            unsafe words.withUnsafeBufferPointer { words in
                unsafe settings.withUnsafeBufferPointer { settings in
                    var request = unsafe cspawn_request(
                        program: path, arguments: words.baseAddress,
                        environment: settings.baseAddress, input: nothing,
                        output: output ?? nothing, errors: errors,
                        memory: UInt64(program.memory))
                    return unsafe cspawn(&request, &number)
                }
            }
        }
        guard code == 0 else { throw program.unstarted(code) }
        process = Mutex(number)
    }

    /// Ends it and all that it started and that stayed in its group.
    func kill() {
        process.withLock { process in
            if let process { Glibc.kill(-process, SIGKILL) }
        }
    }

    /// How it ended, once it has; what it started and left in its group ends with it.
    func reaped() -> ChildProcess.End? {
        process.withLock { process in
            guard let number = process else { return nil }
            var info = unsafe siginfo_t()
            let options = WEXITED | WNOHANG | WNOWAIT
            guard unsafe waitid(P_PID, id_t(number), &info, options) == 0,
                unsafe info.si_signo != 0
            else { return nil }
            // What it left behind has nobody who waits for it; until it is reaped, its group's
            // number belongs to nobody else.
            Glibc.kill(-number, SIGKILL)
            var status: Int32 = 0
            guard unsafe waitpid(number, &status, 0) == number else { return nil }
            process = nil
            let signal = status & 0x7F
            return signal == 0 ? .exited((status >> 8) & 0xFF) : .signalled(signal)
        }
    }
}

/// A pipe that a child writes to.
final class ChildPipe {
    let reading: Int32
    private(set) var writing: Int32

    init() throws(Failure) {
        var ends: [Int32] = [-1, -1]
        guard unsafe pipe(&ends) == 0 else {
            throw Failure(.temporary, .engine, "make a pipe: \(SystemError().reason)")
        }
        // A child started at this very moment by another thread closes what it inherits.
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        (reading, writing) = (ends[0], ends[1])
    }

    /// Leaves the writing to the child, so that its end is seen.
    func giveAway() {
        close(writing)
        writing = -1
    }

    deinit {
        close(reading)
        if writing >= 0 { close(writing) }
    }
}
