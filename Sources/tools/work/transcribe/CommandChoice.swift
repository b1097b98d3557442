// CommandChoice: a program of the user's own as the options describe it.
import Filter
import Records
import Speech
import SpeechServices

extension EngineChoice {
    /// What `--command` says.
    func command(_ named: Named) throws -> any Engine {
        guard let line = options.command else {
            throw UsageError("engine command needs --command, such as --command 'program {wav}'")
        }
        var configuration = CommandEngine.Configuration(line: line, searchPath: searchPath)
        configuration.model = named.model
        configuration.language = options.language ?? "en"
        configuration.places = cores
        configuration.cacheDirectory = cacheDirectory
        configuration.isEmptyAccepted = options.acceptEmpty
        configuration.timeout = timeout
        if let memory = options.memory { configuration.memory = memory.bytes }
        configuration.temporaryDirectory = temporaryDirectory
        configuration.environment = programEnvironment
        return try CommandEngine(configuration)
    }
}
