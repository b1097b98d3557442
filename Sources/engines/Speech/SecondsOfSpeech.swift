// SecondsOfSpeech: how long somebody speaks in a sound, found without writing anything down.
internal import Records
internal import System

extension Sound {
    /// The rate at which speech is looked at and sent, in samples per second.
    ///
    /// Both are whole numbers of samples a frame; other rates are brought up to the next.
    var speechRate: Int { rate <= 8000 ? 8000 : 16000 }

    /// How many seconds somebody speaks, over all channels; 0 when there is nothing to hear.
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
