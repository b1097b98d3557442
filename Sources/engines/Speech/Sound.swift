// Sound: the samples of one recording, as engines read them.
public import Records
internal import Synchronization
internal import System

/// Sound that can be read from its start again and again, block by block.
public struct Sound: Sendable {
    /// Accepts the next samples of one channel.
    public typealias Sink = (_ channel: Int, _ samples: Span<Int16>) throws(Failure) -> Void
    /// Gives all samples, at a rate in samples per second, to a sink.
    public typealias Reader =
        @Sendable (_ rate: Int, _ sink: Sink) throws(Failure) -> Void

    /// The id of the record.
    public let id: String
    /// The recorded file, for services that take it as it is; `nil` when a service would hear less in
    /// it than the reader gives, as of a file with several tracks.
    public let original: Original?
    /// The work that an earlier run left with this engine's service, to wait for again.
    public var task: String?
    /// The names and words that the engine is to expect; `nil` for none, and for an engine that takes
    /// none.
    public var prompt: String?
    /// Counts the seconds that the engine was given.
    public private(set) var meter = Meter()
    /// The length in seconds, as far as it is known before the sound is read.
    public let seconds: Double
    /// Samples per second, as recorded; a higher rate holds no more sound.
    public let rate: Int
    /// The number of channels that the reader gives, numbered from 0.
    public let channels: Int
    /// Gives every sample of all channels at the rate asked for.
    public let read: Reader

    /// The file that a sound was recorded to.
    public struct Original: Sendable, Equatable {
        /// The absolute path.
        public var path: String
        /// The size in bytes.
        public var bytes: Int
        /// The MIME type, such as `audio/mpeg`.
        public var type: String
        /// The number of channels; the reader gives fewer when they are mixed.
        public var channels: Int

        /// Describes a file.
        public init(path: String, bytes: Int, type: String, channels: Int) {
            self.path = path
            self.bytes = bytes
            self.type = type
            self.channels = channels
        }
    }

    /// Describes a sound and its reader.
    ///
    /// A reader that gives samples of another channel fails the record: the file was replaced.
    public init(
        id: String, original: Original?, task: String? = nil, prompt: String? = nil,
        seconds: Double, rate: Int, channels: Int, read: @escaping Reader
    ) {
        self.id = id
        self.original = original
        self.task = task
        self.prompt = prompt
        self.seconds = seconds
        self.rate = rate
        self.channels = channels
        self.read = { (rate: Int, sink: Sink) throws(Failure) in
            try read(rate) { channel, block throws(Failure) in
                guard channel < channels else {
                    throw Failure(
                        .item, .audio, "read the audio: it has more channels than it had before",
                        remedy: "run again when no program writes to the file")
                }
                try sink(channel, block)
            }
        }
    }

    /// The same sound for another engine: without the first engine's task and count.
    public var anew: Sound {
        var sound = self
        sound.task = nil
        sound.meter = Meter()
        return sound
    }

    /// The rate at which speech is found and sent, in samples per second.
    ///
    /// Both rates have a whole number of samples in a frame; other rates go up to the next one.
    var speechRate: Int { rate <= 8000 ? 8000 : 16000 }

    /// The seconds of speech on all channels; 0 when there is nothing to hear.
    ///
    /// - Throws: `Failure` of the reader, or `CancellationError`.
    public func secondsOfSpeech() async throws -> Double {
        let sound = self
        return try await OwnThread.run { cancellation in
            let rate = sound.speechRate
            var levels = [Levels](repeating: Levels(rate: rate), count: sound.channels)
            try sound.read(rate) { channel, block throws(Failure) in
                try cancellation.check()
                levels[channel].append(block)
            }
            return levels.indices.reduce(0) { seconds, channel in
                levels[channel].finish()
                return seconds + levels[channel].phrases.seconds
            }
        }
    }
}

/// Adds up the seconds of sound that an engine answered for, because services charge by them, and the
/// utterances that were left out.
///
/// The count is kept apart from the answer: a sound that fails at its fourth piece was charged for
/// three.
public final class Meter: Sendable {
    private let sum = Mutex(0.0)
    private let leftOutSum = Mutex(0)

    package init() {}

    /// The seconds of audio so far, over all channels and attempts.
    public var seconds: Double { sum.withLock { $0 } }

    /// Counts an answer, usable or not.
    ///
    /// - Parameter seconds: The length of the sound that was answered for.
    public func add(_ seconds: Double) { sum.withLock { $0 += seconds } }

    /// The number of utterances that an engine heard where there is no sound.
    public var leftOut: Int { leftOutSum.withLock { $0 } }

    /// Counts utterances that were left out.
    func leaveOut(_ count: Int) { leftOutSum.withLock { $0 += count } }
}
