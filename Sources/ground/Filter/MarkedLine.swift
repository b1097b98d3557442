// MarkedLine: a line for people in which some words stand out.
internal import Glibc
internal import System

/// Text with marked parts, for a terminal.
public struct MarkedLine: Sendable {
    private var parts: [(text: String, isMarked: Bool)] = []

    /// Begins an empty line.
    public init() {}

    /// Adds text at the end.
    public mutating func add(_ text: String, isMarked: Bool = false) {
        parts.append((text, isMarked))
    }

    /// The line with bold marks, or without.
    ///
    /// Text from outside may not steer the terminal.
    func text(isColoured: Bool) -> String {
        parts.map { part in
            let text = Log.clean(part.text)
            return part.isMarked && isColoured ? "\u{1B}[1m\(text)\u{1B}[0m" : text
        }.joined()
    }
}

extension Report {
    /// Writes a line for people; its marks show on a terminal that takes them.
    ///
    /// `NO_COLOR` and `TERM=dumb` are heeded, as <https://no-color.org> asks.
    public func write(_ line: MarkedLine) throws {
        let variables = ProcessEnvironment.variables
        let isColoured =
            isatty(1) == 1 && variables["TERM"] != "dumb"
            && variables["NO_COLOR", default: ""].isEmpty
        try session.write(Array(line.text(isColoured: isColoured).utf8))
    }
}
