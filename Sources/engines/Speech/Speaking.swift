// Speaking: the channels in which somebody speaks, as files that programs and services can read.
internal import Records
internal import System

/// One channel in which somebody speaks, as a file.
package struct Speaking: Sendable {
    package let channel: Int
    /// 16 kHz, mono, 16 bit.
    package let file: String
    /// Its length.
    package let seconds: Double
    private let phrases: [Range<Int>]

    /// Writes each channel that is not silent: Whisper invents words for silence.
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

    /// How long somebody speaks, in seconds.
    package var speech: Double { phrases.seconds }

    /// From where the first one begins to speak to where the last one ends, in seconds.
    package var span: ClosedRange<Double> {
        let frames = Double(Levels.framesPerSecond)
        let start = Double(phrases.first?.lowerBound ?? 0) / frames
        return start...max(start, Double(phrases.last?.upperBound ?? 0) / frames)
    }

    /// What is said where there is sound; no time lies beyond the end, whatever a program says.
    package func said(_ heard: [Utterance]) -> [Utterance] {
        heard.filter(isSpeaking).map { $0.within(seconds) }
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

    /// How long somebody speaks, over all channels, in seconds.
    package var speech: Double { reduce(0) { $0 + $1.speech } }
}
