// Deepgram: Deepgram's transcription of recordings as an engine.
internal import HTTP
public import Records
public import Speech
internal import SpeechReplies
internal import SpeechService

/// Sends the file as it was recorded to `POST /v1/listen`, which hears each channel by itself.
///
/// A file that takes the service too long is cut, and sent in pieces of one channel.
public final class Deepgram: Engine {
    /// The name of this engine.
    public static let name = "deepgram"
    /// The service's name in messages.
    static let title = "Deepgram"

    /// The answer to one request.
    private struct Heard: Sendable {
        let reply: DeepgramJSON
        let utterances: [Utterance]
    }

    /// A sound of fewer seconds is not cut any more.
    private static let shortest = 20.0
    /// The most times that a piece is halved.
    private static let mostCuts = 4

    /// The name of this engine.
    public var name: String { Deepgram.name }
    /// The model, by the name that the service knows.
    public let model: Model
    /// Everything else that changes the words, with the version of how the service is used.
    public var settings: String {
        (["1", configuration.language, configuration.isDiarized ? "voices" : ""]
            + configuration.redacted.map { "without \($0)" })
            .filter { !$0.isEmpty }.joined(separator: " ")
    }

    private let configuration: Configuration
    private let endpoint: String
    private let client: Client

    /// Reads the settings of Deepgram from the environment.
    ///
    /// - Parameters:
    ///   - environment: `DEEPGRAM_API_KEY`, `DEEPGRAM_URL` and the others of transcribe(1).
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
    init(_ configuration: Configuration, client: Client) throws(Failure) {
        self.configuration = configuration
        self.client = client
        model = Model(name: configuration.model, identity: configuration.model)
        let base = try Address.base(
            configuration.url, of: "--url or DEEPGRAM_URL",
            example: "https://api.eu.deepgram.com")
        endpoint =
            base.hasSuffix("/v1/listen")
            ? base : base.hasSuffix("/v1") ? base + "/listen" : base + "/v1/listen"
        try configuration.check()
    }

    /// Writes down what is said on all channels.
    public func transcribe(_ sound: Sound) async throws -> Transcription {
        let speech = try await sound.secondsOfSpeech()
        guard speech > 0 else { return Transcription(language: nil, utterances: []) }
        let heard = try await hear(sound)
        let utterances = heard.flatMap(\.utterances)
        if !utterances.contains(where: { $0.text.hasWord }), !configuration.isEmptyAccepted {
            try EmptyAnswer.check(Deepgram.title, speech: speech)
        }
        let isOpen = ["auto", "multi"].contains(configuration.language)
        return Transcription(
            language: heard.compactMap(\.reply.language).first
                ?? (isOpen ? nil : configuration.language),
            utterances: utterances,
            model: heard.compactMap(\.reply.model).first { $0 != model.name },
            version: heard.compactMap(\.reply.version).first,
            request: heard.compactMap(\.reply.request).first)
    }

    // MARK: Requests

    private func hear(_ sound: Sound) async throws -> [Heard] {
        guard let original = sound.original else {
            return try await hearPieces(of: sound, within: Pieces.Bounds())
        }
        let body = Request.Part.file(path: original.path, offset: 0, length: original.bytes)
        let isSound = original.type.hasPrefix("audio/") || original.type.hasPrefix("video/")
        guard
            let response = try await listen(
                to: [body], type: isSound ? original.type : "application/octet-stream",
                channels: sound.channels, seconds: sound.seconds, sound.prompt)
        else {
            guard sound.seconds > Deepgram.shortest else { throw tooSlow }
            return try await hearPieces(of: sound, within: Deepgram.halves(sound.seconds))
        }
        // The service charges for each channel that it hears by itself.
        sound.meter.add(sound.seconds * Double(sound.channels))
        let reply = try DeepgramJSON(response, channels: sound.channels)
        if let seconds = reply.seconds, seconds < 0.95 * sound.seconds - 2 {
            throw DeepgramJSON.json(response).unusable(
                "for \(Int(seconds)) of \(Int(sound.seconds)) seconds")
        }
        let utterances = (0..<sound.channels).flatMap { channel in
            reply.utterances.filter { $0.channel == channel }
                .placed(in: 0...sound.seconds).map { $0.within(sound.seconds) }
        }
        return [Heard(reply: reply, utterances: utterances)]
    }

    private func hearPieces(
        of sound: Sound, within bounds: Pieces.Bounds
    ) async throws -> [Heard] {
        let pieces = try await Pieces.of(sound, in: configuration.temporaryDirectory)
        var heard: [Heard] = []
        for (index, piece) in pieces.all(within: bounds).enumerated() {
            heard += try await hear(
                piece, of: pieces, sound, voices: "\(index + 1)", cuts: 1)
        }
        return heard
    }

    private func hear(
        _ piece: Piece, of pieces: Pieces, _ sound: Sound, voices: String, cuts: Int
    ) async throws -> [Heard] {
        let response = try await listen(
            to: piece.content, type: "audio/wav", channels: 1, seconds: piece.seconds,
            sound.prompt)
        if let response {
            sound.meter.add(piece.seconds)
            let reply = try DeepgramJSON(response, channels: 1)
            var utterances = piece.inCall(reply.utterances, sound.meter)
            for index in utterances.indices {
                // A service tells voices apart within one piece only.
                utterances[index].speaker = utterances[index].speaker.map { "\($0).\(voices)" }
            }
            return [Heard(reply: reply, utterances: utterances)]
        }
        guard cuts < Deepgram.mostCuts, piece.seconds > Deepgram.shortest else { throw tooSlow }
        var heard: [Heard] = []
        let smaller = pieces.cut(piece, within: Deepgram.halves(piece.seconds))
        for (index, part) in smaller.enumerated() {
            heard += try await hear(
                part, of: pieces, sound, voices: "\(voices).\(index + 1)", cuts: cuts + 1)
        }
        return heard
    }

    /// Half, and a little more, so that a pause can be found.
    private static func halves(_ seconds: Double) -> Pieces.Bounds {
        Pieces.Bounds(seconds: seconds * 0.55)
    }

    /// A success, or `nil` when the service twice gave up because the sound is too long.
    private func listen(
        to content: [Request.Part], type: String, channels: Int, seconds: Double,
        _ prompt: String?
    ) async throws -> Response? {
        var request = Request(
            .post, endpoint + query(channels: channels, prompt),
            headers: [
                Header("Authorization", "Token \(configuration.key)"),
                Header("Content-Type", type), Header("Accept", "application/json"),
            ],
            body: .parts(content), timeout: RequestTimeout.forSound(ofSeconds: seconds))
        request.isWorthAnother = { $0.status == 504 ? false : $0.status == 409 ? true : nil }
        for _ in 1...2 {
            let response = try await client.send(request)
            if response.isSuccess { return response }
            guard response.status == 504 else {
                throw DeepgramRefusal(response).failure(model: model.name)
            }
        }
        return nil
    }

    private func query(channels: Int, _ prompt: String?) -> String {
        var items = [
            ("model", model.name), ("smart_format", "true"), ("punctuate", "true"),
            ("utterances", "true"),
        ]
        items.append(
            configuration.language == "auto"
                ? ("detect_language", "true") : ("language", configuration.language))
        if channels > 1 {
            items.append(("multichannel", "true"))
        } else if configuration.isDiarized {
            items.append(("diarize_model", "latest"))
        }
        items += configuration.redacted.map { ("redact", $0) }
        let term = model.name.hasPrefix("nova-3") ? "keyterm" : "keywords"
        items += (prompt ?? "").split(separator: ",").map { String($0).trimmed }
            .filter { !$0.isEmpty }.map { (term, $0) }
        if configuration.isOptedOut { items.append(("mip_opt_out", "true")) }
        return PercentEncoding.query(items)
    }

    private var tooSlow: Failure {
        Failure(
            .temporary, .timeout,
            "transcribe by \(Deepgram.title): it reaches its own time limit, even with short pieces"
                + " (504)",
            remedy: "run again later, or choose a faster model", status: 504)
    }
}
