// WebVTT: a transcript as captions, by the rules of the W3C's WebVTT.

/// Captions that any player and browser shows beside the audio.
public enum WebVTT {
    /// One caption.
    public struct Cue: Sendable {
        /// Seconds.
        public var start: Double
        /// Seconds.
        public var end: Double
        /// The speaker, when known.
        public var speaker: String?
        /// The words of the caption.
        public var text: String

        /// Makes a caption.
        public init(start: Double, end: Double, speaker: String? = nil, text: String) {
            self.start = start
            self.end = end
            self.speaker = speaker
            self.text = text
        }
    }

    /// The file's text; cues are put in order, may overlap, and last for a millisecond at least.
    public static func text(of cues: [Cue]) -> String {
        var text = "WEBVTT\n"
        for cue in cues.sorted(by: { ($0.start, $0.end) < ($1.start, $1.end) }) {
            let start = milliseconds(cue.start)
            let end = max(milliseconds(cue.end), start + 1)
            let voice = cue.speaker.map(name).flatMap { $0.isEmpty ? nil : "<v \($0)>" } ?? ""
            text += "\n\(time(start)) --> \(time(end))\n\(voice)\(escaped(cue.text))\n"
        }
        return text
    }

    /// The time in whole milliseconds, from 0; a service may send any number.
    private static func milliseconds(_ seconds: Double) -> Int {
        // In this order of the arguments NaN becomes 0.
        Int(min(max(0, seconds * 1000), 1e15).rounded())
    }

    private static func time(_ milliseconds: Int) -> String {
        func digits(_ number: Int, _ count: Int) -> String {
            let text = String(number)
            return String(repeating: "0", count: max(0, count - text.count)) + text
        }
        let (seconds, rest) = milliseconds.quotientAndRemainder(dividingBy: 1000)
        return "\(digits(seconds / 3600, 2)):\(digits(seconds / 60 % 60, 2))"
            + ":\(digits(seconds % 60, 2)).\(digits(rest, 3))"
    }

    /// One line: a blank one would end the cue, and `-->` cannot stand once `>` is escaped.
    private static func escaped(_ text: String) -> String {
        var escaped = ""
        for character in text.split(whereSeparator: \.isNewline).joined(separator: " ") {
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
