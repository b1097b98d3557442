// ErrorCounts: the errors by stage, severity and category, from counts that a trigger keeps.
public import Checkpoint
public import Records

/// The number of errors of one stage, severity and category.
public struct ErrorCount: Sendable {
    /// The stage; `nil` for errors of a run.
    public let stage: String?
    /// The severity, such as `HIGH`.
    public let severity: String
    /// The category, such as `API`.
    public let category: String
    /// The number of errors.
    public let count: Int

    /// Adds up.
    ///
    /// - Parameters:
    ///   - checkpoint: The open file.
    ///   - since: Only errors of the clock hour of this time or later; `nil` for all.
    /// - Returns: The counts, the largest first.
    /// - Throws: `Failure` of scope `stop`.
    public static func all(
        in checkpoint: Checkpoint, since: Timestamp? = nil
    ) throws -> [ErrorCount] {
        let question = try Statement(
            checkpoint.database,
            """
            SELECT stage, severity, category, sum(count) FROM error_counts WHERE hour >= ?1
            GROUP BY 1, 2, 3 HAVING sum(count) > 0 ORDER BY 4 DESC, 1, 2, 3
            """)
        try question.bind(since.map { String($0.text.prefix(13)) } ?? "")
        return try question.all { row throws(Failure) in
            let stage = try row.text(0)
            return ErrorCount(
                stage: stage.isEmpty ? nil : stage, severity: try row.text(1),
                category: try row.text(2), count: Int(try row.integer(3)))
        }
    }
}
