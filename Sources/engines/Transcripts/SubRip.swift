// SubRip: a transcript as SRT captions, for players that know no WebVTT.

/// Captions as SubRip writes them; there is no standard.
public enum SubRip {
    /// The file's text; captions are put in order, may overlap, and last for a millisecond at least.
    public static func text(of captions: [Caption]) -> String {
        zip(1..., Caption.ordered(captions)).map(cue).joined()
    }

    /// One caption with the blank line after it.
    ///
    /// The format has no speaker and no escapes: the name stands before the text, and an arrow that
    /// a reader could take for one between two times is another character.
    ///
    /// - Parameters:
    ///   - number: Its number in the file, from 1.
    ///   - caption: The caption.
    /// - Returns: Its lines.
    public static func cue(_ number: Int, _ caption: Caption) -> String {
        let line = caption.line.replacing("-->", with: "\u{2192}")
        return "\(number)\n\(caption.times(","))\n\(Speaker.prefix(caption.speaker))\(line)\n\n"
    }
}
