// BatchList: the batches of a checkpoint, and how far each is.
public import Checkpoint
public import Records

/// The batches that recordings belong to, the newest first.
public final class BatchList {
    private let checkpoint: Checkpoint

    /// Gets ready to list.
    public init(_ checkpoint: Checkpoint) {
        self.checkpoint = checkpoint
    }

    /// Batches as objects, the newest first.
    ///
    /// - Parameters:
    ///   - latest: At most so many.
    ///   - activeOnly: Only those of which something is still to be done.
    /// - Returns: An object for each.
    /// - Throws: `Failure` of scope `stop`.
    public func batches(latest: Int, activeOnly: Bool) throws -> [JSON] {
        try checkpoint.transaction {
            try checkpoint.begin()
            let question = try Statement(
                checkpoint.database,
                """
                SELECT b.name, b.created_at, b.note, n.records, n.failed, n.open, n.updated_at
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
                WHERE ?1 = 0 OR n.open > 0
                ORDER BY b.created_at DESC, b.name DESC LIMIT ?2
                """)
            question.bind(1, activeOnly ? 1 : 0 as Int64)
            question.bind(2, Int64(latest))
            var batches: [JSON] = []
            while try question.step() {
                let (records, failed, open) = (
                    Int(question.integer(3)), Int(question.integer(4)), Int(question.integer(5))
                )
                batches.append(
                    .members([
                        "batch": .string(question.string(0) ?? ""),
                        "created_at": .text(question.string(1)),
                        "updated_at": .text(question.string(6)), "records": .int(records),
                        "done": .int(records - failed - open), "open": .int(open),
                        "failed": .int(failed), "note": .text(question.string(2)),
                    ]))
            }
            return batches
        }
    }
}
