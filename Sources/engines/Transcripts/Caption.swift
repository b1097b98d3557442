// Caption: an utterance as players show it beside the sound, whatever the file's format.

/// One caption.
public struct Caption: Sendable, Equatable {
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

    /// The captions by start; they may overlap.
    static func ordered(_ captions: [Caption]) -> [Caption] {
        captions.sorted { ($0.start, $0.end) < ($1.start, $1.end) }
    }

    /// The times with a mark before the milliseconds; a caption lasts for a millisecond at least.
    func times(_ mark: Character) -> String {
        let times = clocks(mark)
        return "\(times.start) --> \(times.end)"
    }

    /// Start and end as `HH:MM:SS,mmm`; a caption lasts for a millisecond at least.
    package func clocks(_ mark: Character) -> (start: String, end: String) {
        let first = Caption.milliseconds(start)
        let last = max(Caption.milliseconds(end), first + 1)
        return (Caption.time(first, mark), Caption.time(last, mark))
    }

    /// The text on one line, because a blank line would end the caption.
    package var line: String { text.split(whereSeparator: \.isNewline).joined(separator: " ") }

    /// The time in whole milliseconds, from 0; a service may send any number.
    private static func milliseconds(_ seconds: Double) -> Int {
        // In this order of the arguments NaN becomes 0.
        Int(min(max(0, seconds * 1000), 1e15).rounded())
    }

    private static func time(_ milliseconds: Int, _ mark: Character) -> String {
        let (seconds, rest) = milliseconds.quotientAndRemainder(dividingBy: 1000)
        return "\(clock(seconds))\(mark)\(digits(rest, 3))"
    }

    /// Whole seconds as `HH:MM:SS`.
    static func clock(_ seconds: Int) -> String {
        "\(digits(seconds / 3600, 2)):\(digits(seconds / 60 % 60, 2)):\(digits(seconds % 60, 2))"
    }

    private static func digits(_ number: Int, _ count: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, count - text.count)) + text
    }

    /// A time in whole seconds, from 0.
    static func seconds(_ seconds: Double) -> Int { milliseconds(seconds) / 1000 }
}
