// WhisperServerSupervisor: the one server that is up, and the servers that replace it.
internal import HTTP
internal import OpenAI
internal import Records
internal import Speech
internal import System

/// Keeps a server up while a task needs one.
actor WhisperServerSupervisor {
    /// A server that has answered to a first second of sound.
    final class Server: Sendable {
        let process: ManagedProcess
        let engine: OpenAI

        init(_ process: ManagedProcess, _ engine: OpenAI) {
            self.process = process
            self.engine = engine
        }
    }

    /// The meaning of a failure that the server caused.
    struct Verdict {
        let failure: Failure
        let isWorthAnother: Bool
    }

    private let configuration: WhisperProgram
    private let client: Client
    private var current: Server?
    private var starting: Task<Server, any Error>?

    init(_ configuration: WhisperProgram, _ client: Client) {
        self.configuration = configuration
        self.client = client
    }

    /// The server that is up; the first task that asks after its end starts another.
    func server() async throws -> Server {
        if let current, current.process.end == nil { return current }
        if let starting { return try await Self.value(of: starting) }
        let start = WhisperServerStart(configuration, client)
        let task = Task { try await start.server() }
        starting = task
        defer { starting = nil }
        let server = try await Self.value(of: task)
        current = server
        return server
    }

    /// A run is cancelled as a whole, so a start that one task gives up is given up by all.
    private static func value(of start: Task<Server, any Error>) async throws -> Server {
        try await withTaskCancellationHandler {
            try await start.value
        } onCancel: {
            start.cancel()
        }
    }

    /// The verdict on a failure; `nil` when the sound caused it.
    func verdict(on failure: Failure, of server: Server) async -> Verdict? {
        switch failure.kind {
        case .timeout:
            retire(server)
            return Verdict(
                failure: Failure(
                    .temporary, .timeout, "transcribe by the whisper.cpp server: it took too long",
                    remedy: "use a smaller model or a faster machine"), isWorthAnother: false)
        case .network:
            // The connection breaks a moment before the end of the process is seen.
            retire(server)
            return Verdict(
                failure: await WhisperServerEnd(server.process).death, isWorthAnother: true)
        case _ where failure.status == 404:
            // A server of another user took the same port at the same moment.
            retire(server)
            return Verdict(
                failure: Failure(
                    .temporary, .server,
                    "transcribe by the whisper.cpp server: another server answers",
                    status: 404), isWorthAnother: true)
        // The status of a run that failed, and of a wrong field; our fields are right.
        case _ where failure.status == 500: return Verdict(failure: failure, isWorthAnother: true)
        default: return nil
        }
    }

    private func retire(_ server: Server) {
        server.process.kill()
        if current === server { current = nil }
    }
}
