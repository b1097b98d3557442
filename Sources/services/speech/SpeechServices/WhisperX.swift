// WhisperX: the two services that wrap WhisperX, what they have in common as engines.
public import HTTP
public import Records
public import Speech

/// WhisperX behind a service: the speech of each channel goes to it as a WAV file of its own, as
/// it would mix the parties.
public enum WhisperX {
    /// The name of these engines.
    public static let name = "whisperx"

    /// Which service it is; they have nothing in common but what they wrap.
    public enum Dialect: String, Sendable, CaseIterable {
        /// whisper-asr-webservice: `POST /asr`, and the words are the answer.
        case webservice = "asr-webservice"
        /// whisperX-FastAPI: `POST /speech-to-text`, and a task to ask after.
        case fastAPI = "fastapi"

        /// As messages call it.
        var title: String {
            switch self {
            case .webservice: "whisper-asr-webservice"
            case .fastAPI: "whisperX-FastAPI"
            }
        }

        /// Where it is unless somebody says otherwise.
        public var usualURL: String {
            switch self {
            case .webservice: "http://127.0.0.1:9000"
            case .fastAPI: "http://127.0.0.1:8000"
            }
        }
    }

    /// How the service is spoken to.
    public struct Configuration: Sendable {
        /// Waits for so many seconds.
        public typealias Wait = @Sendable (_ seconds: Double) async throws(Failure) -> Void

        /// Which service it is.
        public var dialect: Dialect
        /// Where it is; the dialect's usual place unless set.
        public var url: String?
        /// The model; whisper-asr-webservice has loaded its own.
        public var model: String?
        /// What the model runs on, `cpu` or `cuda`; for whisperX-FastAPI.
        public var device = "cpu"
        /// How exactly it reckons; what the device is good at unless set.
        public var computeType: String?
        /// A language's code, or `auto`.
        public var language = "en"
        /// Words that the model is to expect.
        public var prompt: String?
        /// Whether voices are told apart where one channel holds all parties.
        public var isDiarized = false
        /// Whether no word at all is an answer, however loud the sound is.
        public var isEmptyAccepted = false
        /// The seconds after which a task is left for a later run; unset they follow its length.
        public var patience: Double?
        /// Waits between two questions after a task.
        public var wait: Wait = Pause.seconds
        /// Where sound lies for the time of a call.
        public var temporaryDirectory = "/tmp"

        /// What has to be known; the rest can be set.
        public init(dialect: Dialect) { self.dialect = dialect }
    }

    /// The engine for a dialect; that for whisperX-FastAPI is a `SubmittingEngine`.
    ///
    /// - Throws: `Failure` of scope `stop`, kind `configuration`.
    public static func engine(
        _ configuration: Configuration, client: Client
    ) throws(Failure) -> any Engine {
        let service = try WhisperXService(configuration, client)
        switch configuration.dialect {
        case .webservice: return WhisperXRequests(service)
        case .fastAPI: return WhisperXTasks(service)
        }
    }
}

/// What an engine for either service works with.
struct WhisperXService: Sendable {
    let configuration: WhisperX.Configuration
    let client: Client
    /// The address that paths are added to.
    let base: String
    let model: Model

    var dialect: WhisperX.Dialect { configuration.dialect }
    var title: String { dialect.title }
    var computeType: String {
        configuration.computeType ?? (configuration.device == "cpu" ? "int8" : "float16")
    }
    var settings: String {
        let own = dialect == .fastAPI ? computeType : nil
        return [
            "1", dialect.rawValue, configuration.language, own,
            configuration.isDiarized ? "voices" : nil, configuration.prompt,
        ].compactMap { $0 }.joined(separator: " ")
    }

    init(_ configuration: WhisperX.Configuration, _ client: Client) throws(Failure) {
        self.configuration = configuration
        self.client = client
        base = try Address.base(
            configuration.url ?? configuration.dialect.usualURL,
            of: "--url or WHISPERX_URL", example: configuration.dialect.usualURL)
        let usual = configuration.dialect == .fastAPI ? "large-v3" : "server"
        let name = configuration.model ?? usual
        model = Model(name: name, identity: name)
        let isAuto = configuration.language == "auto"
        guard isAuto || SpokenLanguage.isKnown(configuration.language) else {
            throw Failure(
                .stop, .configuration,
                "use language \"\(configuration.language)\": it is no code that Whisper knows",
                remedy: "let --language be a code such as en, or auto")
        }
        // It takes what is not said for English.
        guard !isAuto || configuration.dialect == .webservice else {
            throw Failure(
                .stop, .configuration, "use language auto: \(configuration.dialect.title) has none",
                remedy: "let --language be a code such as en")
        }
    }

    /// A channel's speech as one file, so that its voices stay the same from begin to end.
    func pieces(of sound: Sound) async throws -> (Pieces, all: [Piece]) {
        let pieces = try await Pieces.of(sound, in: configuration.temporaryDirectory)
        // No server is asked to hold more than this in memory: 18 hours of telephone speech.
        return (pieces, pieces.all(within: Pieces.Bounds(bytes: 1 << 30)))
    }

    /// Whether the voices of a sound are to be told apart: not where a channel is a party.
    func isDiarized(_ sound: Sound) -> Bool { configuration.isDiarized && sound.channels == 1 }

    func form(_ part: String, _ piece: Piece) -> Multipart {
        var form = Multipart()
        form.add(part, piece.content, file: "audio.wav", type: "audio/wav")
        return form
    }

    func query(_ items: [(String, String)]) -> String {
        "?" + items.map { "\($0)=\(PercentEncoding.text($1))" }.joined(separator: "&")
    }

    /// What was said, from what was heard in each piece.
    ///
    /// - Throws: `Failure` when that is nothing and cannot be.
    func transcription(
        of sound: Sound, _ pieces: Pieces, _ heard: [(Piece, WhisperXReply)],
        version: String? = nil, request: String? = nil
    ) throws(Failure) -> Transcription {
        let hasVoices = isDiarized(sound)
        var utterances: [Utterance] = []
        for (index, (piece, reply)) in heard.enumerated() {
            for var utterance in piece.inCall(reply.utterances(seconds: piece.seconds)) {
                // Voices are told apart within a piece only.
                let mark = heard.count > 1 ? ".\(index + 1)" : ""
                utterance.speaker = hasVoices ? utterance.speaker.map { $0 + mark } : nil
                utterances.append(utterance)
            }
        }
        if heard.allSatisfy(\.1.isEmpty), !configuration.isEmptyAccepted {
            try NothingHeard.check(title, speech: pieces.speech)
        }
        return Transcription(
            language: heard.compactMap(\.1.language).first
                ?? (configuration.language == "auto" ? nil : configuration.language),
            utterances: utterances,
            provenance: Provenance(
                version: version, request: request))
    }
}
