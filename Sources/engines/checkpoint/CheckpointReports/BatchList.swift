// BatchList: the batches of a checkpoint, and the progress of each.
public import Checkpoint
public import Records

/// The batches that recordings belong to, the newest first.
public struct BatchList {
    private let checkpoint: Checkpoint

    /// Prepares to list.
    public init(_ checkpoint: Checkpoint) {
        self.checkpoint = checkpoint
    }

    /// Batches as objects, the newest first.
    ///
    /// - Parameters:
    ///   - selection: The time at which they were made, and the name; the rest does not matter.
    ///   - limit: The most batches.
    ///   - activeOnly: True for batches with open recordings only.
    /// - Returns: An object for each.
    /// - Throws: `Failure` of scope `stop`.
    public func batches(
        _ selection: Selection = .init(), atMost limit: Int, activeOnly: Bool
    ) throws -> [JSON] {
        let conditions = selection.onRows(time: "b.created_at", batch: "b.name")
        return try checkpoint.transaction {
            try checkpoint.begin()
            let question = try Statement(
                checkpoint.database,
                """
                SELECT b.name, b.created_at, b.note, ifnull(n.records, 0), ifnull(n.failed, 0),
                  ifnull(n.open, 0), n.updated_at
                FROM batches AS b LEFT JOIN (
                  SELECT c.batch, count(*) AS records, max(c.updated_at) AS updated_at,
                    sum(EXISTS (SELECT 1 FROM outcomes AS o
                      WHERE o.call = c.number AND o.status = 'failed')) AS failed,
                    sum(EXISTS (SELECT 1 FROM outcomes AS o WHERE o.call = c.number
                        AND o.status IN ('pending', 'queued', 'processing'))
                      AND NOT EXISTS (SELECT 1 FROM outcomes AS o
                        WHERE o.call = c.number AND o.status = 'failed')) AS open
                  FROM calls AS c WHERE c.erased_at IS NULL GROUP BY c.batch) AS n
                  ON n.batch = b.name
                WHERE (:all OR n.open > 0) AND \(conditions.sql)
                ORDER BY b.created_at DESC, b.name DESC LIMIT :limit
                """)
            try conditions.bind(to: question)
            try (!activeOnly).bind(to: question, at: question.place(of: ":all"))
            try limit.bind(to: question, at: question.place(of: ":limit"))
            return try question.all { row throws(Failure) in
                let (records, failed, open) = (
                    Int(try row.integer(3)), Int(try row.integer(4)), Int(try row.integer(5))
                )
                return .members([
                    "batch": .string(try row.text(0)), "created_at": .text(try row.text(1)),
                    "updated_at": .text(try row.string(6)), "records": .int(records),
                    "done": .int(records - failed - open), "open": .int(open),
                    "failed": .int(failed), "note": .text(try row.string(2)),
                ])
            }
        }
    }
}
