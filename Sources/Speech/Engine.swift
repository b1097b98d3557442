// Engine: what turns sound into words, whichever program or service does it.
public import Records

/// Turns sound into words.
///
/// An engine is used by many tasks at once and sees for itself how many sounds it works on at a
/// time: by decoders of its own, or by handing a batch to one program.
public protocol Engine: Sendable {
    /// As transcripts and `--engine` name it.
    var name: String { get }
    /// What it was trained on.
    var model: Model { get }
    /// Everything else that changes the words, for the transcript's key.
    var settings: String { get }
    /// What was said, by all channels; empty when nobody speaks.
    ///
    /// - Throws: `Failure`, or `CancellationError` when the task is cancelled.
    func transcribe(_ sound: Sound) async throws -> Transcription
}

/// A model's name and what tells it from others of the same name.
public struct Model: Sendable, Equatable {
    /// Short, such as `base.en`.
    public var name: String
    /// The name with the size of its files.
    public var identity: String

    /// Makes a model.
    public init(name: String, identity: String) {
        self.name = name
        self.identity = identity
    }
}

/// Sound that can be read from its start again and again, block by block.
public struct Sound: Sendable {
    /// Takes the next samples of one channel.
    public typealias Sink = (_ channel: Int, _ samples: Span<Int16>) throws(Failure) -> Void
    /// Hands over everything at a rate.
    public typealias Reader =
        @Sendable (_ rate: Int, _ sink: Sink) throws(Failure) -> Void

    /// Its length, as far as it is known before it is read.
    public let seconds: Double
    /// Samples per second, as recorded; more than that holds no more sound.
    public let rate: Int
    /// How many channels the reader hands over, from 0.
    public let channels: Int
    /// Hands over every sample of all channels at the rate asked for.
    public let read: Reader

    /// Describes a sound and how it is read.
    public init(seconds: Double, rate: Int, channels: Int, read: @escaping Reader) {
        self.seconds = seconds
        self.rate = rate
        self.channels = channels
        self.read = read
    }
}

/// What an engine heard.
public struct Transcription: Sendable, Equatable {
    /// The language's code, as told to the engine or heard by it.
    public var language: String?
    /// By start time.
    public var utterances: [Utterance]

    /// Makes a transcription, its utterances in any order.
    public init(language: String?, utterances: [Utterance]) {
        self.language = language
        self.utterances = utterances.sorted {
            ($0.start, $0.channel, $0.end) < ($1.start, $1.channel, $1.end)
        }
    }
}

/// A stretch of speech of one channel, without a long pause.
public struct Utterance: Sendable, Equatable {
    /// Seconds from the start of the sound.
    public var start: Double
    /// Seconds from the start of the sound.
    public var end: Double
    /// The channel, from 0.
    public var channel: Int
    /// What was said.
    public var text: String
    /// From 0 to 1, as the engine says.
    public var confidence: Double?
    /// The words, where the engine knows them.
    public var words: [Word]

    /// Makes an utterance.
    public init(
        start: Double, end: Double, channel: Int, text: String, confidence: Double? = nil,
        words: [Word] = []
    ) {
        self.start = start
        self.end = end
        self.channel = channel
        self.text = text
        self.confidence = confidence
        self.words = words
    }
}

/// A word and where it was said; an engine may not know the time of each.
public struct Word: Sendable, Equatable {
    /// As it is written.
    public var text: String
    /// Seconds from the start of the sound.
    public var start: Double?
    /// Seconds from the start of the sound.
    public var end: Double?
    /// From 0 to 1, as the engine says.
    public var confidence: Double?

    /// Makes a word.
    public init(
        _ text: String, start: Double? = nil, end: Double? = nil, confidence: Double? = nil
    ) {
        self.text = text
        self.start = start
        self.end = end
        self.confidence = confidence
    }
}

extension [Word] {
    /// The mean over the words that have a confidence.
    var confidence: Double? {
        let known = compactMap(\.confidence)
        return known.isEmpty ? nil : known.reduce(0, +) / Double(known.count)
    }
}
