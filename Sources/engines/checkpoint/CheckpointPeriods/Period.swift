// Period: a span of time that a report is about.
public import Checkpoint
public import Records

/// A span of time of an archive.
public struct Period: Sendable {
    /// The first moment.
    public let start: Timestamp
    /// The first moment after it.
    public let end: Timestamp

    /// A span of time; `nil` unless it ends after it began.
    public init?(from start: Timestamp, to end: Timestamp) {
        guard start < end else { return nil }
        self.start = start
        self.end = end
    }

    /// The length in hours, of at least one minute.
    public var hours: Double {
        max(Double(end.milliseconds - start.milliseconds) / 3_600_000, 1.0 / 60)
    }

    /// The length in hours when the first and the last hour of the clock count as a whole.
    ///
    /// - Parameter now: The last hour counts up to this time only, since the rest of it is to come.
    /// - Returns: The hours, more than zero.
    func clockHours(until now: Timestamp) -> Double {
        let hour = 3_600_000
        let first = start.milliseconds - start.milliseconds % hour
        let last = (end.milliseconds + hour - 1) / hour * hour
        return Double(min(last, max(end.milliseconds, now.milliseconds)) - first) / Double(hour)
    }
}

extension Checkpoint {
    /// Asks with the start and the end of a period as the first two values, inside a transaction.
    func rows<Result>(
        of period: Period, _ sql: String,
        _ row: (borrowing Statement) throws(Failure) -> Result
    ) throws(Failure) -> [Result] {
        let question = try Statement(database, sql)
        try question.bind(period.start.text, period.end.text)
        return try question.all(row)
    }

    /// Reads all of a report from one moment.
    public func reading<Result>(_ body: () throws -> Result) throws -> Result {
        try transaction {
            try begin()
            return try body()
        }
    }
}
