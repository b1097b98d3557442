// ReportWatch: the same report again and again, on a screen or as further lines.
internal import Glibc
internal import System

extension Report {
    /// Tells something once, or again and again until the time is over or a signal comes.
    ///
    /// On a terminal each report takes the place of the one before. Else the lines follow each other.
    ///
    /// - Parameters:
    ///   - isWatching: False for once.
    ///   - pause: The seconds between two reports.
    ///   - period: The seconds after which no other report begins; `nil` for no end.
    ///   - body: Writes the report.
    /// - Throws: The error of the closure, and of the output.
    public func repeated(
        while isWatching: Bool, every pause: Double, for period: Double?, _ body: () throws -> Void
    ) throws {
        let start = SystemClock.seconds
        while true {
            if isWatching, isatty(1) == 1 { try session.write(Array("\u{1B}[H\u{1B}[2J".utf8)) }
            try body()
            try flush()
            let next = SystemClock.seconds - start + pause
            guard isWatching, next <= period ?? .infinity else { return }
            _ = try Descriptor.wait(
                for: [(session.signals.descriptor, Int16(POLLIN))],
                milliseconds: Int32(min(pause, 1e6) * 1000))
            try check()
        }
    }
}
