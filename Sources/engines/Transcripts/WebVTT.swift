// WebVTT: a transcript as captions, by the rules of the W3C's WebVTT.

/// Captions that any player and browser shows beside the audio.
public enum WebVTT {
    /// The line that a file begins with.
    public static let header = "WEBVTT\n"

    /// The file's text; cues are put in order, may overlap, and last for a millisecond at least.
    public static func text(of captions: [Caption]) -> String {
        header + Caption.ordered(captions).map(cue).joined()
    }

    /// One cue with the blank line before it.
    public static func cue(_ caption: Caption) -> String {
        let name = caption.speaker.map(name) ?? ""
        let voice = name.isEmpty ? "" : "<v \(name)>"
        return "\n\(caption.times("."))\n\(voice)\(escaped(caption.line))\n"
    }

    /// `-->` cannot stand in it once `>` is escaped.
    private static func escaped(_ text: String) -> String {
        guard text.utf8.contains(where: { "&<>".utf8.contains($0) }) else { return text }
        var escaped = ""
        for character in text {
            switch character {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            default: escaped.append(character)
            }
        }
        return escaped
    }

    /// A name must not end the tag nor begin a character reference.
    private static func name(_ name: String) -> String {
        name.filter { !$0.isNewline && !"<>&".contains($0) }
    }
}
