// DeepgramChoice: Deepgram as the options and the environment describe it.
import Filter
import HTTP
import Records
import Speech
import SpeechServices

extension EngineChoice {
    /// Deepgram's service, in one of its regions.
    func deepgram(_ named: Named) throws -> any Engine {
        let environment = options.environment
        guard let key = try environment.secret("DEEPGRAM_API_KEY") else {
            throw Failure(
                .stop, .configuration, "read DEEPGRAM_API_KEY: it is not set",
                remedy: "let DEEPGRAM_API_KEY be a key, or DEEPGRAM_API_KEY_FILE name its file")
        }
        func list(_ text: String?) -> [String] {
            (text ?? "").split(separator: ",").map { item in
                item.split(separator: " ").joined(separator: " ")
            }.filter { !$0.isEmpty }
        }
        var configuration = Deepgram.Configuration(key: key)
        if let url = named.url ?? environment.value("DEEPGRAM_URL") { configuration.url = url }
        if let model = named.model ?? environment.value("DEEPGRAM_MODEL") {
            configuration.model = model
        }
        configuration.language = options.language ?? "en"
        configuration.terms = list(options.prompt)
        configuration.redacted = list(options.redact)
        configuration.isDiarized = options.isDiarized
        configuration.isOptedOut = environment.value("DEEPGRAM_MIP_OPT_OUT") == "true"
        configuration.isEmptyAccepted = options.acceptEmpty
        configuration.temporaryDirectory = temporaryDirectory
        return try Deepgram(configuration, client: serviceClient())
    }

    /// A client for services that are paid by the attempt, and may take as long as the sound.
    func serviceClient() throws -> Client {
        var settings = try Client.Settings(options.environment, observer: options.observer)
        if options.environment.value("CALLPIPE_HTTP_ATTEMPTS") == nil { settings.attempts = 3 }
        return try Client(settings)
    }
}
