// CallRange: the time of the calls to list, in windows of one UTC day, oldest first.
public import Records

/// The calls that began from one moment up to, but not at, another.
public struct CallRange: Sendable, Equatable {
    /// The first moment of the range.
    public let start: Timestamp
    /// The first moment after the range.
    public let end: Timestamp

    /// The time of one question to the log.
    struct Window: Equatable {
        /// One second before the first call that is meant.
        ///
        /// The API does not tell whether the bounds belong to the range, so a call at the moment
        /// when two windows meet has to be inside one of them.
        let dateFrom: Timestamp
        let dateTo: Timestamp

        /// The two halves; `nil` for a window of a minute, which has no need of a second page.
        var halves: [Window]? {
            let length = dateTo.milliseconds - dateFrom.milliseconds
            guard length > 60_000 else { return nil }
            let middle = Timestamp(milliseconds: dateFrom.milliseconds + length / 2)
            return [
                Window(dateFrom: dateFrom, dateTo: middle),
                Window(dateFrom: middle.adding(seconds: -1), dateTo: dateTo),
            ]
        }

        /// Windows in the order of time, with one in the place of those that meet.
        static func joined(_ windows: [Window]) -> [Window] {
            var joined: [Window] = []
            for window in windows.sorted(by: { $0.dateFrom < $1.dateFrom }) {
                if let last = joined.last, window.dateFrom <= last.dateTo {
                    joined[joined.count - 1] = Window(
                        dateFrom: last.dateFrom, dateTo: max(last.dateTo, window.dateTo))
                } else {
                    joined.append(window)
                }
            }
            return joined
        }

        /// The calls that the window is meant for.
        var shown: CallRange { CallRange(start: dateFrom.adding(seconds: 1), end: dateTo) }
    }

    /// The reason why dates do not make a range.
    public struct Invalid: Error, Equatable {
        /// A sentence without its full stop.
        public let reason: String
    }

    private init(start: Timestamp, end: Timestamp) {
        self.start = start
        self.end = end
    }

    /// `from 2024-01-15T00:00:00.000Z until 2024-01-16T00:00:00.000Z`.
    public var text: String { "from \(start.text) until \(end.text)" }

    /// Makes a range, which must not be empty.
    ///
    /// Its end is at most `now`, so that no new calls appear in it while pages are read.
    public init(from start: Timestamp, to end: Timestamp, now: Timestamp) throws(Invalid) {
        guard start < now else { throw Invalid(reason: "\(start.text) is in the future") }
        guard start < end else {
            throw Invalid(reason: "the range ends at \(end.text), before it begins")
        }
        self.start = start
        self.end = min(end, now)
    }

    /// Makes the range from the midnight (UTC) that many days ago up to now.
    public init(days: Int, now: Timestamp) throws(Invalid) {
        try self.init(from: now.day.adding(days: -days).start, to: now, now: now)
    }

    /// Reads two dates, each a day or an RFC 3339 time; a day at the end belongs to the range.
    public init(from first: String, to last: String?, now: Timestamp) throws(Invalid) {
        guard let start = Day(first)?.start ?? Timestamp(first) else {
            throw Invalid(unreadable: first)
        }
        guard let last else {
            try self.init(from: start, to: now, now: now)
            return
        }
        guard let end = Day(last)?.adding(days: 1).start ?? Timestamp(last) else {
            throw Invalid(unreadable: last)
        }
        try self.init(from: start, to: end, now: now)
    }

    var moments: Range<Timestamp> { start..<end }

    /// One window for each UTC day, oldest first.
    ///
    /// The oldest recordings are purged first, and a listing that is stopped has done whole days.
    var windows: [Window] {
        var windows: [Window] = []
        var day = start.day
        while day.start < end {
            windows.append(
                Window(
                    dateFrom: max(day.start, start).adding(seconds: -1),
                    dateTo: min(day.adding(days: 1).start, end)))
            day = day.adding(days: 1)
        }
        return windows
    }
}

extension CallRange.Invalid {
    fileprivate init(unreadable text: String) {
        reason =
            "\"\(text)\" is neither a day such as 2024-01-15 nor a time such as 2024-01-15T09:00:00Z"
    }
}
