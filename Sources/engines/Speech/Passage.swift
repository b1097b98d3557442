// Passage: a stretch of a channel that an engine hears in one piece, with its phrases.

/// Some phrases in a row with a little quiet around them, in frames of ``Levels``.
struct Passage: Equatable {
    /// The stretch with the quiet around it.
    var frames: Range<Int>
    /// The stretches of speech in it.
    var phrases: [Range<Int>]

    /// The bounds of a passage, in frames.
    struct Bounds {
        /// The quiet on each side: with 600 ms engines make fewer errors than with 200 ms.
        var padding = 30
        /// The longest pause within a passage; phrases in one passage are context for each other.
        var gap = 5 * Levels.framesPerSecond
        /// The longest passage.
        var length = 30 * Levels.framesPerSecond
    }

    /// The passages of a channel, in order and without overlap.
    static func all(in levels: Levels, bounds: Bounds = Bounds()) -> [Passage] {
        all(levels.phrases, in: levels, limits: 0..<levels.frames.count, bounds: bounds)
    }

    /// The passages of some of a channel's phrases, in order and without overlap.
    static func all(
        _ phrases: [Range<Int>], in levels: Levels, limits: Range<Int>, bounds: Bounds
    ) -> [Passage] {
        var passages: [Passage] = []
        for phrase in phrases.flatMap({ pieces(of: $0, in: levels, bounds) }) {
            if let last = passages.last, let end = last.phrases.last?.upperBound,
                phrase.lowerBound - end <= bounds.gap,
                phrase.upperBound - last.frames.lowerBound <= bounds.length
            {
                passages[passages.count - 1].phrases.append(phrase)
            } else {
                passages.append(Passage(frames: phrase, phrases: [phrase]))
            }
            passages[passages.count - 1].frames =
                passages[passages.count - 1].frames.lowerBound..<phrase.upperBound
        }
        return padded(passages, bounds, limits)
    }

    /// Adds the quiet around each passage, up to half of the pause between two.
    private static func padded(
        _ passages: [Passage], _ bounds: Bounds, _ limits: Range<Int>
    ) -> [Passage] {
        var padded = passages
        for index in passages.indices {
            let frames = passages[index].frames
            let before = index == 0 ? 0 : passages[index - 1].frames.upperBound
            let after =
                index + 1 == passages.count
                ? limits.upperBound : passages[index + 1].frames.lowerBound
            let lower =
                index == 0
                ? max(limits.lowerBound, frames.lowerBound - bounds.padding)
                : max(frames.lowerBound - bounds.padding, (before + frames.lowerBound + 1) / 2)
            let upper =
                index + 1 == passages.count
                ? min(limits.upperBound, frames.upperBound + bounds.padding)
                : min(frames.upperBound + bounds.padding, (frames.upperBound + after + 1) / 2)
            padded[index].frames = lower..<upper
        }
        return padded
    }

    /// Cuts a phrase that is too long where it is quietest.
    private static func pieces(
        of phrase: Range<Int>, in levels: Levels, _ bounds: Bounds
    ) -> [Range<Int>] {
        var pieces: [Range<Int>] = []
        var rest = phrase
        while rest.count > bounds.length {
            let earliest = rest.lowerBound + bounds.length / 2
            let latest = rest.lowerBound + bounds.length
            let cut = (earliest..<latest).max { levels.frames[$0] < levels.frames[$1] } ?? latest
            pieces.append(rest.lowerBound..<cut)
            rest = cut..<rest.upperBound
        }
        return pieces + [rest]
    }
}
