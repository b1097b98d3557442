// WhisperServerHouse: the one server that is up, and its successors.
internal import Glibc
internal import HTTP
internal import Records
internal import Speech
internal import System

/// Keeps a server up while somebody wants one.
actor WhisperServerHouse {
    /// A server that has heard a first second well.
    final class Server: Sendable {
        let process: ManagedProcess
        let engine: OpenAI

        init(_ process: ManagedProcess, _ engine: OpenAI) {
            self.process = process
            self.engine = engine
        }
    }

    /// What a failure means when the server is to blame.
    struct Verdict {
        let failure: Failure
        let isWorthAnother: Bool
    }

    private let configuration: WhisperServer.Configuration
    private let client: Client
    private var current: Server?
    private var starting: Task<Server, any Error>?

    init(_ configuration: WhisperServer.Configuration, _ client: Client) {
        self.configuration = configuration
        self.client = client
    }

    /// The server that is up; the first who asks after the last one's end starts another.
    func server() async throws -> Server {
        if let current, current.process.end == nil { return current }
        if let starting { return try await Self.value(of: starting) }
        let (configuration, client) = (configuration, client)
        let task = Task { try await Self.start(configuration, client) }
        starting = task
        defer { starting = nil }
        let server = try await Self.value(of: task)
        current = server
        return server
    }

    /// A run is cancelled as a whole, so nobody needs what one of its tasks no longer waits for.
    private static func value(of start: Task<Server, any Error>) async throws -> Server {
        try await withTaskCancellationHandler {
            try await start.value
        } onCancel: {
            start.cancel()
        }
    }

    /// `nil` when the failure is the sound's own.
    func verdict(on failure: Failure, of server: Server) async -> Verdict? {
        switch failure.kind {
        case .timeout:
            retire(server)
            return Verdict(
                failure: Failure(
                    .temporary, .timeout, "transcribe by the whisper.cpp server: it took too long",
                    remedy: "use a smaller model or a faster machine"), isWorthAnother: false)
        case .network:
            // The connection breaks a moment before the process is seen to be gone.
            retire(server)
            return Verdict(failure: await Self.death(of: server.process), isWorthAnother: true)
        case _ where failure.status == 404:
            // Somebody else's server has taken the same port at the same moment.
            retire(server)
            return Verdict(
                failure: Failure(
                    .temporary, .server,
                    "transcribe by the whisper.cpp server: another one answers",
                    status: 404), isWorthAnother: true)
        // It says so of a failed run as of a wrong field, and of ours none is wrong.
        case _ where failure.status == 500: return Verdict(failure: failure, isWorthAnother: true)
        default: return nil
        }
    }

    private func retire(_ server: Server) {
        server.process.kill()
        if current === server { current = nil }
    }

    // MARK: A new one

    private static func start(
        _ configuration: WhisperServer.Configuration, _ client: Client
    ) async throws -> Server {
        var last: Failure?
        // Between our look at a port and the server's, another program may take it.
        for _ in 0..<3 {
            let port = try LoopbackPort.free()
            let path = "/" + String(UInt128.random(in: 0 ... .max), radix: 36)
            let process = try await program(configuration, port, path).start()
            let base = "http://127.0.0.1:\(port)\(path)"
            let engine = try engine(configuration, client, at: base + "/inference")
            do {
                try await hearSecond(process, base, configuration, client)
                return Server(process, engine)
            } catch let failure as Failure where failure.scope == .temporary {
                last = failure
            }
        }
        var failure = last ?? Failure(.stop, .engine, "start whisper-server")
        failure.scope = .stop
        throw failure
    }

    private static func program(
        _ configuration: WhisperServer.Configuration, _ port: Int, _ path: String
    ) -> EngineProgram {
        var arguments = [
            "--host", "127.0.0.1", "--port", String(port), "--request-path", path,
            "-m", configuration.model, "-l", configuration.language,
            "-t", String(configuration.threads),
        ]
        if let voice = configuration.voiceModel { arguments += ["--vad", "-vm", voice] }
        return EngineProgram(
            Program(configuration.program, arguments, environment: configuration.environment),
            remedy: "let WHISPER_SERVER name a program that can be run")
    }

    static func engine(
        _ configuration: WhisperServer.Configuration, _ client: Client, at url: String
    ) throws(Failure) -> OpenAI {
        var service = OpenAI.Configuration(dialect: .whisperCPP)
        service.url = url
        service.language = configuration.language
        service.prompt = configuration.prompt
        // A voice detector that finds no voice has looked.
        service.isEmptyAccepted = configuration.isEmptyAccepted || configuration.voiceModel != nil
        service.hasWordTimes = configuration.voiceModel == nil
        service.timeout = configuration.timeout
        service.temporaryDirectory = configuration.temporaryDirectory
        return try OpenAI(service, client: client)
    }

    /// Waits until the model is loaded, then lets the server hear a second of a tone: whatever it
    /// makes of that, it has to answer as whisper.cpp does.
    private static func hearSecond(
        _ process: ManagedProcess, _ base: String, _ configuration: WhisperServer.Configuration,
        _ client: Client
    ) async throws {
        let deadline = ContinuousClock.now + configuration.patience
        while ContinuousClock.now < deadline {
            try Task.checkCancellation()
            if process.end != nil { throw await unstarted(process) }
            // While the model is loaded nobody listens, or there is no such path yet.
            if let status = try? await client.send(probe(base + "/health")).status, status == 200 {
                var form = Multipart()
                form.add("response_format", "verbose_json")
                form.add("language", configuration.language)
                // A tone is no voice, and the decoder is what is to be tried.
                form.add("vad", "false")
                form.add("file", [.bytes(KnownSecond.wave)], file: "second.wav", type: "audio/wav")
                var request = Request(
                    .post, base + "/inference", headers: [form.header], body: form.body,
                    timeout: configuration.patience)
                request.isRetried = false
                do {
                    let response = try await client.send(request)
                    if response.status != 404 {
                        guard response.isSuccess else { throw await unusable(process, response) }
                        _ = try OpenAIReply(response, of: "the whisper.cpp server")
                        return
                    }
                } catch let failure as Failure where failure.kind == .network {
                    throw await unstarted(process)
                }
            }
            try await Task.sleep(for: .milliseconds(50))
        }
        process.kill()
        throw Failure(
            .stop, .timeout, "start whisper-server: it is not ready in time",
            remedy: "use a smaller model or a faster machine")
    }

    private static func probe(_ url: String) -> Request {
        var request = Request(.get, url, timeout: .seconds(5))
        request.isRetried = false
        return request
    }

    private static func unusable(_ process: ManagedProcess, _ response: Response) async -> Failure {
        process.kill()
        return Failure(
            .stop, .badResponse,
            "try whisper-server with a second of sound: it answers"
                + " \(response.status)", remedy: "see that the server and the model are in order",
            status: response.status)
    }

    // MARK: Its end

    /// The end of a process that is about to be seen to be gone.
    private static func ended(_ process: ManagedProcess) async -> ChildProcess.End? {
        process.kill()
        for _ in 0..<200 where process.end == nil {
            try? await Task.sleep(for: .milliseconds(10))
        }
        return process.end
    }

    /// It ends with 3 for a model that it cannot load, and with 0 for an option or a language that
    /// it does not know.
    private static func unstarted(_ process: ManagedProcess) async -> Failure {
        let end = await ended(process)
        let reason = ProgramResult.reason(in: process.complaints)
        switch end {
        case .exited(3):
            return Failure(
                .stop, .configuration, "load the whisper.cpp model: \(reason)",
                remedy: "let --model or WHISPER_MODEL name a model of whisper.cpp")
        case .exited(0):
            return Failure(
                .stop, .configuration, "start whisper-server: \(reason)",
                remedy: "install a whisper-server that knows --request-path, and with --vad-model"
                    + " --vad")
        case .signalled(let signal):
            return Failure(
                .temporary, .engine, "start whisper-server: signal \(signal) ended it",
                remedy: "see that the model fits into memory")
        case .exited(let status):
            return Failure(
                .temporary, .engine, "start whisper-server: it ended with \(status): \(reason)",
                remedy: "run it by hand to see why")
        default: return Failure(.temporary, .engine, "start whisper-server: it does not answer")
        }
    }

    private static func death(of process: ManagedProcess) async -> Failure {
        let how =
            switch await ended(process) {
            case .exited(let status): "it ended with \(status)"
            case .signalled(let signal): "signal \(signal) ended it"
            default: "it broke off"
            }
        return Failure(
            .temporary, .engine, "transcribe by the whisper.cpp server: \(how)",
            remedy: "see that the model fits into memory")
    }
}

/// What a new server has to be able to hear.
enum KnownSecond {
    /// A second of 400 Hz at 16 kHz as a WAV file.
    static let wave: [UInt8] = {
        var bytes = WaveFile.header(bytes: 32_000, rate: 16_000)
        for index in 0..<16_000 {
            let sample = UInt16(bitPattern: Int16(6000 * sin(Double(index) * 2 * .pi / 40)))
            bytes += [UInt8(truncatingIfNeeded: sample), UInt8(truncatingIfNeeded: sample >> 8)]
        }
        return bytes
    }()
}
