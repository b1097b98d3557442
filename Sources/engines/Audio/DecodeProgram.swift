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
        let process: ChildProcess
    }

    private let path: String
    private let server = Mutex<Server?>(nil)
    private let note = Mutex<(observer: Observer?, isDue: Bool)>((nil, false))

    init(directory: String) { path = "\(directory)/callpipe-decode" }

    /// The server that runs, for tests that look at it.
    var process: Int32? { server.withLock { $0?.process.number } }

    // MARK: missing confinement

    /// Sets the observer that is told, once, that system calls are not filtered here.
    func report(to observer: @escaping Observer) {
        note.withLock { $0.observer = observer }
        tell()
    }

    /// Notes that a child had to do without the filter.
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
    func send(_ request: DecodeRequest, _ descriptors: [Int32]) throws(Failure) -> Int32 {
        let message = DescriptorMessage(words: request.words, descriptors: descriptors)
        let result = server.withLock { server -> Result<Int32, Failure> in
            do throws(Failure) {
                if let running = server {
                    if message.send(over: running.socket) == 0 {
                        return .success(running.process.number)
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
                return .success(new.process.number)
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    /// Ends a server that lost a child without a word, and so is going or gone: what is sent to it
    /// now would be lost as well.
    func end(_ process: Int32) {
        server.withLock { server in
            guard let running = server, running.process.number == process else { return }
            end(running)
            server = nil
        }
    }

    private func end(_ server: Server) {
        close(server.socket)
        server.process.kill()
        _ = server.process.wait()
    }

    private func start() throws(Failure) -> Server {
        var sockets: [Int32] = [-1, -1]
        guard
            unsafe socketpair(
                AF_UNIX, Int32(SOCK_SEQPACKET.rawValue | SOCK_CLOEXEC.rawValue), 0, &sockets) == 0
        else { throw unstarted(SystemError().reason) }
        Timeout.set(sockets[0], seconds: 60)
        let started = Result { () throws(SystemError) in
            // With nothing of ours but standard error.
            try ChildProcess(Program(path), as: .server, input: sockets[1], errors: 2)
        }
        close(sockets[1])
        let server: Server
        do {
            server = Server(socket: sockets[0], process: try started.get())
        } catch {
            close(sockets[0])
            throw unstarted(error.reason)
        }
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
