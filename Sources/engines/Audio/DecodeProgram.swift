// DecodeProgram: callpipe-decode as a process, started when it is first needed, and again when it
// is gone.
internal import DecodeWire
internal import Glibc
internal import Records
internal import Synchronization
internal import System

/// The server of this process; requests come from any thread.
final class DecodeProgram: Sendable {
    /// The program beside the one that runs.
    static let shared = DecodeProgram(directory: OwnProgram.directory)

    private struct Server {
        let socket: Int32
        let process: pid_t
    }

    private let path: String
    private let server = Mutex<Server?>(nil)
    private let note = Mutex<(observer: Observer?, isDue: Bool)>((nil, false))

    init(directory: String) { path = "\(directory)/callpipe-decode" }

    /// The server that runs, for tests that look at it.
    var process: pid_t? { server.withLock { $0?.process } }

    // MARK: what is not as it should be

    /// Who hears, once, that system calls are not filtered here.
    func report(to observer: @escaping Observer) {
        note.withLock { $0.observer = observer }
        tell()
    }

    /// Keeps in mind that a child had to do without the filter.
    func noteUnfiltered() {
        note.withLock { note in
            if !wasTold.exchange(true, ordering: .relaxed) { note.isDue = true }
        }
        tell()
    }

    private let wasTold = Atomic<Bool>(false)

    private func tell() {
        let observer = note.withLock { note -> Observer? in
            guard note.isDue, let observer = note.observer else { return nil }
            note.isDue = false
            return observer
        }
        observer?(
            .note(
                "this system does not let system calls be filtered: recordings are decoded under"
                    + " limits of memory and time only"))
    }

    // MARK: the process

    /// Passes a request on, and says to which process; the descriptors stay the caller's.
    ///
    /// - Throws: `Failure` of scope `stop` when the program cannot be started.
    func send(_ request: DecodeRequest, _ descriptors: [Int32]) throws(Failure) -> pid_t {
        let message = DescriptorMessage(words: request.words, descriptors: descriptors)
        let result = server.withLock { server -> Result<pid_t, Failure> in
            do throws(Failure) {
                if let running = server {
                    if message.send(over: running.socket) == 0 {
                        return .success(running.process)
                    }
                    end(running)
                    server = nil
                }
                let new = try start()
                server = new
                let status = message.send(over: new.socket)
                guard status == 0 else {
                    throw Failure(
                        .temporary, .internal,
                        "ask callpipe-decode: \(SystemError(code: status).reason)")
                }
                return .success(new.process)
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    /// Ends a server that lost a child without a word, and so is going or gone: what is sent to it
    /// now would be lost as well.
    func end(_ process: pid_t) {
        server.withLock { server in
            guard let running = server, running.process == process else { return }
            end(running)
            server = nil
        }
    }

    private func end(_ server: Server) {
        close(server.socket)
        kill(server.process, SIGKILL)
        while waitpid(server.process, nil, 0) < 0, errno == EINTR {}
    }

    private func start() throws(Failure) -> Server {
        var sockets: [Int32] = [-1, -1]
        guard
            unsafe socketpair(
                AF_UNIX, Int32(SOCK_SEQPACKET.rawValue | SOCK_CLOEXEC.rawValue), 0, &sockets) == 0
        else { throw unstarted(SystemError().reason) }
        Timeout.set(sockets[0], seconds: 60)
        let started = spawn(standardInput: sockets[1])
        close(sockets[1])
        guard case .success(let process) = started else {
            close(sockets[0])
            throw unstarted(started)
        }
        let server = Server(socket: sockets[0], process: process)
        guard let greeting = DescriptorMessage.receive(from: sockets[0], words: 1) else {
            end(server)
            throw unstarted("it ended at once, or says nothing")
        }
        guard greeting.words == [DecodeRequest.version] else {
            end(server)
            throw unstarted("it is of another version")
        }
        return server
    }

    private func unstarted(_ reason: String) -> Failure {
        Failure(
            .stop, .configuration, "start \(path): \(reason)",
            remedy: "install all programs of callpipe together, and what callpipe-decode needs")
    }

    private func unstarted(_ result: Result<pid_t, SystemError>) -> Failure {
        guard case .failure(let error) = result else { return unstarted("") }
        return unstarted(error.reason)
    }

    /// With nothing of ours but standard error, and deaf to what a terminal sends to all: its work
    /// ends when ours does.
    private func spawn(standardInput: Int32) -> Result<pid_t, SystemError> {
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        unsafe posix_spawn_file_actions_adddup2(&actions, standardInput, 0)
        unsafe posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)

        var attributes = posix_spawnattr_t()
        unsafe posix_spawnattr_init(&attributes)
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        var blocked = sigset_t()
        var all = sigset_t()
        unsafe sigemptyset(&blocked)
        for signal in [SIGINT, SIGTERM, SIGHUP, SIGQUIT] { unsafe sigaddset(&blocked, signal) }
        unsafe sigfillset(&all)
        unsafe posix_spawnattr_setsigmask(&attributes, &blocked)
        unsafe posix_spawnattr_setsigdefault(&attributes, &all)
        unsafe posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))

        var words = unsafe [strdup(path), nil]
        defer { unsafe words.forEach { unsafe free($0) } }
        var nothing: [UnsafeMutablePointer<CChar>?] = unsafe [nil]
        var process: pid_t = 0
        let status = unsafe posix_spawn(&process, path, &actions, &attributes, &words, &nothing)
        return status == 0 ? .success(process) : .failure(SystemError(code: status))
    }
}

/// The longest wait for a socket.
enum Timeout {
    static func set(_ socket: Int32, seconds: Int) {
        var time = timeval(tv_sec: seconds, tv_usec: 0)
        let size = socklen_t(MemoryLayout<timeval>.size)
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
            unsafe setsockopt(socket, SOL_SOCKET, option, &time, size)
        }
    }
}
