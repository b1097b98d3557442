// WhisperX: the services that wrap WhisperX, as engines.
internal import HTTP
public import Records
public import Speech
internal import SpeechService

/// WhisperX behind a service: each channel's speech goes to it as a WAV file of its own, because the
/// service mixes channels.
public enum WhisperX {
    /// The name of these engines.
    public static let name = "whisperx"

    /// The names of the dialects.
    public static var dialects: [String] { Dialect.allCases.map(\.rawValue) }

    /// The service; they have only WhisperX in common.
    enum Dialect: String, Sendable, CaseIterable {
        /// whisper-asr-webservice: `POST /asr`, and the words are the answer.
        case webservice = "asr-webservice"
        /// whisperX-FastAPI: `POST /speech-to-text`, and a task that is asked for later.
        case fastAPI = "fastapi"

        /// The name in messages.
        var title: String {
            switch self {
            case .webservice: "whisper-asr-webservice"
            case .fastAPI: "whisperX-FastAPI"
            }
        }

        /// The address unless the user sets another.
        var defaultURL: String {
            switch self {
            case .webservice: "http://127.0.0.1:9000"
            case .fastAPI: "http://127.0.0.1:8000"
            }
        }
    }

    /// Reads the settings of WhisperX from the environment, and makes the engine for its dialect;
    /// that for whisperX-FastAPI is a `SubmittingEngine`.
    ///
    /// - Parameters:
    ///   - environment: `WHISPERX_URL`, `WHISPERX_API_KEY` and the others of transcribe(1).
    ///   - settings: The user's wishes; they win.
    /// - Returns: The engine; nothing is sent before there is something to transcribe.
    /// - Throws: `Failure` of scope `stop`, kind `configuration`.
    public static func engine(
        _ environment: Environment, _ settings: EngineSettings
    ) throws(Failure) -> any Engine {
        let service = try WhisperXService(
            Configuration(environment, settings),
            .ofSpeech(environment, observer: settings.observer))
        switch service.dialect {
        case .webservice: return WhisperXRequests(service)
        case .fastAPI: return WhisperXTasks(service)
        }
    }
}
