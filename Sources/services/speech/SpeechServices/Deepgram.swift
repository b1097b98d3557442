// Deepgram: Deepgram's transcription of recordings as an engine.
public import HTTP
public import Records
public import Speech

/// Sends the file as it was recorded to `POST /v1/listen`, which hears each channel by itself.
///
/// Only where the service takes too long over a file is it cut, and sent in pieces of a channel.
public final class Deepgram: Engine {
    /// The name of this engine.
    public static let name = "deepgram"
    /// As messages call the service.
    static let title = "Deepgram"

    /// What has to be known to use the service.
    public struct Configuration: Sendable {
        /// The key; goes nowhere but to the service.
        public var key: String
        /// Where the service is, by its region.
        public var url = "https://api.deepgram.com"
        /// The model.
        public var model = "nova-3"
        /// A language's code, `multi`, or `auto`.
        public var language = "en"
        /// Words and names that the model is to expect.
        public var terms: [String] = []
        /// What is to be written as a tag, such as `pci`, `pii` or `ssn`.
        public var redacted: [String] = []
        /// Whether voices are told apart where one channel holds all parties.
        public var isDiarized = false
        /// Whether the service may not learn from the sound.
        public var isOptedOut = false
        /// Whether no word at all is an answer, however loud the sound is.
        public var isEmptyAccepted = false
        /// Where pieces lie for the time of a call.
        public var temporaryDirectory = "/tmp"

        /// What has to be known; the rest can be set.
        public init(key: String) { self.key = key }
    }

    /// What a request came to.
    private struct Heard: Sendable {
        let reply: DeepgramReply
        let utterances: [Utterance]
    }

    /// A sound of fewer seconds is not what a service takes too long over.
    private static let shortest = 20.0
    /// Pieces are halved so often at most.
    private static let mostCuts = 4

    /// The name of this engine.
    public var name: String { Deepgram.name }
    /// The model, by the name that the service knows.
    public let model: Model
    /// Whatever else changes the words, and the version of how the service is used.
    public var settings: String {
        (["1", configuration.language, configuration.isDiarized ? "voices" : ""]
            + configuration.redacted.map { "without \($0)" } + configuration.terms)
            .filter { !$0.isEmpty }.joined(separator: " ")
    }

    private let configuration: Configuration
    private let endpoint: String
    private let client: Client

    /// Checks the configuration; nothing is sent before there is something to transcribe.
    ///
    /// - Throws: `Failure` of scope `stop`, kind `configuration`.
    public init(_ configuration: Configuration, client: Client) throws(Failure) {
        self.configuration = configuration
        self.client = client
        model = Model(name: configuration.model, identity: configuration.model)
        let base = try Address.base(
            configuration.url, of: "--url or DEEPGRAM_URL",
            example: "https://api.eu.deepgram.com")
        endpoint =
            base.hasSuffix("/v1/listen")
            ? base : base.hasSuffix("/v1") ? base + "/listen" : base + "/v1/listen"
        try check()
    }

    /// What was said, by all channels.
    public func transcribe(_ sound: Sound) async throws -> Transcription {
        let speech = try await sound.secondsOfSpeech()
        guard speech > 0 else { return Transcription(language: nil, utterances: []) }
        let heard = try await hear(sound)
        let utterances = heard.flatMap(\.utterances)
        if !utterances.contains(where: { $0.text.hasWord }), !configuration.isEmptyAccepted {
            try NothingHeard.check(Deepgram.title, speech: speech)
        }
        let isOpen = ["auto", "multi"].contains(configuration.language)
        return Transcription(
            language: heard.compactMap(\.reply.language).first
                ?? (isOpen ? nil : configuration.language),
            utterances: utterances,
            provenance: Provenance(
                version: heard.compactMap(\.reply.version).first,
                model: heard.compactMap(\.reply.model).first { $0 != model.name },
                request: heard.compactMap(\.reply.request).first))
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
                channels: sound.channels, seconds: sound.seconds)
        else {
            guard sound.seconds > Deepgram.shortest else { throw tooSlow }
            return try await hearPieces(of: sound, within: Deepgram.halves(sound.seconds))
        }
        // The service counts each channel that it hears by itself.
        sound.meter.add(sound.seconds * Double(sound.channels))
        let reply = try DeepgramReply(response, channels: sound.channels)
        if let seconds = reply.seconds, seconds < 0.95 * sound.seconds - 2 {
            throw ReplyJSON.unusable(
                "for \(Int(seconds)) of \(Int(sound.seconds)) seconds", Deepgram.title, response)
        }
        return [
            Heard(reply: reply, utterances: reply.utterances.map { $0.within(sound.seconds) })
        ]
    }

    private func hearPieces(
        of sound: Sound, within bounds: Pieces.Bounds
    ) async throws -> [Heard] {
        let pieces = try await Pieces.of(sound, in: configuration.temporaryDirectory)
        var heard: [Heard] = []
        for (index, piece) in pieces.all(within: bounds).enumerated() {
            heard += try await hear(
                piece, of: pieces, sound.meter, voices: "\(index + 1)", cuts: 1)
        }
        return heard
    }

    private func hear(
        _ piece: Piece, of pieces: Pieces, _ meter: Meter, voices: String, cuts: Int
    ) async throws -> [Heard] {
        let response = try await listen(
            to: piece.content, type: "audio/wav", channels: 1, seconds: piece.seconds)
        if let response {
            meter.add(piece.seconds)
            let reply = try DeepgramReply(response, channels: 1)
            var utterances = piece.inCall(reply.utterances)
            for index in utterances.indices {
                // Voices are told apart within a piece only.
                utterances[index].speaker = utterances[index].speaker.map { "\($0).\(voices)" }
            }
            return [Heard(reply: reply, utterances: utterances)]
        }
        guard cuts < Deepgram.mostCuts, piece.seconds > Deepgram.shortest else { throw tooSlow }
        var heard: [Heard] = []
        let smaller = pieces.cut(piece, within: Deepgram.halves(piece.seconds))
        for (index, part) in smaller.enumerated() {
            heard += try await hear(
                part, of: pieces, meter, voices: "\(voices).\(index + 1)", cuts: cuts + 1)
        }
        return heard
    }

    /// Half, and a little more to find a pause in.
    private static func halves(_ seconds: Double) -> Pieces.Bounds {
        Pieces.Bounds(seconds: seconds * 0.55)
    }

    /// A success, or `nil` when the service gave up over the length twice.
    private func listen(
        to content: [Request.Part], type: String, channels: Int, seconds: Double
    ) async throws -> Response? {
        var request = Request(
            .post, endpoint + query(channels: channels),
            headers: [
                Header("Authorization", "Token \(configuration.key)"),
                Header("Content-Type", type), Header("Accept", "application/json"),
            ],
            body: .parts(content), timeout: Deadline.forSound(ofSeconds: seconds))
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

    private func query(channels: Int) -> String {
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
        items += configuration.terms.map { (term, $0) }
        if configuration.isOptedOut { items.append(("mip_opt_out", "true")) }
        return "?"
            + items.map { "\($0)=\(PercentEncoding.text($1))" }.joined(separator: "&")
    }

    private var tooSlow: Failure {
        Failure(
            .temporary, .timeout,
            "transcribe by \(Deepgram.title): it takes longer than it lets itself, even over pieces"
                + " (504)",
            remedy: "run again later, or choose a faster model", status: 504)
    }

    // MARK: Checks

    private func check() throws(Failure) {
        func isWord(_ text: String) -> Bool {
            let marks = Set("-_.".utf8)
            return (1...64).contains(text.utf8.count)
                && text.utf8.allSatisfy { byte in
                    UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte | 0x20
                        || UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte || marks.contains(byte)
                }
        }
        try ServiceKey.check(configuration.key, from: "DEEPGRAM_API_KEY")
        guard isWord(configuration.language) else {
            throw Failure(
                .stop, .configuration,
                "use language \"\(configuration.language)\": it is no code",
                remedy: "let --language be a code such as en, multi, or auto")
        }
        for group in configuration.redacted where !isWord(group) {
            throw Failure(
                .stop, .configuration, "redact \"\(group)\": it is no group of words",
                remedy: "let --redact be such as pci,pii")
        }
    }
}
