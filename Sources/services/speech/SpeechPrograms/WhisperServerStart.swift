// WhisperServerStart: the start of a private whisper-server, and its first second of sound.
internal import Glibc
internal import HTTP
internal import OpenAI
internal import Records
internal import Speech
internal import SpeechReplies
internal import SpeechService
internal import System

/// Starts servers.
struct WhisperServerStart: Sendable {
    private let configuration: WhisperProgram
    private let client: Client

    init(_ configuration: WhisperProgram, _ client: Client) {
        self.configuration = configuration
        self.client = client
    }

    /// A server that is ready.
    func server() async throws -> WhisperServerSupervisor.Server {
        var last: Failure?
        // Another program may take the port between our look at it and the server's.
        for _ in 0..<3 {
            let port = try LoopbackPort.free()
            let path = "/" + String(UInt128.random(in: 0 ... .max), radix: 36)
            let process = try await program(port, path).start()
            let base = "http://127.0.0.1:\(port)\(path)"
            let engine = try engine(at: base + "/inference")
            do {
                try await waitUntilReady(process, base)
                return WhisperServerSupervisor.Server(process, engine)
            } catch let failure as Failure where failure.scope == .temporary {
                last = failure
            }
        }
        var failure = last ?? Failure(.stop, .engine, "start whisper-server")
        failure.scope = .stop
        throw failure
    }

    private func program(_ port: Int, _ path: String) -> EngineProgram {
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

    private func engine(at url: String) throws(Failure) -> OpenAI {
        var service = OpenAI.Configuration(dialect: .whisperCPP)
        service.url = url
        service.language = configuration.language
        // This server answers with no word for music and noise, and does so every time.
        service.isEmptyAccepted = true
        service.hasWordTimes = configuration.voiceModel == nil
        service.timeout = configuration.timeout
        service.temporaryDirectory = configuration.temporaryDirectory
        return try OpenAI(service, client: client)
    }

    /// Waits until the model is loaded, then sends a second of a tone; any transcription will do, as
    /// long as it has whisper.cpp's shape.
    private func waitUntilReady(_ process: ManagedProcess, _ base: String) async throws {
        let deadline = ContinuousClock.now + configuration.loadTimeout
        while ContinuousClock.now < deadline {
            try Task.checkCancellation()
            if process.end != nil { throw await WhisperServerEnd(process).unstarted }
            // While the model is being loaded, nothing listens, or the path is unknown.
            let health = try? await client.send(probe(base + "/health"))
            if health?.status == 200, try await answers(process, base) { return }
            try await Task.sleep(for: .milliseconds(50))
        }
        process.kill()
        throw Failure(
            .stop, .timeout, "start whisper-server: it is not ready in time",
            remedy: "use a smaller model or a faster machine")
    }

    /// True when the server transcribes; false when another server answers for it.
    private func answers(_ process: ManagedProcess, _ base: String) async throws -> Bool {
        var form = Multipart()
        form.add("response_format", "verbose_json")
        form.add("language", configuration.language)
        // A tone is no voice, and the decoder is to be tried.
        form.add("vad", "false")
        form.add("file", [.bytes(KnownSecond.wave)], file: "second.wav", type: "audio/wav")
        var request = Request(
            .post, base + "/inference", headers: [form.header], body: form.body,
            timeout: configuration.loadTimeout)
        request.isRetried = false
        let response = try await send(request, to: process)
        if response.status == 404 { return false }
        guard response.isSuccess else {
            process.kill()
            throw Failure(
                .stop, .badResponse,
                "try whisper-server with a second of sound: it answers \(response.status)",
                remedy: "check the server and the model", status: response.status)
        }
        _ = try TranscriptJSON(ReplyJSON(response.body, of: "the whisper.cpp server"))
        return true
    }

    /// A connection that breaks means that the server is gone.
    private func send(
        _ request: Request, to process: ManagedProcess
    ) async throws(Failure) -> Response {
        do throws(Failure) {
            return try await client.send(request)
        } catch {
            guard error.kind == .network else { throw error }
        }
        throw await WhisperServerEnd(process).unstarted
    }

    private func probe(_ url: String) -> Request {
        var request = Request(.get, url, timeout: .seconds(5))
        request.isRetried = false
        return request
    }
}

/// The sound that a new server has to transcribe.
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

/// The end of a server, and the failure that it means.
struct WhisperServerEnd {
    private let process: ManagedProcess

    init(_ process: ManagedProcess) { self.process = process }

    /// The failure of a server that did not become ready.
    ///
    /// whisper-server ends with 3 when it cannot load the model, and with 0 for an option or a
    /// language that it does not know.
    var unstarted: Failure {
        get async {
            let end = await end
            let reason = ProgramResult.reason(in: process.complaints)
            switch end {
            case .exited(3):
                return Failure(
                    .stop, .configuration, "load the whisper.cpp model: \(reason)",
                    remedy: "let --model or WHISPER_MODEL name a model of whisper.cpp")
            case .exited(0):
                return Failure(
                    .stop, .configuration, "start whisper-server: \(reason)",
                    remedy: "install a whisper-server that knows --request-path, and with"
                        + " --vad-model --vad")
            case .signalled(let signal):
                return Failure(
                    .temporary, .engine, "start whisper-server: signal \(signal) ended it",
                    remedy: "check that the model fits into memory")
            case .exited(let status):
                return Failure(
                    .temporary, .engine, "start whisper-server: it ended with \(status): \(reason)",
                    remedy: "run it by hand to see why")
            default:
                return Failure(.temporary, .engine, "start whisper-server: it does not answer")
            }
        }
    }

    /// The failure of a server that died at work.
    var death: Failure {
        get async {
            let how =
                switch await end {
                case .exited(let status): "it ended with \(status)"
                case .signalled(let signal): "signal \(signal) ended it"
                default: "the connection broke"
                }
            return Failure(
                .temporary, .engine, "transcribe by the whisper.cpp server: \(how)",
                remedy: "check that the model fits into memory")
        }
    }

    /// The end of a process that is nearly gone; nothing tells of it, so it is looked for.
    private var end: ChildProcess.End? {
        get async {
            process.kill()
            for _ in 0..<200 where process.end == nil {
                try? await Task.sleep(for: .milliseconds(10))
            }
            return process.end
        }
    }
}
