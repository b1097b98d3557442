// ErrorFigures: the errors of the last hour.
public import Checkpoint
import Records

/// The rows in the table of errors, by weight.
public struct ErrorFigures: Sendable {
    /// The rows of the last hour.
    public let lastHour: Int
    /// Those of them that are critical.
    public let critical: Int

    /// Counts by the index of times.
    ///
    /// - Parameter checkpoint: The open file.
    /// - Throws: `Failure` of scope `stop`.
    public init(in checkpoint: Checkpoint) throws {
        (lastHour, critical) = try checkpoint.transaction {
            try checkpoint.begin()
            let now = Timestamp(checkpoint.now) ?? .now
            let question = try Statement(
                checkpoint.database,
                """
                SELECT (SELECT count(*) FROM errors WHERE time >= ?1),
                  (SELECT count(*) FROM errors INDEXED BY errors_grave
                    WHERE severity = 'CRITICAL' AND time >= ?1)
                """)
            try question.bind(now.adding(seconds: -3600).text)
            return try question.first { row throws(Failure) in
                (Int(try row.integer(0)), Int(try row.integer(1)))
            } ?? (0, 0)
        }
    }
}
