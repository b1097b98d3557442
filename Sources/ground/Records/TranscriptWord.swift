// TranscriptWord: one word of a transcript, with its place in the sound.

extension Transcript {
    /// A word and its place in the sound; not every engine knows the place of each word.
    public struct Word: Sendable, Equatable {
        /// The word as it is written, with its punctuation.
        public var text: String
        /// Seconds from the start of the sound.
        public var start: Double?
        /// Seconds from the start of the sound.
        public var end: Double?
        /// The engine's confidence, from 0 to 1.
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
}
