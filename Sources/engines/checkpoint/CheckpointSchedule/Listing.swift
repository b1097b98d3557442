// Listing: the end of the last window of time that a source was listed for, whole.
public import Checkpoint
public import Records

/// The windows that a source is listed for, one after the other, without a gap.
public final class Listing {
    private let checkpoint: Checkpoint
    private let source: String

    /// Prepares to read and note the windows of a source.
    ///
    /// - Parameters:
    ///   - source: Any name, such as `ringcentral`.
    ///   - checkpoint: The open file.
    public init(of source: String, in checkpoint: Checkpoint) {
        self.source = source
        self.checkpoint = checkpoint
    }

    /// The start of the next window.
    ///
    /// Calls change after they end, and recordings come late: so it overlaps the last one.
    ///
    /// - Parameter overlap: Seconds before the end of the last window, or before now if there was
    ///   no window.
    /// - Returns: The start.
    /// - Throws: `Failure` of scope `stop`.
    public func start(overlapping overlap: Double) throws(Failure) -> Timestamp {
        min(try end() ?? .now, .now).adding(seconds: -overlap)
    }

    /// True when the last window ended within a span of time before now.
    ///
    /// - Parameter age: The span in seconds.
    /// - Returns: False also when no window was noted.
    /// - Throws: `Failure` of scope `stop`.
    public func isKnown(within age: Double) throws(Failure) -> Bool {
        try end().map { $0 >= Timestamp.now.adding(seconds: -age) } ?? false
    }

    /// The end of the last window.
    private func end() throws(Failure) -> Timestamp? {
        let question = try Statement(
            checkpoint.database, "SELECT listed_until FROM listings WHERE source = ?1")
        try question.bind(source)
        let noted = try question.first { row throws(Failure) in try row.text(0) }
        return noted.flatMap { Timestamp($0) }
    }

    /// Notes that the source was listed whole up to a moment; inside a transaction.
    ///
    /// A moment before the last one changes nothing. One to come counts as now: what follows it would
    /// never be listed from its end. So does the last one where the clock was wrong then.
    ///
    /// - Parameters:
    ///   - start: The start of the window. A window that begins after the end of the last one leaves
    ///     a gap, so it changes nothing. `nil`: the window leaves none.
    ///   - end: The end of the window.
    /// - Throws: `Failure` of scope `stop`.
    public func note(from start: Timestamp? = nil, until end: Timestamp) throws(Failure) {
        try checkpoint.begin()
        if let start, let last = try self.end(), last < start { return }
        try checkpoint.database.run(
            """
            INSERT INTO listings(source, listed_until, noted_at) VALUES (?1, ?2, ?3)
            ON CONFLICT DO UPDATE SET listed_until = excluded.listed_until,
              noted_at = excluded.noted_at
              WHERE excluded.listed_until > listed_until OR listed_until > excluded.noted_at
            """, source, min(end, .now).text, checkpoint.now)
    }
}
