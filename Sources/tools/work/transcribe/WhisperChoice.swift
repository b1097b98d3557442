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
        let wanted = options.string("whisper-cli")
        if options.flag("server") {
            let program = try WhisperServer.find(
                options.environment.value("WHISPER_SERVER"), beside: wanted, searchPath: searchPath)
            var settings = Client.Settings(observer: options.observer)
            // A server that answers with an error is started anew instead of asked again.
            settings.attempts = 1
            return try WhisperServer(whisper(program, model), client: Client(settings))
        }
        let program = try WhisperCLI.find(wanted, searchPath: searchPath)
        return try WhisperCLI(whisper(program, model))
    }

    private func whisper(_ program: String, _ model: String) throws -> WhisperProgram {
        var whisper = WhisperProgram(program: program, model: model)
        whisper.language = options.string("language") ?? "en"
        whisper.prompt = options.string("prompt")
        whisper.threads = min(cores, 8)
        whisper.voiceModel = options.string("vad-model")
        whisper.cacheDirectory = cacheDirectory
        whisper.isEmptyAccepted = options.flag("accept-empty")
        whisper.timeout = try timeout()
        whisper.temporaryDirectory = temporaryDirectory
        whisper.environment = programEnvironment
        return whisper
    }
}
