// WhisperXChoice: a WhisperX service as the options and the environment describe it.
import Filter
import HTTP
import Records
import Speech
import SpeechServices

extension EngineChoice {
    /// whisper-asr-webservice or whisperX-FastAPI.
    func whisperX(_ named: Named) throws -> any Engine {
        let environment = options.environment
        let names = WhisperX.Dialect.allCases.map(\.rawValue)
        guard let spelled = named.dialect ?? environment.value("WHISPERX_DIALECT") else {
            throw Failure(
                .stop, .configuration, "read WHISPERX_DIALECT: it is not set",
                remedy: "let it or --dialect be \(names.joined(separator: " or "))")
        }
        guard let dialect = WhisperX.Dialect(rawValue: spelled) else {
            throw UsageError(
                "option --dialect knows \(names.joined(separator: ", ")), not \"\(spelled)\"")
        }
        var configuration = WhisperX.Configuration(dialect: dialect)
        configuration.url = named.url ?? environment.value("WHISPERX_URL")
        configuration.model = named.model ?? environment.value("WHISPERX_MODEL")
        if let device = environment.value("WHISPERX_DEVICE") { configuration.device = device }
        configuration.computeType = environment.value("WHISPERX_COMPUTE_TYPE")
        configuration.language = options.language ?? "en"
        configuration.prompt = options.prompt
        configuration.isDiarized = options.isDiarized
        configuration.isEmptyAccepted = options.acceptEmpty
        if let text = environment.value("WHISPERX_PATIENCE") {
            guard let seconds = Double(text), (0...1e6).contains(seconds) else {
                throw Failure(
                    .stop, .configuration, "use WHISPERX_PATIENCE: it is not a number of seconds",
                    remedy: "set it to such a number, or leave it out")
            }
            configuration.patience = seconds
        }
        let scale = try Client.Settings.backoffScale(environment)
        configuration.wait = { seconds throws(Failure) in try await Pause.seconds(seconds * scale) }
        configuration.temporaryDirectory = temporaryDirectory
        return try WhisperX.engine(configuration, client: serviceClient())
    }
}
