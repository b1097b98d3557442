// Speaking: the channels with speech, as files that programs can read.
internal import Records
internal import System

/// One channel with speech, as a file.
package struct Speaking: Sendable {
    package let channel: Int
    /// The path of the file: 16 kHz, mono, 16 bit.
    package let file: String
    /// The length in seconds.
    package let seconds: Double
    private let phrases: [Range<Int>]

    /// Writes each channel that is not silent, because Whisper invents words for silence.
    static func write(
        _ sound: Sound, into directory: String, _ cancellation: Cancellation
    ) throws(Failure) -> [Speaking] {
        let paths = (0..<sound.channels).map { "\(directory)/\($0).wav" }
        var files: [WaveFile] = []
        for path in paths { files.append(try WaveFile(path)) }
        var levels = [Levels](repeating: Levels(rate: WaveFile.rate), count: sound.channels)
        try sound.read(WaveFile.rate) { channel, block throws(Failure) in
            try cancellation.check()
            try files[channel].append(block)
            levels[channel].append(block)
        }
        var speaking: [Speaking] = []
        for channel in paths.indices {
            try files[channel].finish()
            levels[channel].finish()
            let phrases = levels[channel].phrases
            guard !phrases.isEmpty else { continue }
            speaking.append(
                Speaking(
                    channel: channel, file: paths[channel],
                    seconds: Double(levels[channel].frames.count) / Double(Levels.framesPerSecond),
                    phrases: phrases))
        }
        return speaking
    }

    /// The seconds of speech.
    package var speech: Double { phrases.seconds }

    /// The time from the first speech to the last, in seconds.
    package var span: ClosedRange<Double> {
        let frames = Double(Levels.framesPerSecond)
        let start = Double(phrases.first?.lowerBound ?? 0) / frames
        return start...max(start, Double(phrases.last?.upperBound ?? 0) / frames)
    }

    /// The utterances where there is sound or that have no place, with all times within the sound.
    ///
    /// The meter counts the others.
    package func said(_ heard: [Utterance], _ meter: Meter) -> [Utterance] {
        let said = heard.placed(in: span).filter { !$0.isPlaced || isSpeaking($0) }
        meter.leaveOut(heard.count - said.count)
        return said.map { $0.within(seconds) }
    }

    private func isSpeaking(_ utterance: Utterance) -> Bool {
        let frames = Double(Levels.framesPerSecond)
        return phrases.contains { phrase in
            Double(phrase.lowerBound) / frames <= utterance.end
                && Double(phrase.upperBound) / frames >= utterance.start
        }
    }
}

extension [Speaking] {
    /// Writes each channel that is not silent, on a thread of its own.
    package static func write(_ sound: Sound, into directory: String) async throws -> [Speaking] {
        try await OwnThread.run { cancellation in
            try Speaking.write(sound, into: directory, cancellation)
        }
    }

    /// The seconds of speech over all channels.
    package var speech: Double { reduce(0) { $0 + $1.speech } }
}
