// WhisperServer: a private whisper-server, which loads the model once for a whole run.
internal import HTTP
internal import OpenAI
internal import Records
internal import Speech

/// Starts whisper.cpp's server on the loopback address, and sends sounds to it.
///
/// The server has one lock, so it gets one piece at a time. It is started again when it dies or
/// hangs. The record that it hung on has failed then; the record that it died on is tried once more.
final class WhisperServer: Engine {
    /// The settings of the server.
    typealias Configuration = WhisperProgram

    /// The engine is whisper.cpp, run in another way.
    var name: String { Whisper.name }
    /// The model's name, and the hash of its file, which is computed at the first use.
    var model: Model { Model(file: configuration.model, hash) }
    /// Everything else that changes the words, with the version of how the program is used.
    var settings: String {
        "server 2 " + configuration.settings(voiceHash)
    }

    private let configuration: Configuration
    private let supervisor: WhisperServerSupervisor
    private let hash: ModelHash
    private let voiceHash: ModelHash?

    /// Checks the settings; the server is started when there is something to transcribe.
    ///
    /// - Throws: `Failure` of scope `stop` when a file is missing or the language is no code.
    init(_ configuration: Configuration, client: Client) throws(Failure) {
        try configuration.check()
        self.configuration = configuration
        hash = ModelHash(configuration.model, cache: configuration.cacheDirectory)
        voiceHash = configuration.voiceModel.map {
            ModelHash($0, cache: configuration.cacheDirectory)
        }
        supervisor = WhisperServerSupervisor(configuration, client)
    }

    /// Writes down what is said on all channels.
    func transcribe(_ sound: Sound) async throws -> Transcription {
        var isSecond = false
        while true {
            let server = try await supervisor.server()
            do {
                return try await server.engine.transcribe(sound)
            } catch let failure as Failure {
                guard let verdict = await supervisor.verdict(on: failure, of: server) else {
                    throw failure
                }
                guard verdict.isWorthAnother, !isSecond else { throw verdict.failure }
                isSecond = true
            }
        }
    }
}
