// OpenAI: OpenAI's transcriptions, and the servers with the same interface, as an engine.
package import HTTP
public import Records
public import Speech
internal import SpeechReplies
internal import SpeechService
internal import System

/// Sends the speech of each channel to `POST …/audio/transcriptions`.
///
/// A service mixes the channels, charges by the second, accepts a limited number of bytes and invents
/// words for silence. So each channel goes by itself, in pieces, without its long pauses.
public final class OpenAI: Engine {
    /// The name of this engine.
    public static let name = "openai"

    /// One recording in work.
    private struct Work: Sendable {
        let sound: Sound
        let pieces: Pieces
        /// The language that is asked for: a code, or `auto`.
        var language: String
    }

    /// The answer to one piece.
    private struct Heard: Sendable {
        let reply: TranscriptJSON
        let utterances: [Utterance]
        let version: String?
        let request: String?
    }

    /// The most pieces of one recording that are sent at the same time.
    private static let together = 4

    /// The name of this engine.
    public var name: String { OpenAI.name }
    /// The model, by the name that the service knows.
    public let model: Model
    /// Everything else that changes the words, with the version of how the service is used.
    public var settings: String {
        [
            "1", configuration.dialect.rawValue, configuration.language,
            configuration.isDiarized ? "diarized" : nil,
        ].compactMap { $0 }.joined(separator: " ")
    }
    /// False for a model that tells voices apart.
    public var takesPrompt: Bool { format != .diarized }

    private let configuration: Configuration
    private let format: Format
    private let endpoint: String
    private let client: Client
    private let slots: Slots

    /// Reads the settings of OpenAI and its relatives from the environment.
    ///
    /// - Parameters:
    ///   - environment: `OPENAI_API_KEY`, `OPENAI_BASE_URL` and the others of transcribe(1).
    ///   - settings: The user's wishes; they win.
    /// - Throws: `Failure` of scope `stop`, kind `configuration`.
    public convenience init(
        _ environment: Environment, _ settings: EngineSettings
    ) throws(Failure) {
        try self.init(
            Configuration(environment, settings),
            client: .ofSpeech(environment, observer: settings.observer))
    }

    /// Checks the configuration; nothing is sent before there is something to transcribe.
    ///
    /// - Throws: `Failure` of scope `stop`, kind `configuration`.
    package init(_ configuration: Configuration, client: Client) throws(Failure) {
        let dialect = configuration.dialect
        let name = configuration.model ?? dialect.defaultModel
        self.configuration = configuration
        self.client = client
        model = Model(name: name, identity: name)
        format = Format(dialect, model: name)
        endpoint = dialect.endpoint(
            try Address.base(
                configuration.url ?? dialect.defaultURL, of: "--url or OPENAI_BASE_URL",
                example: "https://api.openai.com/v1"))
        slots = Slots(dialect.mostRequests)
        try SpokenLanguage.check(
            configuration.language, among: dialect == .whisperCPP ? .whisper : .iso639,
            of: dialect.title)
        if dialect.takesKey, let key = configuration.key {
            try ServiceKey.check(
                key, from: dialect == .groq ? "GROQ_API_KEY or OPENAI_API_KEY" : "OPENAI_API_KEY")
        }
    }

    /// Writes down what is said on all channels.
    public func transcribe(_ sound: Sound) async throws -> Transcription {
        let pieces = try await Pieces.of(
            sound, in: configuration.temporaryDirectory, rate: configuration.dialect.rate)
        let all = pieces.all(within: format.bounds(configuration.dialect))
        guard !all.isEmpty else { return Transcription(language: nil, utterances: []) }
        let heard = try await hear(
            all, of: Work(sound: sound, pieces: pieces, language: configuration.language))
        if !configuration.isEmptyAccepted, heard.allSatisfy(\.reply.isEmpty) {
            try EmptyAnswer.check(configuration.dialect.title, speech: pieces.speech)
        }
        return Transcription(
            language: heard.compactMap(\.reply.language).first
                ?? (configuration.language == "auto" ? nil : configuration.language),
            utterances: heard.flatMap(\.utterances),
            version: heard.compactMap(\.version).first,
            request: heard.compactMap(\.request).first)
    }

    // MARK: Pieces

    /// The answers in the order of the pieces.
    ///
    /// With language `auto` the piece with the most speech decides the language of the whole call: a
    /// short one misleads.
    private func hear(_ all: [Piece], of work: Work) async throws -> [Heard] {
        guard work.language == "auto", all.count > 1,
            let longest = all.indices.max(by: { all[$0].speech < all[$1].speech })
        else { return try await hear(all, all.indices.map { $0 }, of: work).flatMap { $0 } }
        var work = work
        let first = try await hear(all, [longest], of: work)
        work.language = first[longest].compactMap(\.reply.language).first ?? work.language
        var heard = try await hear(all, all.indices.filter { $0 != longest }, of: work)
        heard[longest] = first[longest]
        return heard.flatMap { $0 }
    }

    /// The answers to some of all pieces, each at its piece's place; a few pieces are sent at once.
    private func hear(
        _ all: [Piece], _ some: [Int], of work: Work
    ) async throws -> [[Heard]] {
        try await withThrowingTaskGroup(of: (Int, [Heard]).self) { group in
            var heard = [[Heard]](repeating: [], count: all.count)
            for (count, index) in some.enumerated() {
                if count >= OpenAI.together, let (place, result) = try await group.next() {
                    heard[place] = result
                }
                // A service tells voices apart within one piece only.
                let voices = all.count > 1 ? String(index + 1) : ""
                group.addTask { [self] in
                    (index, try await hear(all[index], of: work, voices: voices))
                }
            }
            for try await (place, result) in group { heard[place] = result }
            return heard
        }
    }

    private func hear(
        _ piece: Piece, of work: Work, voices: String, mayCut: Bool = true
    ) async throws -> [Heard] {
        let response = try await send(piece, of: work)
        guard !response.isSuccess else {
            work.sound.meter.add(piece.seconds)
            return [try read(response, piece, work.sound.meter, voices)]
        }
        let refusal = OpenAIRefusal(response, configuration.dialect)
        if mayCut, refusal.isTooLong {
            let smaller = work.pieces.cut(piece, within: smaller(than: piece, refusal))
            if smaller.count > 1 {
                var heard: [Heard] = []
                for (index, part) in smaller.enumerated() {
                    heard += try await hear(
                        part, of: work, voices: "\(voices).\(index + 1)", mayCut: false)
                }
                return heard
            }
        }
        throw refusal.failure(model: model.name)
    }

    /// About half, or the length that the service says it accepts.
    private func smaller(than piece: Piece, _ refusal: OpenAIRefusal) -> Pieces.Bounds {
        var bounds = format.bounds(configuration.dialect)
        bounds.seconds = piece.seconds * 0.55
        if let longest = refusal.longest, longest > 1 {
            bounds.seconds = min(bounds.seconds, longest * 0.99)
        }
        return bounds
    }

    private func send(_ piece: Piece, of work: Work) async throws -> Response {
        let form = configuration.form(
            piece, format, model: model.name, language: work.language, prompt: work.sound.prompt)
        let dialect = configuration.dialect
        var request = Request(
            .post, endpoint, headers: [form.header] + configuration.headers, body: form.body,
            timeout: configuration.timeout ?? RequestTimeout.forSound(ofSeconds: piece.seconds))
        request.bearer = dialect.takesKey ? configuration.key : nil
        request.isWorthAnother = { OpenAIRefusal.isWorthAnother($0, dialect) }
        return try await slots.use { [client, request] in try await client.send(request) }
    }

    private func read(
        _ response: Response, _ piece: Piece, _ meter: Meter, _ voices: String
    ) throws(Failure) -> Heard {
        let reply = try TranscriptJSON(
            ReplyJSON(
                response.body, of: configuration.dialect.title, status: response.status))
        var utterances = piece.inCall(
            configuration.hasWordTimes
                ? reply.utterances : reply.utterances.map(\.withoutWordTimes), meter)
        if reply.utterances.isEmpty, !reply.text.isEmpty {
            utterances = [
                Utterance(
                    start: piece.start, end: piece.end, channel: piece.channel, text: reply.text,
                    confidence: reply.confidence)
            ]
        }
        // whisper.cpp writes the names of sounds.
        if [.whisperCPP, .localai].contains(configuration.dialect) {
            utterances = utterances.compactMap(\.withoutTags)
        }
        for index in utterances.indices {
            utterances[index].speaker = utterances[index].speaker.map { $0 + voices }
        }
        return Heard(
            reply: reply, utterances: utterances,
            version: response.header("openai-version").flatMap(ServiceID.plain),
            request: (response.header("x-request-id") ?? reply.request).flatMap(ServiceID.plain))
    }
}
