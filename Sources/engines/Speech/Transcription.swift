// Transcription: the words that an engine heard, with their places and their sources.
public import Records

/// The words that an engine heard in a sound.
public struct Transcription: Sendable, Equatable {
    /// The language's code, as the engine was told or as it heard.
    public var language: String?
    /// The utterances by start time.
    public var utterances: [Utterance]
    /// The model that a service says it used, when that is another name than the one asked for.
    public var model: String?
    /// The engine's account of its own work: version and request.
    public var provenance: Transcript.Provenance

    /// Makes a transcription of utterances in any order.
    public init(
        language: String?, utterances: [Utterance], model: String? = nil, version: String? = nil,
        request: String? = nil
    ) {
        self.language = language
        self.model = model
        provenance = Transcript.Provenance()
        provenance.version = version
        provenance.request = request
        self.utterances = utterances.sorted {
            ($0.start, $0.channel, $0.end) < ($1.start, $1.channel, $1.end)
        }
    }
}

/// A word and its place in the sound.
public typealias Word = Transcript.Word

/// A stretch of speech on one channel, without a long pause.
public struct Utterance: Sendable, Equatable {
    /// Seconds from the start of the sound.
    public var start: Double
    /// Seconds from the start of the sound.
    public var end: Double
    /// False when the engine did not tell the start, so that it is an estimate.
    public var isStartKnown = true
    /// False when the engine did not tell the end, so that it is an estimate.
    public var isEndKnown = true
    /// The channel, from 0.
    public var channel: Int
    /// The words as text.
    public var text: String
    /// The engine's confidence, from 0 to 1.
    public var confidence: Double?
    /// The words, where the engine gives them one by one.
    public var words: [Word]
    /// The voice, where the engine tells voices of one channel apart, such as `SPEAKER_00`.
    public var speaker: String?
    /// The engine's own measures of doubt.
    public var evidence: Evidence

    /// Whisper's measures of its own text; the three names of OpenAI's `verbose_json`.
    public struct Evidence: Sendable, Equatable {
        /// `no_speech_prob`: the probability, from 0 to 1, that there is no speech at all.
        public var noSpeech: Double?
        /// `avg_logprob`: the mean logarithm of the tokens' probabilities, 0 at best.
        public var logProbability: Double?
        /// `compression_ratio`: how much the text shrinks when it is compressed; repetitions shrink
        /// much.
        public var compression: Double?

        /// Keeps the measures that are known.
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
    /// The utterance with every time between 0 and the end of the sound.
    ///
    /// A word that ends before it begins has no times.
    package func within(_ seconds: Double) -> Utterance {
        func bound(_ time: Double) -> Double { min(max(0, time), seconds) }
        var utterance = self
        (utterance.start, utterance.end) = (bound(start), bound(end))
        utterance.words = words.map { word in
            if let start = word.start, let end = word.end, end < start {
                return Word(word.text, confidence: word.confidence)
            }
            return Word(
                word.text, start: word.start.map(bound), end: word.end.map(bound),
                confidence: word.confidence)
        }
        return utterance
    }

    /// The utterance with words that have no times, for engines whose times cannot be used.
    package var withoutWordTimes: Utterance {
        var utterance = self
        utterance.words = words.map { Word($0.text, confidence: $0.confidence) }
        return utterance
    }

    /// The utterance without the names of sounds such as `[BLANK_AUDIO]`; `nil` when nothing else is
    /// in it.
    package var withoutTags: Utterance? {
        var utterance = self
        let spoken = SoundTags.removed(from: text.split(separator: " ").map(String.init)) { $0 }
        guard !spoken.isEmpty else { return nil }
        utterance.text = spoken.joined(separator: " ")
        utterance.words = SoundTags.removed(from: words, \.text)
        return utterance
    }
}

extension [Double] {
    /// The mean of all; `nil` when there is none.
    package var mean: Double? { isEmpty ? nil : reduce(0, +) / Double(count) }
}

extension [Word] {
    /// The mean over the words that have a confidence.
    package var confidence: Double? { compactMap(\.confidence).mean }
}

extension String {
    /// The text with one space between words, and none around them.
    package var trimmed: String {
        split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }
}
