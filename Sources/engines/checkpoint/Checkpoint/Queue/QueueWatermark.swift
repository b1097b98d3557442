// QueueWatermark: the last call that is surely in a stage's queue, so that the queue misses none.
package import Records

/// The number up to which every call has its row in a stage.
///
/// A call that came by for another stage has no row in this one. The queue adds the missing rows
/// before it is read; a writer that adds rows in order moves the watermark, so that none is missing.
///
/// The queue of `transcribe` has calls with audio only, else it would begin with calls that cannot be
/// transcribed yet; so it is with the stages that work on a transcript. Completing the stage that
/// supplies them adds the others, see ``admission(by:of:if:)``.
package final class QueueWatermark {
    private let checkpoint: Checkpoint
    private let stage: Stage
    private let question: Statement
    private let change: Statement
    /// The transaction that the two values below belong to.
    private var transaction = 0
    private var upTo: Int64 = 0
    private var isMoved = false

    package init(_ stage: Stage, in checkpoint: Checkpoint) throws(Failure) {
        self.checkpoint = checkpoint
        self.stage = stage
        question = try Statement(
            checkpoint.database,
            """
            SELECT ifnull((SELECT up_to FROM enrolled WHERE stage = '\(stage.rawValue)'), 0),
              ifnull((SELECT max(number) FROM calls), 0)
            """)
        change = try Statement(
            checkpoint.database,
            """
            INSERT INTO enrolled(stage, up_to) VALUES ('\(stage.rawValue)', ?1)
            ON CONFLICT DO UPDATE SET up_to = max(up_to, excluded.up_to)
            """)
        checkpoint.beforeCommit { [weak self] () throws(Failure) in try self?.keep() }
    }

    /// Notes that a call has its row; the commit writes the watermark once for all of them.
    func noteRow(of call: Int64) throws(Failure) {
        if transaction != checkpoint.transactions {
            transaction = checkpoint.transactions
            upTo = try known().upTo
        }
        guard call == upTo + 1 else { return }
        upTo = call
        isMoved = true
    }

    private func keep() throws(Failure) {
        guard isMoved else { return }
        isMoved = false
        // Rows of a transaction that was rolled back do not exist.
        if transaction == checkpoint.transactions { try change.run(upTo) }
    }

    private func known() throws(Failure) -> (upTo: Int64, last: Int64) {
        try question.first { row throws(Failure) in (try row.integer(0), try row.integer(1)) }
            ?? (0, 0)
    }

    /// Adds the missing rows in parts, so that no writer waits long for the lock.
    package func catchUp(by part: Int64 = 10_000) throws {
        while try known().upTo < known().last {
            try checkpoint.transaction { try addRows(atMost: part) }
        }
    }

    /// Adds the missing rows; inside a transaction.
    package func addRows(atMost part: Int64 = .max) throws(Failure) {
        try checkpoint.begin()
        let (upTo, last) = try known()
        guard upTo < last else { return }
        let bound = upTo + min(last - upTo, part)
        try checkpoint.database.run(
            """
            INSERT INTO outcomes(call, stage, status, start_time, expires)
            SELECT c.number, '\(stage.rawValue)', 'pending', c.start_time, c.expires
            FROM calls AS c WHERE c.number > ?1 AND c.number <= ?2
              AND c.erased_at IS NULL \(QueueWatermark.condition(of: stage, call: "c.number"))
            ORDER BY c.number ON CONFLICT DO NOTHING
            """, upTo, bound)
        try change.run(bound)
    }

    /// The condition that a call has work for a stage, as SQL that begins with `AND`.
    package static func condition(of stage: Stage, call: String) -> String {
        guard let supplier = stage.supplier, let product = supplier.product else { return "" }
        // The record may be large: it is read only where no mark says that the product is there.
        return """
            AND (EXISTS (SELECT 1 FROM outcomes AS a WHERE a.call = \(call)
                AND a.stage = '\(supplier.rawValue)' AND a.status = 'completed')
              OR EXISTS (SELECT 1 FROM calls AS a WHERE a.number = \(call)
                AND CASE WHEN instr(a.record, '"\(product)"') THEN json_valid(a.record)
                  AND json_type(a.record, '$.\(product)') IS 'object' END))
            """
    }

    /// A statement that adds a call to the queues of the stages that a stage supplies, where the
    /// watermark is past the call.
    ///
    /// A new transcript is measured and analyzed again, so what was completed is due. An audio file
    /// that was fetched again is the same, and its transcript stays.
    ///
    /// - Parameters:
    ///   - supplier: The stage that is completed.
    ///   - call: The call's number, as SQL.
    ///   - condition: A condition, as SQL.
    /// - Returns: The statement without its end; `nil` for a stage that supplies no other.
    static func admission(
        by supplier: Stage, of call: String, if condition: String = "true"
    ) -> String? {
        let supplied = Stage.allCases.filter { $0.supplier == supplier }
        if supplied.isEmpty { return nil }
        let isDoneAgain = supplier == .transcribe ? "outcomes.status = 'completed'" : "false"
        let rows = supplied.map { stage in
            """
            SELECT number, '\(stage.rawValue)', 'pending', start_time, expires FROM calls
            WHERE number = \(call) AND \(condition)
              AND (number <= (SELECT up_to FROM enrolled WHERE stage = '\(stage.rawValue)')
                OR EXISTS (SELECT 1 FROM outcomes WHERE call = \(call) AND stage = '\(stage.rawValue)'))
            """
        }
        return """
            INSERT INTO outcomes(call, stage, status, start_time, expires)
            \(rows.joined(separator: " UNION ALL "))
            ON CONFLICT DO UPDATE SET status = 'pending', finished_at = NULL WHERE \(isDoneAgain)
            """
    }
}
