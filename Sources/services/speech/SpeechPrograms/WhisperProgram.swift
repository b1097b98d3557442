// WhisperProgram: one of whisper.cpp's programs with its model, as a user wants it run.
internal import HTTP
public import Records
public import Speech

/// The settings of `whisper-cli` or `whisper-server`.
struct WhisperProgram: Sendable {
    /// The program's path.
    var program: String
    /// The model's file.
    var model: String
    /// A language's code, or `auto`.
    var language = "en"
    /// The threads of the program.
    var threads = 4
    /// The file of a voice detector (Silero), for programs that can use one.
    var voiceModel: String?
    /// The most sounds in one run; a server gets one at a time.
    var batch = 32
    /// The directory for hashes of models from run to run; `nil` for none.
    var cacheDirectory: String?
    /// The directory for sound during a run.
    var temporaryDirectory = "/tmp"
    /// All that the program sees of the environment, so that it sees no credentials.
    var environment: [String: String] = [:]
    /// The time to load the model, beside the time that follows the length of the sound.
    var loadTimeout: Duration = .seconds(300)
    /// The longest time for a sound, instead of a time that follows its length.
    var timeout: Duration?

    /// The defaults of a program and a model.
    init(program: String, model: String) {
        self.program = program
        self.model = model
    }

    /// Reads the environment; the user's wishes win.
    init(
        _ environment: Environment, _ settings: EngineSettings, besideTools tools: String
    ) throws(Failure) {
        var places = WhisperPlaces(besideTools: tools, searchPath: environment.searchPath)
        places.prefersSearchPath = environment.value("PATH_FIRST") != nil
        places.ownModels = environment.value("CALLPIPE_MODELS")
        let commandLine = settings.whisperProgram ?? environment.value("WHISPER_CLI")
        if settings.usesServer {
            program = try places.server(environment.value("WHISPER_SERVER"), beside: commandLine)
        } else if commandLine == nil, settings.voiceModel == nil, let own = places.ownProgram {
            program = own
        } else {
            program = try places.commandLine(commandLine)
        }
        model = try places.model(settings.model ?? environment.value("WHISPER_MODEL"))
        language = settings.language
        threads = min(settings.processors, 8)
        voiceModel = settings.voiceModel
        cacheDirectory = settings.cacheDirectory(environment)
        temporaryDirectory = environment.temporaryDirectory
        self.environment = environment.ofPrograms
        timeout = settings.timeout
    }

    /// The name of callpipe's own program on whisper.cpp's library, which takes the options of
    /// `whisper-cli`.
    static let own = "callpipe-hear"

    /// True when each call's language has to be found out.
    var detectsLanguage: Bool { spokenLanguage == "auto" }

    /// The language for the program: a model that knows only English does not detect one, and
    /// whisper.cpp's library names any language for it.
    var spokenLanguage: String {
        language == "auto" && WhisperModel.isEnglishOnly(model) ? "en" : language
    }

    /// True for callpipe's own program.
    var isOwn: Bool { program.hasSuffix("/\(WhisperProgram.own)") }

    /// Checks the files and the language.
    ///
    /// - Throws: `Failure` of scope `stop`.
    func check() throws(Failure) {
        try WhisperModel.check(model)
        if let voiceModel { try WhisperModel.check(voice: voiceModel) }
        try WhisperModel.check(language: language, of: model)
    }

    /// The language and the voice detector, for the key of a transcript.
    func settings(_ voice: ModelHash?) -> String {
        language + (voice.map { " voice \($0.sha256 ?? "unreadable")" } ?? "")
    }
}

/// whisper.cpp as an engine.
public enum Whisper {
    /// The name of the engine, run either way.
    public static let name = "whisper.cpp"

    /// Reads the settings of whisper.cpp from the environment, and makes the engine: the program for
    /// each run, or with `--server` the server.
    ///
    /// - Parameters:
    ///   - environment: `WHISPER_MODEL`, `WHISPER_CLI` and the others of transcribe(1).
    ///   - settings: The user's wishes; they win.
    ///   - tools: The directory of the running program; whisper.cpp is installed beside it.
    /// - Returns: The engine; nothing is run before there is something to transcribe.
    /// - Throws: `Failure` of scope `stop`, kind `configuration`.
    public static func engine(
        _ environment: Environment, _ settings: EngineSettings, besideTools tools: String
    ) throws(Failure) -> any Engine {
        let program = try WhisperProgram(environment, settings, besideTools: tools)
        guard settings.usesServer else { return try WhisperCLI(program) }
        var client = Client.Settings(observer: settings.observer)
        // A server that answers with an error is started anew instead of asked again.
        client.attempts = 1
        return try WhisperServer(program, client: Client(client))
    }
}
