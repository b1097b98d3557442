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
    /// - Throws: `Failure`, ``Unfinished`` when a service still works on it, or
    ///   `CancellationError` when the task is cancelled.
    func transcribe(_ sound: Sound) async throws -> Transcription
}

/// A model's name and what tells it from others of the same name.
public struct Model: Sendable, Equatable {
    /// Short, such as `base.en`.
    public var name: String
    /// What tells it from others of the same name: the hash of its files where they are here,
    /// else the name that the service knows.
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

    /// The id of the record that it belongs to.
    public let id: String
    /// The file as it was recorded, for services that take it as it is; `nil` when a service would
    /// hear less in it than the reader hands over, as of a file with several tracks.
    public let original: Original?
    /// What an earlier run left with this engine's service, to go on waiting for.
    public var task: String?
    /// What the engine was given of it.
    public private(set) var meter = Meter()
    /// Its length, as far as it is known before it is read.
    public let seconds: Double
    /// Samples per second, as recorded; more than that holds no more sound.
    public let rate: Int
    /// How many channels the reader hands over, from 0.
    public let channels: Int
    /// Hands over every sample of all channels at the rate asked for.
    public let read: Reader

    /// The file that a sound was recorded to.
    public struct Original: Sendable, Equatable {
        /// Where it is, absolute.
        public var path: String
        /// Its size.
        public var bytes: Int
        /// Its MIME type, such as `audio/mpeg`.
        public var type: String
        /// How many channels it has; the reader may hand over fewer, when they are mixed.
        public var channels: Int

        /// Describes a file.
        public init(path: String, bytes: Int, type: String, channels: Int) {
            self.path = path
            self.bytes = bytes
            self.type = type
            self.channels = channels
        }
    }

    /// Describes a sound and how it is read; what comes for another channel than was said, as from
    /// a file that was replaced meanwhile, fails the record.
    public init(
        id: String, original: Original?, task: String? = nil, seconds: Double, rate: Int,
        channels: Int, read: @escaping Reader
    ) {
        self.id = id
        self.original = original
        self.task = task
        self.seconds = seconds
        self.rate = rate
        self.channels = channels
        self.read = { (rate: Int, sink: Sink) throws(Failure) in
            try read(rate) { channel, block throws(Failure) in
                guard channel < channels else {
                    throw Failure(
                        .item, .audio, "read the audio: it has more channels than it had before",
                        remedy: "run again when nothing writes to the file")
                }
                try sink(channel, block)
            }
        }
    }

    /// The same for another engine, which knows nothing of what this one did.
    public var anew: Sound {
        var sound = self
        sound.task = nil
        sound.meter = Meter()
        return sound
    }
}

/// What an engine heard.
public struct Transcription: Sendable, Equatable {
    /// The language's code, as told to the engine or heard by it.
    public var language: String?
    /// By start time.
    public var utterances: [Utterance]
    /// How it came about.
    public var provenance: Provenance

    /// Makes a transcription, its utterances in any order.
    public init(
        language: String?, utterances: [Utterance], provenance: Provenance = Provenance()
    ) {
        self.language = language
        self.provenance = provenance
        self.utterances = utterances.sorted {
            ($0.start, $0.channel, $0.end) < ($1.start, $1.channel, $1.end)
        }
    }
}

/// What an engine says of its own work, beside the words.
public struct Provenance: Sendable, Equatable {
    /// The version of the program or service, as it says.
    public var version: String?
    /// The model that a service says it used, when that is another name than the one asked for.
    public var model: String?
    /// The number by which the service's own people find the request.
    public var request: String?

    /// Says what is known.
    public init(
        version: String? = nil, model: String? = nil, request: String? = nil
    ) {
        self.version = version
        self.model = model
        self.request = request
    }
}

/// A service has the sound and still works on it, or did when the contact broke off.
public struct Unfinished: Error, Sendable {
    /// What the engine needs to ask for it again; no secret, and no address.
    public var task: String
    /// Why nobody waits any longer; of scope `temporary`.
    public var failure: Failure

    /// Leaves a task with its service.
    public init(task: String, failure: Failure) {
        self.task = task
        self.failure = failure
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
    /// Who speaks, where the engine tells voices of one channel apart, such as `SPEAKER_00`.
    public var speaker: String?
    /// What speaks for and against it, where the engine says.
    public var evidence: Evidence

    /// What Whisper says of its own text; all three are as OpenAI's `verbose_json` spells them.
    public struct Evidence: Sendable, Equatable {
        /// `no_speech_prob`: from 0 to 1, how likely nobody speaks at all.
        public var noSpeech: Double?
        /// `avg_logprob`: the mean logarithm of the tokens' probabilities, 0 at best.
        public var logProbability: Double?
        /// `compression_ratio`: how much the text shrinks when it is compressed; loops shrink much.
        public var compression: Double?

        /// Says what is known.
        public init(
            noSpeech: Double? = nil, logProbability: Double? = nil, compression: Double? = nil
        ) {
            self.noSpeech = noSpeech
            self.logProbability = logProbability
            self.compression = compression
        }
    }

    /// Makes an utterance.
    public init(
        start: Double, end: Double, channel: Int, text: String, confidence: Double? = nil,
        words: [Word] = [], speaker: String? = nil, evidence: Evidence = Evidence()
    ) {
        self.start = start
        self.end = end
        self.channel = channel
        self.text = text
        self.confidence = confidence
        self.words = words
        self.speaker = speaker
        self.evidence = evidence
    }
}

extension Utterance {
    /// No time lies beyond the end of the sound, whatever an engine says.
    package func within(_ seconds: Double) -> Utterance {
        func bound(_ time: Double) -> Double { min(max(0, time), seconds) }
        var utterance = self
        (utterance.start, utterance.end) = (bound(start), bound(end))
        utterance.words = words.map {
            Word(
                $0.text, start: $0.start.map(bound), end: $0.end.map(bound),
                confidence: $0.confidence)
        }
        return utterance
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
