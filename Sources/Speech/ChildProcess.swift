// ChildProcess: a program run to its end, without a shell, for as long as somebody waits for it.
internal import Glibc
internal import Records
internal import Synchronization

/// How a program ended and what it complained about.
struct ChildProcess {
    enum End: Equatable {
        case exited(Int32)
        case signalled(Int32)
        case timedOut
    }

    let end: End
    /// The end of its standard error.
    let complaints: String

    /// The line that says most: the first that names an error, else the last.
    var reason: String {
        let lines = complaints.split(whereSeparator: \.isNewline)
        let line = lines.first { $0.hasPrefix("error") } ?? lines.last ?? ""
        return line.isEmpty ? "it said nothing" : String(line.prefix(200))
    }

    /// Runs a program; its standard output is thrown away.
    ///
    /// - Throws: `Failure` of scope `stop` when it cannot be started, and when it was cancelled.
    static func run(
        _ program: String, _ arguments: [String], environment: [String: String],
        limit: Duration, _ cancellation: Cancellation
    ) throws(Failure) -> ChildProcess {
        var ends: [Int32] = [-1, -1]
        guard unsafe pipe(&ends) == 0 else { throw unstarted(program, errno) }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        defer { close(ends[0]) }
        let started = spawn(program, arguments, environment, errors: ends[1])
        close(ends[1])
        let child = Child(try started.get())
        cancellation.react { child.kill() }
        defer { cancellation.react(nil) }

        let deadline = ContinuousClock.now + limit
        var output = Tail(descriptor: ends[0])
        var isLate = false
        while true {
            output.read()
            if let status = child.reaped() {
                output.read()
                try cancellation.check()
                return ChildProcess(end: isLate ? .timedOut : End(status), complaints: output.text)
            }
            if ContinuousClock.now >= deadline, !isLate {
                isLate = true
                child.kill()
            }
        }
    }

    private static func unstarted(_ program: String, _ code: Int32) -> Failure {
        Failure(
            .stop, .configuration, "start \(program): \(SystemError(code: code).reason)",
            remedy: "let --whisper-cli name a program that can be run")
    }

    /// The child gets nothing as standard input and output, and no signal blocked or ignored; all
    /// other descriptors close by themselves.
    private static func spawn(
        _ program: String, _ arguments: [String], _ environment: [String: String], errors: Int32
    ) -> Result<pid_t, Failure> {
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        unsafe posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        unsafe posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
        unsafe posix_spawn_file_actions_adddup2(&actions, errors, 2)

        var attributes = posix_spawnattr_t()
        unsafe posix_spawnattr_init(&attributes)
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        var all = sigset_t()
        unsafe sigemptyset(&none)
        unsafe sigfillset(&all)
        unsafe posix_spawnattr_setsigmask(&attributes, &none)
        unsafe posix_spawnattr_setsigdefault(&attributes, &all)
        unsafe posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))

        var words = unsafe ([program] + arguments).map { unsafe strdup($0) } + [nil]
        var settings = unsafe environment.map { unsafe strdup("\($0.key)=\($0.value)") } + [nil]
        defer { unsafe (words + settings).forEach { unsafe free($0) } }
        var process: pid_t = 0
        let status = unsafe posix_spawn(
            &process, program, &actions, &attributes, &words, &settings)
        return status == 0 ? .success(process) : .failure(unstarted(program, status))
    }
}

extension ChildProcess.End {
    /// Takes apart what `waitpid` tells.
    fileprivate init(_ status: Int32) {
        let signal = status & 0x7F
        self = signal == 0 ? .exited((status >> 8) & 0xFF) : .signalled(signal)
    }
}

/// A process that is not yet reaped; after that its number may belong to another.
private final class Child: Sendable {
    private let process: Mutex<pid_t?>

    init(_ process: pid_t) { self.process = Mutex(process) }

    func kill() {
        process.withLock { process in
            if let process { Glibc.kill(process, SIGKILL) }
        }
    }

    /// Its status, once it has ended.
    func reaped() -> Int32? {
        process.withLock { process in
            guard let number = process else { return nil }
            var status: Int32 = 0
            guard unsafe waitpid(number, &status, WNOHANG) == number else { return nil }
            process = nil
            return status
        }
    }
}

/// The last of what comes from a pipe, however much that is.
private struct Tail {
    private let descriptor: Int32
    private var bytes: [UInt8] = []
    private var isAtEnd = false

    init(descriptor: Int32) {
        self.descriptor = descriptor
    }

    var text: String { String(decoding: bytes, as: UTF8.self) }

    /// Takes what there is, after a moment's wait for it.
    mutating func read() {
        // The child may outlive its standard error; then the wait is only for its end.
        var patience: Int32 = isAtEnd ? 5 : 100
        var chunk = [UInt8](repeating: 0, count: 16 << 10)
        // Never read without asking first: a child that falls silent must not keep us from seeing
        // that its time is up.
        while isReadable(within: patience) {
            patience = 0
            let count = unsafe chunk.withUnsafeMutableBytes { buffer in
                (try? unsafe Descriptor.read(descriptor, into: buffer)) ?? 0
            }
            if count == 0 {
                isAtEnd = true
                return
            }
            bytes += chunk[..<count]
            if bytes.count > 64 << 10 { bytes.removeFirst(bytes.count - (32 << 10)) }
        }
    }

    private func isReadable(within milliseconds: Int32) -> Bool {
        let events = try? Descriptor.wait(
            for: [(isAtEnd ? -1 : descriptor, Int16(POLLIN))], milliseconds: milliseconds)
        return events.map { $0[0] != 0 } ?? false
    }
}
