// WhisperProgram: one of whisper.cpp's programs with a model, as a user may want it run.

/// How `whisper-cli` or `whisper-server` is run.
public struct WhisperProgram: Sendable {
    /// The program's path.
    public var program: String
    /// The model's file.
    public var model: String
    /// A language's code, or `auto`.
    public var language = "en"
    /// Words that the model is to expect; the server takes them alone.
    public var prompt: String?
    /// Threads of the program.
    public var threads = 4
    /// The file of a voice detector (Silero), for programs that can use one.
    public var voiceModel: String?
    /// How many sounds go to one run at most; a server gets one at a time.
    public var batch = 32
    /// Where the hashes of models are kept from run to run; nowhere unless set.
    public var cacheDirectory: String?
    /// Whether no word at all is an answer, however loud the sound is.
    public var isEmptyAccepted = false
    /// Where sound lies for the time of a run.
    public var temporaryDirectory = "/tmp"
    /// All that the program sees of the environment, so that it sees no credentials.
    public var environment: [String: String] = [:]
    /// The time to load the model, beside what the sound's length suggests.
    public var patience: Duration = .seconds(300)
    /// The longest time for a sound, instead of what its length suggests.
    public var timeout: Duration?

    /// What has to be known; the rest can be set.
    public init(program: String, model: String) {
        self.program = program
        self.model = model
    }
}
