// WhisperServer: a whisper-server of our own, which loads the model once for a whole run.
public import HTTP
public import Records
public import Speech

/// Starts whisper.cpp's server on the loopback address and feeds it.
///
/// The server has one lock, so it gets one piece at a time. It is started anew when it dies or
/// hangs; the record that it hung on has failed then, and one that it died on is tried once more.
public final class WhisperServer: Engine {
    /// How the server is run.
    public typealias Configuration = WhisperProgram

    /// It is whisper.cpp, run in another way.
    public var name: String { WhisperCLI.name }
    /// The model's name and what its file holds; hashed when it is asked for the first time.
    public var model: Model { Model(file: configuration.model, hash) }
    /// Whatever else changes the words, and the version of how the program is used.
    public var settings: String {
        let detector = voiceHash.map { " voice \($0.sha256 ?? "unreadable")" } ?? ""
        return "server 1 \(configuration.language)\(detector)"
            + (configuration.prompt.map { " \($0)" } ?? "")
    }

    private let configuration: Configuration
    private let house: WhisperServerHouse
    private let hash: ModelHash
    private let voiceHash: ModelHash?

    /// Looks at the model; the server is started when there is something to transcribe.
    ///
    /// - Throws: `Failure` of scope `stop` when the model is not there or the language no code.
    public init(_ configuration: Configuration, client: Client) throws(Failure) {
        try WhisperModel.check(configuration.model)
        if let voice = configuration.voiceModel { try WhisperModel.check(voice: voice) }
        try WhisperModel.check(language: configuration.language, of: configuration.model)
        self.configuration = configuration
        hash = ModelHash(configuration.model, cache: configuration.cacheDirectory)
        voiceHash = configuration.voiceModel.map {
            ModelHash($0, cache: configuration.cacheDirectory)
        }
        house = WhisperServerHouse(configuration, client)
        _ = try WhisperServerHouse.engine(configuration, client, at: "http://127.0.0.1:1/inference")
    }

    /// What was said, by all channels.
    public func transcribe(_ sound: Sound) async throws -> Transcription {
        var isSecond = false
        while true {
            let server = try await house.server()
            do {
                return try await server.engine.transcribe(sound)
            } catch let failure as Failure {
                guard let verdict = await house.verdict(on: failure, of: server) else {
                    throw failure
                }
                guard verdict.isWorthAnother, !isSecond else { throw verdict.failure }
                isSecond = true
            }
        }
    }
}
