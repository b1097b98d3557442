// WhisperChoice: whisper.cpp as the options and the environment describe it.
import Filter
import HTTP
import Records
import Speech
import SpeechServices

extension EngineChoice {
    /// whisper.cpp's program, or with `--server` its server, with a model.
    func whisper(_ named: Named) throws -> any Engine {
        guard let model = named.model ?? options.environment.value("WHISPER_MODEL") else {
            throw Failure(
                .stop, .configuration, "choose a whisper.cpp model: none is named",
                remedy: "let --model or WHISPER_MODEL name a file such as ggml-base.en.bin")
        }
        if options.flag("server") { return try whisperServer(model) }
        var configuration = WhisperCLI.Configuration(
            program: try WhisperCLI.find(options.string("whisper-cli"), searchPath: searchPath),
            model: model)
        configuration.language = options.string("language") ?? "en"
        configuration.threads = min(cores, 8)
        configuration.voiceModel = options.string("vad-model")
        configuration.cacheDirectory = cacheDirectory
        configuration.isEmptyAccepted = options.flag("accept-empty")
        configuration.timeout = try timeout()
        configuration.temporaryDirectory = temporaryDirectory
        configuration.environment = programEnvironment
        return try WhisperCLI(configuration)
    }

    private func whisperServer(_ model: String) throws -> any Engine {
        var configuration = WhisperServer.Configuration(
            program: try WhisperServer.find(
                options.environment.value("WHISPER_SERVER"), beside: options.string("whisper-cli"),
                searchPath: searchPath), model: model)
        configuration.language = options.string("language") ?? "en"
        configuration.threads = min(cores, 8)
        configuration.voiceModel = options.string("vad-model")
        configuration.prompt = options.string("prompt")
        configuration.cacheDirectory = cacheDirectory
        configuration.isEmptyAccepted = options.flag("accept-empty")
        configuration.timeout = try timeout()
        configuration.temporaryDirectory = temporaryDirectory
        configuration.environment = programEnvironment
        var settings = Client.Settings(observer: options.observer)
        // A server that answers with an error is started anew instead of asked again.
        settings.attempts = 1
        return try WhisperServer(configuration, client: Client(settings))
    }
}
