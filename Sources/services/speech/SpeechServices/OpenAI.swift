// OpenAI: OpenAI's transcriptions, and the many servers that speak its interface, as an engine.
public import HTTP
public import Records
public import Speech
internal import System

/// Sends the speech of each channel to `POST …/audio/transcriptions`.
///
/// A service mixes channels, charges by the second, takes so many bytes at a time and invents
/// words in silence: so each channel goes by itself, without its long pauses, in pieces.
public final class OpenAI: Engine {
    /// The name of this engine.
    public static let name = "openai"

    /// How the server is spoken to.
    public struct Configuration: Sendable {
        /// Whose server it is.
        public var dialect: Dialect
        /// Where it is; the dialect's usual place unless set.
        public var url: String?
        /// The model; the dialect's usual one unless set.
        public var model: String?
        /// The key, for dialects that take one.
        public var key: String?
        /// Headers beside the key, such as `OpenAI-Project`.
        public var headers: [Header] = []
        /// A language's code, or `auto`.
        public var language = "en"
        /// Words that the model is to expect.
        public var prompt: String?
        /// Whether a server that can is to tell voices of one channel apart; OpenAI has models for
        /// that.
        public var isDiarized = false
        /// Whether no word at all is an answer, however loud the sound is.
        public var isEmptyAccepted = false
        /// Whether the times of words are those of the sound that was sent.
        public var hasWordTimes = true
        /// The longest time for a piece, instead of what its length suggests.
        public var timeout: Duration?
        /// Where sound lies for the time of a call.
        public var temporaryDirectory = "/tmp"

        /// What has to be known; the rest can be set.
        public init(dialect: Dialect) { self.dialect = dialect }
    }

    /// What a piece came to.
    private struct Heard: Sendable {
        let reply: OpenAIReply
        let utterances: [Utterance]
        let version: String?
        let request: String?
    }

    /// So many pieces of one call are under way at a time.
    private static let together = 4

    /// The name of this engine.
    public var name: String { OpenAI.name }
    /// The model, by the name that the service knows.
    public let model: Model
    /// Whatever else changes the words, and the version of how the service is used.
    public var settings: String {
        [
            "1", configuration.dialect.rawValue, configuration.language,
            configuration.isDiarized ? "diarized" : nil, configuration.prompt,
        ].compactMap { $0 }.joined(separator: " ")
    }

    private let configuration: Configuration
    private let format: Format
    private let endpoint: String
    private let client: Client
    private let slots: Slots

    /// Checks the configuration; nothing is sent before there is something to transcribe.
    ///
    /// - Throws: `Failure` of scope `stop`, kind `configuration`.
    public init(_ configuration: Configuration, client: Client) throws(Failure) {
        let dialect = configuration.dialect
        let name = configuration.model ?? dialect.usualModel
        self.configuration = configuration
        self.client = client
        model = Model(name: name, identity: name)
        format = Format(dialect, model: name)
        endpoint = dialect.endpoint(
            try Address.base(
                configuration.url ?? dialect.usualURL, of: "--url or OPENAI_BASE_URL",
                example: "https://api.openai.com/v1"))
        slots = Slots(dialect.places)
        try check(configuration.language)
        if dialect.takesKey, let key = configuration.key {
            try ServiceKey.check(
                key, from: dialect == .groq ? "GROQ_API_KEY or OPENAI_API_KEY" : "OPENAI_API_KEY")
        }
        if configuration.prompt != nil, format == .diarized {
            throw Failure(
                .stop, .configuration, "use --prompt: model \(name) takes none",
                remedy: "leave out --prompt, or choose another model")
        }
    }

    /// What was said, by all channels.
    public func transcribe(_ sound: Sound) async throws -> Transcription {
        let pieces = try await Pieces.of(sound, in: configuration.temporaryDirectory)
        let all = pieces.all(within: format.bounds(configuration.dialect))
        guard !all.isEmpty else { return Transcription(language: nil, utterances: []) }
        let heard = try await hear(all, of: pieces, sound.meter)
        if !configuration.isEmptyAccepted,
            !heard.contains(where: { heard in
                heard.reply.text.hasWord || heard.reply.utterances.contains { $0.text.hasWord }
            })
        {
            try NothingHeard.check(configuration.dialect.title, speech: pieces.speech)
        }
        return Transcription(
            language: heard.compactMap(\.reply.language).first
                ?? (configuration.language == "auto" ? nil : configuration.language),
            utterances: heard.flatMap(\.utterances),
            provenance: Provenance(
                version: heard.compactMap(\.version).first,
                request: heard.compactMap(\.request).first))
    }

    // MARK: Pieces

    /// The pieces in their order; a few are under way at once.
    private func hear(
        _ all: [Piece], of pieces: Pieces, _ meter: Meter
    ) async throws -> [Heard] {
        try await withThrowingTaskGroup(of: (Int, [Heard]).self) { group in
            var heard = [[Heard]](repeating: [], count: all.count)
            for index in all.indices {
                if index >= OpenAI.together, let (place, result) = try await group.next() {
                    heard[place] = result
                }
                // Voices are told apart within a piece only.
                let voices = all.count > 1 ? String(index + 1) : ""
                group.addTask { [self] in
                    (index, try await hear(all[index], of: pieces, meter, voices: voices))
                }
            }
            for try await (place, result) in group { heard[place] = result }
            return heard.flatMap { $0 }
        }
    }

    private func hear(
        _ piece: Piece, of pieces: Pieces, _ meter: Meter, voices: String, mayCut: Bool = true
    ) async throws -> [Heard] {
        let response = try await send(piece)
        guard !response.isSuccess else {
            meter.add(piece.seconds)
            return [try read(response, piece, voices)]
        }
        let refusal = OpenAIRefusal(response, configuration.dialect)
        if mayCut, refusal.isTooLong {
            let smaller = pieces.cut(piece, within: smaller(than: piece, refusal))
            if smaller.count > 1 {
                var heard: [Heard] = []
                for (index, part) in smaller.enumerated() {
                    heard += try await hear(
                        part, of: pieces, meter, voices: "\(voices).\(index + 1)", mayCut: false)
                }
                return heard
            }
        }
        throw refusal.failure(model: model.name)
    }

    /// About half, or what the service says that it takes.
    private func smaller(than piece: Piece, _ refusal: OpenAIRefusal) -> Pieces.Bounds {
        var bounds = format.bounds(configuration.dialect)
        bounds.seconds = piece.seconds * 0.55
        if let longest = refusal.longest, longest > 1 {
            bounds.seconds = min(bounds.seconds, longest * 0.99)
        }
        return bounds
    }

    private func send(_ piece: Piece) async throws -> Response {
        let form = form(piece)
        let dialect = configuration.dialect
        var request = Request(
            .post, endpoint, headers: [form.header] + configuration.headers, body: form.body,
            timeout: configuration.timeout ?? Deadline.forSound(ofSeconds: piece.seconds))
        request.bearer = dialect.takesKey ? configuration.key : nil
        request.isWorthAnother = { OpenAIRefusal.isWorthAnother($0, dialect) }
        return try await slots.use { [client, request] in try await client.send(request) }
    }

    private func read(
        _ response: Response, _ piece: Piece, _ voices: String
    ) throws(Failure) -> Heard {
        let reply = try OpenAIReply(response, of: configuration.dialect.title)
        var utterances = piece.inCall(
            configuration.hasWordTimes
                ? reply.utterances : reply.utterances.map(\.withoutWordTimes))
        if reply.utterances.isEmpty, !reply.text.isEmpty {
            utterances = [
                Utterance(
                    start: piece.start, end: piece.end, channel: piece.channel, text: reply.text,
                    confidence: reply.confidence)
            ]
        }
        // The words of sounds, which whisper.cpp writes.
        if [.whisperCPP, .localai].contains(configuration.dialect) {
            utterances = utterances.compactMap { $0.withoutTags }
        }
        for index in utterances.indices {
            if let speaker = utterances[index].speaker {
                utterances[index].speaker = speaker + voices
            }
        }
        return Heard(
            reply: reply, utterances: utterances,
            version: response.header("openai-version").flatMap(RequestNumber.plain),
            request: (response.header("x-request-id") ?? reply.request).flatMap(RequestNumber.plain)
        )
    }

    // MARK: The form

    /// Only what the dialect knows: some refuse a field that they do not.
    private func form(_ piece: Piece) -> Multipart {
        let dialect = configuration.dialect
        var form = Multipart()
        if dialect != .whisperCPP { form.add("model", model.name) }
        switch format {
        case .verbose:
            form.add("response_format", "verbose_json")
            // Without being asked for both, OpenAI leaves out the one.
            if dialect != .whisperCPP { form.add("timestamp_granularities[]", "segment") }
            if [.openai, .groq, .speaches, .localai].contains(dialect) {
                form.add("timestamp_granularities[]", "word")
            }
        case .diarized:
            form.add("response_format", "diarized_json")
            form.add("chunking_strategy", "auto")
        case .text:
            form.add("response_format", "json")
            if model.name.hasPrefix("gpt-4o") { form.add("include[]", "logprobs") }
        }
        // whisper-server takes English for granted when nothing is said.
        if configuration.language != "auto" || dialect == .whisperCPP {
            form.add("language", configuration.language)
        }
        if let prompt = configuration.prompt { form.add("prompt", prompt) }
        for (name, value) in dialect.ownFields(configuration) { form.add(name, value) }
        form.add("file", piece.content, file: "audio.wav", type: "audio/wav")
        return form
    }

    // MARK: Checks

    private func check(_ language: String) throws(Failure) {
        // whisper-server answers 200 to a language that it does not know, and hears nothing.
        let isKnown =
            configuration.dialect == .whisperCPP
            ? SpokenLanguage.isKnown(language) : SpokenLanguage.isCode(language)
        guard language == "auto" || isKnown else {
            throw Failure(
                .stop, .configuration, "use language \"\(language)\": it is no code",
                remedy: "let --language be a code such as en, or auto")
        }
    }
}

extension OpenAI.Dialect {
    /// What it alone has to be told.
    fileprivate func ownFields(_ configuration: OpenAI.Configuration) -> [(String, String)] {
        switch self {
        case .openai, .groq, .vllm: []
        // Its segments would be what its voice detector parts, up to 30 s long.
        case .speaches: [("without_timestamps", "false")]
        // One channel is one party; it would tell voices apart unless told not to.
        case .localai: [("diarize", configuration.isDiarized ? "true" : "false")]
        // The odds of all languages cost a pass of the encoder; what was heard earlier makes it
        // repeat itself, but without room for that there is none for a prompt either.
        case .whisperCPP:
            [("no_language_probabilities", "true")]
                + (configuration.prompt == nil ? [("max_context", "0")] : [])
        }
    }
}

extension Piece {
    /// The WAV file as a request sends it.
    var content: [Request.Part] {
        [.bytes(header)]
            + ranges.map {
                .file(path: path, offset: header.count + $0.lowerBound, length: $0.count)
            }
    }
}

extension Utterance {
    fileprivate var withoutWordTimes: Utterance {
        var utterance = self
        utterance.words = words.map { Word($0.text, confidence: $0.confidence) }
        return utterance
    }

    /// `nil` when it is nothing but the names of sounds.
    fileprivate var withoutTags: Utterance? {
        var utterance = self
        let spoken = SoundTags.removed(from: text.split(separator: " ").map(String.init)) { $0 }
        guard !spoken.isEmpty else { return nil }
        utterance.text = spoken.joined(separator: " ")
        utterance.words = SoundTags.removed(from: words, \.text)
        return utterance
    }
}
