// WhisperChoice: whisper.cpp as the options and the environment describe it.
import Filter
import HTTP
import Records
import Speech
import SpeechServices
import System

extension EngineChoice {
    /// whisper.cpp's program, or with `--server` its server, with a model.
    func whisper(_ named: Named) throws -> any Engine {
        let environment = options.environment
        var places = WhisperPlaces(
            besideTools: OwnProgram.directory, searchPath: searchPath)
        places.prefersSearchPath = environment.value("PATH_FIRST") != nil
        places.ownModels = environment.value("CALLPIPE_MODELS")
        let commandLine = options.whisperCLI ?? environment.value("WHISPER_CLI")
        let program =
            options.usesServer
            ? try places.server(environment.value("WHISPER_SERVER"), beside: commandLine)
            : try places.commandLine(commandLine)
        let model = try places.model(named.model ?? environment.value("WHISPER_MODEL"))
        let settings = try whisper(program, model)
        guard options.usesServer else { return try WhisperCLI(settings) }
        var client = Client.Settings(observer: options.observer)
        // A server that answers with an error is started anew instead of asked again.
        client.attempts = 1
        return try WhisperServer(settings, client: Client(client))
    }

    private func whisper(_ program: String, _ model: String) throws -> WhisperProgram {
        var whisper = WhisperProgram(program: program, model: model)
        whisper.language = options.language ?? "en"
        whisper.prompt = options.prompt
        whisper.threads = min(cores, 8)
        whisper.voiceModel = options.voiceModel
        whisper.cacheDirectory = cacheDirectory
        whisper.isEmptyAccepted = options.acceptEmpty
        whisper.timeout = timeout
        whisper.temporaryDirectory = temporaryDirectory
        whisper.environment = programEnvironment
        return whisper
    }
}
