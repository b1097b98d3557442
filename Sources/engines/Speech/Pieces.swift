// Pieces: the speech of a sound, cut into files that a service accepts.
internal import Records
internal import System

/// The channels of a sound with speech, ready to be cut into ``Piece``s.
///
/// Each channel lies in a file of its own, 16-bit mono at 8 or 16 kHz. The file has no name and goes
/// with its last piece. Pieces are ranges of those files, so cutting costs nothing and a piece can be
/// cut again.
public struct Pieces: Sendable {
    /// The bounds of one piece.
    public struct Bounds: Sendable, Equatable {
        /// The longest piece, in seconds.
        public var seconds: Double
        /// The largest piece in bytes, with its WAV header.
        public var bytes: Int
        /// The longest pause that is sent, in seconds.
        ///
        /// Of a longer one only the edges are sent: engines invent words in it, and services charge
        /// for it.
        public var pause: Double
        /// True when the stretches between such pauses share a piece as far as they fit; else each
        /// stretch is a piece, which gives times to engines that have none.
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

    /// The quiet that is sent on each side of speech, in frames.
    static let padding = 30

    private let channels: [SpeakingChannel]

    /// Writes the channels with speech to files.
    ///
    /// - Parameters:
    ///   - sound: The sound; read once.
    ///   - directory: A directory with room for it, such as `/tmp`.
    ///   - rate: Samples per second, 8000 or 16000; by default the one nearest to the recording.
    /// - Returns: The channels with anything to hear.
    /// - Throws: `Failure` of the reader, or of scope `stop` when there is no room.
    public static func of(
        _ sound: Sound, in directory: String, rate: Int? = nil
    ) async throws -> Pieces {
        let rate = rate ?? sound.speechRate
        let channels = try await OwnThread.run { cancellation in
            try SpeakingChannel.write(sound, rate, into: directory, cancellation)
        }
        return Pieces(channels: channels)
    }

    /// The seconds of speech over all channels; 0 when there is nothing to send.
    public var speech: Double { channels.reduce(0) { $0 + $1.phrases.seconds } }

    /// The speech of all channels in pieces, by channel and time.
    public func all(within bounds: Bounds) -> [Piece] {
        channels.flatMap {
            $0.pieces($0.phrases, limits: 0..<$0.levels.frames.count, within: bounds)
        }
    }

    /// Cuts a piece that a service finds too long into smaller pieces.
    public func cut(_ piece: Piece, within bounds: Bounds) -> [Piece] {
        channels.first { $0.number == piece.channel }?
            .pieces(piece.frames, limits: piece.limits, within: bounds) ?? [piece]
    }
}

/// One channel with speech, in a file.
struct SpeakingChannel: Sendable {
    let number: Int
    let file: NamelessFile
    /// The size of the samples in bytes.
    let bytes: Int
    let rate: Int
    let levels: Levels
    /// The stretches of speech, in frames.
    let phrases: [Range<Int>]

    private var frameBytes: Int { rate / Levels.framesPerSecond * 2 }

    static func write(
        _ sound: Sound, _ rate: Int, into directory: String, _ cancellation: Cancellation
    ) throws(Failure) -> [SpeakingChannel] {
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

    /// Pieces of some phrases with the quiet around them, within the limits.
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

    /// The place of some frames in the samples, in bytes.
    func place(of frames: Range<Int>) -> Range<Int> {
        let start = min(bytes, frames.lowerBound * frameBytes)
        return start..<max(start, min(bytes, frames.upperBound * frameBytes))
    }
}

extension [Range<Int>] {
    /// The sum of all lengths, in seconds.
    var seconds: Double {
        Double(reduce(0) { $0 + $1.count }) / Double(Levels.framesPerSecond)
    }
}
