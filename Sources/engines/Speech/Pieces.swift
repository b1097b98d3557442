// Pieces: the speech of a sound in files, cut so that a service takes it.
internal import Records
internal import System

/// The channels of a sound in which somebody speaks, ready to be cut into ``Piece``s.
///
/// Each such channel lies in a file of its own, 16-bit mono at 8 or 16 kHz, that has no name and
/// goes with its last piece; pieces are ranges of those files, so that cutting costs nothing and a
/// piece can be cut again.
public struct Pieces: Sendable {
    /// What a service takes at a time.
    public struct Bounds: Sendable, Equatable {
        /// No piece is longer, in seconds.
        public var seconds: Double
        /// No piece is larger, its WAV header included.
        public var bytes: Int
        /// Of a longer pause, in seconds, only its edges are sent: engines invent words in it, and
        /// services charge for it.
        public var pause: Double
        /// Whether what lies between such pauses goes together into one piece as far as it fits;
        /// otherwise each stretch is a piece, which gives times to engines that have none.
        public var isJoined: Bool

        /// Sets the bounds.
        public init(
            seconds: Double = .infinity, bytes: Int = .max, pause: Double = 2,
            isJoined: Bool = true
        ) {
            self.seconds = seconds
            self.bytes = bytes
            self.pause = pause
            self.isJoined = isJoined
        }
    }

    /// The quiet that is kept on each side of speech, in frames.
    static let padding = 30

    private let channels: [SpeakingChannel]

    /// Writes down the channels in which somebody speaks.
    ///
    /// - Parameters:
    ///   - sound: The sound; read once.
    ///   - directory: Where there is room for it, such as `/tmp`.
    /// - Returns: The channels in which there is anything to hear.
    /// - Throws: `Failure` of the reader, or of scope `stop` when there is no room.
    public static func of(_ sound: Sound, in directory: String) async throws -> Pieces {
        let channels = try await OwnThread.run { cancellation in
            try SpeakingChannel.write(sound, into: directory, cancellation)
        }
        return Pieces(channels: channels)
    }

    /// How many seconds somebody speaks, over all channels; 0 when there is nothing to send.
    public var speech: Double { channels.reduce(0) { $0 + $1.phrases.seconds } }

    /// The speech of all channels in pieces, by channel and time; none where nobody speaks.
    public func all(within bounds: Bounds) -> [Piece] {
        channels.flatMap {
            $0.pieces($0.phrases, limits: 0..<$0.levels.frames.count, within: bounds)
        }
    }

    /// A piece in smaller pieces, for a service that finds it too long.
    public func cut(_ piece: Piece, within bounds: Bounds) -> [Piece] {
        channels.first { $0.number == piece.channel }?
            .pieces(piece.frames, limits: piece.limits, within: bounds) ?? [piece]
    }
}

/// One channel in which somebody speaks, in a file.
struct SpeakingChannel: Sendable {
    let number: Int
    let file: NamelessFile
    /// The file's samples, in bytes.
    let bytes: Int
    let rate: Int
    let levels: Levels
    /// Where somebody speaks, in frames.
    let phrases: [Range<Int>]

    private var frameBytes: Int { rate / Levels.framesPerSecond * 2 }

    static func write(
        _ sound: Sound, into directory: String, _ cancellation: Cancellation
    ) throws(Failure) -> [SpeakingChannel] {
        let rate = sound.speechRate
        var files: [WaveFile] = []
        for _ in 0..<sound.channels { files.append(try WaveFile(inside: directory, rate: rate)) }
        var levels = [Levels](repeating: Levels(rate: rate), count: sound.channels)
        try sound.read(rate) { channel, block throws(Failure) in
            try cancellation.check()
            try files[channel].append(block)
            levels[channel].append(block)
        }
        var channels: [SpeakingChannel] = []
        for channel in files.indices {
            try files[channel].finish()
            levels[channel].finish()
            let phrases = levels[channel].phrases
            guard !phrases.isEmpty else { continue }
            channels.append(
                SpeakingChannel(
                    number: channel, file: try files[channel].kept(),
                    bytes: files[channel].bytes, rate: rate, levels: levels[channel],
                    phrases: phrases))
        }
        return channels
    }

    /// Some phrases with the quiet around them as far as the limits.
    func pieces(
        _ phrases: [Range<Int>], limits: Range<Int>, within bounds: Pieces.Bounds
    ) -> [Piece] {
        let frames = Double(Levels.framesPerSecond)
        let most = min(
            bounds.seconds * frames, Double((bounds.bytes - WaveFile.headerLength) / frameBytes))
        let length = Int(max(frames, min(most, 1e9)))
        let stretches = Passage.all(
            phrases, in: levels, limits: limits,
            bounds: Passage.Bounds(
                padding: Pieces.padding, gap: Int(min(bounds.pause * frames, 1e9)),
                length: max(Levels.framesPerSecond / 2, length - 2 * Pieces.padding)))
        var pieces: [[Passage]] = []
        var room = 0
        for stretch in stretches {
            if bounds.isJoined, !pieces.isEmpty, stretch.frames.count <= room {
                pieces[pieces.count - 1].append(stretch)
            } else {
                pieces.append([stretch])
                room = length
            }
            room -= stretch.frames.count
        }
        return pieces.map { Piece($0, of: self) }
    }

    /// Where in the file some frames lie, in bytes.
    func place(of frames: Range<Int>) -> Range<Int> {
        let start = min(bytes, frames.lowerBound * frameBytes)
        return start..<max(start, min(bytes, frames.upperBound * frameBytes))
    }
}

extension [Range<Int>] {
    /// The length of all, in seconds.
    var seconds: Double {
        Double(reduce(0) { $0 + $1.count }) / Double(Levels.framesPerSecond)
    }
}
