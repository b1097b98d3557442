// WhisperXService: the parts that the engines for both services share.
internal import HTTP
internal import Records
internal import Speech
internal import SpeechReplies
internal import SpeechService

/// A service with its settings.
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
            configuration.isDiarized ? "voices" : nil,
        ].compactMap { $0 }.joined(separator: " ")
    }

    init(_ configuration: WhisperX.Configuration, _ client: Client) throws(Failure) {
        self.configuration = configuration
        self.client = client
        base = try Address.base(
            configuration.url ?? configuration.dialect.defaultURL,
            of: "--url or WHISPERX_URL", example: configuration.dialect.defaultURL)
        let usual = configuration.dialect == .fastAPI ? "large-v3" : "server"
        let name = configuration.model ?? usual
        model = Model(name: name, identity: name)
        if let key = configuration.key { try ServiceKey.check(key, from: "WHISPERX_API_KEY") }
        try SpokenLanguage.check(
            configuration.language, among: .whisper, of: configuration.dialect.title)
        // whisperX-FastAPI assumes English when no language is sent.
        guard configuration.language != "auto" || configuration.dialect == .webservice else {
            throw Failure(
                .stop, .configuration,
                "use language auto: \(configuration.dialect.title) does not detect languages",
                remedy: "let --language be a code such as en")
        }
    }

    /// Each channel's speech as one file, so that its voices keep their names from begin to end.
    func pieces(of sound: Sound) async throws -> (Pieces, all: [Piece]) {
        let pieces = try await Pieces.of(sound, in: configuration.temporaryDirectory)
        // No server has to hold more than this in memory: 18 hours of telephone speech.
        return (pieces, pieces.all(within: Pieces.Bounds(bytes: 1 << 30)))
    }

    /// True when the voices of a sound are told apart; not where a channel is a party.
    func isDiarized(_ sound: Sound) -> Bool { configuration.isDiarized && sound.channels == 1 }

    /// A request that sends a piece as the part of a form.
    func request(
        _ path: String, _ items: [(String, String)], _ part: String, _ piece: Piece
    ) -> Request {
        var form = Multipart()
        form.add(part, piece.content, file: "audio.wav", type: "audio/wav")
        var request = Request(
            .post, base + path + PercentEncoding.query(items), headers: [form.header],
            body: form.body, timeout: RequestTimeout.forSound(ofSeconds: piece.seconds))
        request.bearer = configuration.key
        return request
    }

    /// The JSON of an answer.
    func json(_ response: Response) -> ReplyJSON {
        ReplyJSON(response.body, of: title, status: response.status)
    }

    /// The transcription of a sound, from the answers to its pieces.
    ///
    /// - Throws: `Failure` when no answer has a word and the sound is loud.
    func transcription(
        of sound: Sound, _ pieces: Pieces, _ heard: [(Piece, TranscriptJSON)],
        version: String? = nil, request: String? = nil
    ) throws(Failure) -> Transcription {
        let hasVoices = isDiarized(sound)
        var utterances: [Utterance] = []
        for (index, (piece, reply)) in heard.enumerated() {
            // A service tells voices apart within one piece only.
            let mark = heard.count > 1 ? ".\(index + 1)" : ""
            let said = WhisperXService.utterances(reply, of: piece)
            for var utterance in piece.inCall(said, sound.meter) {
                utterance.speaker = hasVoices ? utterance.speaker.map { $0 + mark } : nil
                utterances.append(utterance)
            }
        }
        if heard.allSatisfy(\.1.isEmpty), !configuration.isEmptyAccepted {
            try EmptyAnswer.check(title, speech: pieces.speech)
        }
        return Transcription(
            language: heard.compactMap(\.1.language).first
                ?? (configuration.language == "auto" ? nil : configuration.language),
            utterances: utterances, version: version, request: request)
    }

    /// The utterances of an answer; text without segments stands for the whole piece.
    private static func utterances(_ reply: TranscriptJSON, of piece: Piece) -> [Utterance] {
        guard reply.utterances.isEmpty, !reply.text.isEmpty else { return reply.utterances }
        return [Utterance(start: 0, end: piece.seconds, channel: 0, text: reply.text)]
    }
}
