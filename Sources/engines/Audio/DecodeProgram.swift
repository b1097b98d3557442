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

    private final class Server: Sendable {
        let process: ChildProcess
        let socket: SocketPair

        init(process: ChildProcess, socket: consuming SocketPair) {
            self.process = process
            self.socket = socket
        }

        func end() {
            process.kill()
            _ = process.wait()
        }
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
                    if message.send(over: running.socket.ours) == 0 {
                        return .success(running.process.number)
                    }
                    running.end()
                    server = nil
                }
                let new = try start()
                server = new
                let status = message.send(over: new.socket.ours)
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
            running.end()
            server = nil
        }
    }

    private func start() throws(Failure) -> Server {
        let server: Server
        do throws(SystemError) {
            var sockets = try SocketPair(.messages)
            Socket.setTimeout(sockets.ours, seconds: 60)
            // With nothing of ours but standard error.
            let process = try ChildProcess(
                Program(path), as: .server, input: sockets.theirs, errors: 2)
            sockets.giveAway()
            server = Server(process: process, socket: sockets)
        } catch {
            throw unstarted(error.reason)
        }
        guard let greeting = DescriptorMessage.receive(from: server.socket.ours, words: 1) else {
            server.end()
            throw unstarted("it ended at once, or says nothing")
        }
        guard greeting.words == [DecodeRequest.version] else {
            server.end()
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
