// WhisperXConfiguration: the settings of a service that wraps WhisperX.
internal import HTTP
internal import Records
internal import Speech

extension WhisperX {
    /// The settings of one service.
    struct Configuration: Sendable {
        /// Waits for a number of seconds.
        typealias Wait = @Sendable (_ seconds: Double) async throws(Failure) -> Void

        /// The service.
        var dialect: Dialect
        /// The address; the dialect's default address unless set.
        var url: String?
        /// The key, for a service behind a proxy that asks for one.
        var key: String?
        /// The model; whisper-asr-webservice has loaded its own.
        var model: String?
        /// The device of the model, `cpu` or `cuda`; for whisperX-FastAPI.
        var device = "cpu"
        /// The precision of the model; one that suits the device unless set.
        var computeType: String?
        /// A language's code, or `auto`.
        var language = "en"
        /// True when voices are told apart where one channel holds all parties.
        var isDiarized = false
        /// True when an answer without a word is accepted for loud sound.
        var isEmptyAccepted = false
        /// The seconds after which a task is left to a later run; a time that follows the length of
        /// the speech unless set.
        var taskTimeout: Double?
        /// Waits between two questions about a task.
        var wait: Wait = Pause.seconds
        /// The directory for sound while it is sent.
        var temporaryDirectory = "/tmp"

        /// The defaults of a dialect.
        init(dialect: Dialect) { self.dialect = dialect }

        /// Reads the environment; the user's wishes win.
        init(_ environment: Environment, _ settings: EngineSettings) throws(Failure) {
            let names = WhisperX.dialects.joined(separator: " or ")
            guard let spelled = settings.dialect ?? environment.value("WHISPERX_DIALECT") else {
                throw Failure(
                    .stop, .configuration, "read WHISPERX_DIALECT: it is not set",
                    remedy: "let it or --dialect be \(names)")
            }
            guard let dialect = Dialect(rawValue: spelled) else {
                throw Failure(
                    .stop, .configuration, "use dialect \"\(spelled)\": there is no such service",
                    remedy: "let --dialect or WHISPERX_DIALECT be \(names)")
            }
            self.dialect = dialect
            url = settings.url ?? environment.value("WHISPERX_URL")
            key = try environment.secret("WHISPERX_API_KEY")
            model = settings.model ?? environment.value("WHISPERX_MODEL")
            device = environment.value("WHISPERX_DEVICE") ?? device
            computeType = environment.value("WHISPERX_COMPUTE_TYPE")
            language = settings.language
            isDiarized = settings.isDiarized
            isEmptyAccepted = settings.isEmptyAccepted
            taskTimeout = try Configuration.taskTimeout(environment)
            let scale = try Client.Settings.backoffScale(environment)
            wait = { seconds throws(Failure) in try await Pause.seconds(seconds * scale) }
            temporaryDirectory = environment.temporaryDirectory
        }

        private static func taskTimeout(_ environment: Environment) throws(Failure) -> Double? {
            guard let text = environment.value("WHISPERX_TASK_TIMEOUT") else { return nil }
            guard let seconds = Double(text), (0...1e6).contains(seconds) else {
                throw Failure(
                    .stop, .configuration,
                    "use WHISPERX_TASK_TIMEOUT: it is not a number of seconds",
                    remedy: "set it to such a number, or leave it out")
            }
            return seconds
        }
    }
}
