// CommandChoice: a program of the user's own as the options describe it.
import Filter
import Records
import Speech
import SpeechServices

extension EngineChoice {
    /// What `--command` says.
    func command(_ named: Named) throws -> any Engine {
        guard let line = options.string("command") else {
            throw UsageError("engine command needs --command, such as --command 'program {wav}'")
        }
        var configuration = CommandEngine.Configuration(line: line, searchPath: searchPath)
        configuration.model = named.model
        configuration.language = options.string("language") ?? "en"
        configuration.places = cores
        configuration.cacheDirectory = cacheDirectory
        configuration.isEmptyAccepted = options.flag("accept-empty")
        configuration.timeout = try timeout()
        if let text = options.string("memory") {
            guard let size = ByteCount(text), size.bytes >= 1 << 20 else {
                throw UsageError("option --memory needs a size such as 4G, not \"\(text)\"")
            }
            configuration.memory = size.bytes
        }
        configuration.temporaryDirectory = temporaryDirectory
        configuration.environment = programEnvironment
        return try CommandEngine(configuration)
    }
}
