// Costs: what transcripts cost, by month, engine and model.
public import Checkpoint
import Records

/// The sums of the ledger.
public struct Costs: Sendable {
    /// The sums of one month and one engine and model.
    public struct Line: Sendable {
        /// The month, as `2024-01`; empty where the time of the transcript is not known.
        public let month: String
        /// The engine; empty where it is not known.
        public let engine: String
        /// The model; empty where it is not known.
        public let model: String
        /// The transcripts; one that was made twice counts twice.
        public let recordings: Int
        /// The audio in hours, over all channels.
        public let hours: Double
        /// The time of the work in hours; `nil` where it is not known.
        public let workHours: Double?
        /// The cost, in the currency of `transcribe --price`; `nil` where no price was given.
        public let cost: Double?
    }

    /// The months that the period touches, in their order.
    public let lines: [Line]

    /// Adds up; inside a transaction.
    ///
    /// - Parameters:
    ///   - period: The span of time; its months count as a whole.
    ///   - checkpoint: The open file.
    /// - Throws: `Failure` of scope `stop`.
    public init(of period: Period, in checkpoint: Checkpoint) throws {
        lines = try checkpoint.rows(
            of: period,
            """
            SELECT substr(hour, 1, 7) AS month, engine, model, sum(recordings), sum(seconds),
              sum(wall), sum(cost)
            FROM ledger_sums WHERE hour >= substr(?1, 1, 7)
                AND substr(hour, 1, 7) || '-01T00:00:00.000Z' < ?2 OR hour = ''
            GROUP BY month, engine, model HAVING sum(recordings) > 0 ORDER BY 1, 2, 3
            """
        ) { row throws(Failure) in
            Line(
                month: try row.text(0), engine: try row.text(1), model: try row.text(2),
                recordings: Int(try row.integer(3)), hours: (try row.number(4) ?? 0) / 3600,
                workHours: try row.number(5).map { $0 / 3600 }, cost: try row.number(6))
        }
    }

    /// The sum of what has a price; `nil` when nothing has.
    public var total: Double? {
        let known = lines.compactMap(\.cost)
        return known.isEmpty ? nil : known.reduce(0, +)
    }
}
