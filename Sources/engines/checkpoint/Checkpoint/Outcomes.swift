// Outcomes: the table that says how far a call is in each stage.
import Records

/// What is written to the table of outcomes when nothing failed.
final class Outcomes {
    private let checkpoint: Checkpoint
    private let stage: Stage
    private let addition: Statement
    private let change: Statement
    private let tally: Statement
    /// New calls of a transaction, numbered in a row, whose outcomes are still to be added.
    private var fresh: (transaction: Int, status: Status, calls: ClosedRange<Int64>)?

    /// Gets ready to set outcomes of a stage.
    init(_ stage: Stage, in checkpoint: Checkpoint) throws(Failure) {
        self.checkpoint = checkpoint
        self.stage = stage
        addition = try Statement(
            checkpoint.database,
            """
            INSERT INTO outcomes(call, stage, status, attempts, finished_at, run, counted)
            SELECT number, '\(stage.rawValue)', ?3, ?4, ?5, ?6, 1 FROM calls
            WHERE number BETWEEN ?1 AND ?2
            """)
        tally = try Statement(
            checkpoint.database,
            """
            INSERT INTO tallies VALUES ('\(stage.rawValue)', ?1, substr(?2, 1, 13), ?3)
            ON CONFLICT DO UPDATE SET count = count + excluded.count
            """)
        // The same status again changes nothing, marking twice is marking once; only what waits is
        // brought forward.
        change = try Statement(
            checkpoint.database,
            """
            INSERT INTO outcomes(call, stage, status, attempts, start_time, expires, started_at,
              finished_at, run)
            SELECT number, '\(stage.rawValue)', ?2, ?3, start_time, expires, ?4, ?5, ?6
            FROM calls WHERE number = ?1
            ON CONFLICT DO UPDATE SET status = excluded.status,
              attempts = attempts + excluded.attempts, not_before = NULL,
              error_class = NULL, error_kind = NULL, error_message = NULL,
              start_time = excluded.start_time, expires = excluded.expires,
              started_at = coalesce(excluded.started_at, started_at),
              finished_at = excluded.finished_at,
              seconds = round((julianday(excluded.finished_at)
                - julianday(coalesce(excluded.started_at, started_at))) * 86400, 3),
              run = excluded.run
            WHERE status <> excluded.status
              OR (excluded.status IN ('pending', 'queued') AND not_before IS NOT NULL)
            """)
        checkpoint.beforeCommit { [weak self] () throws(Failure) in try self?.addFresh() }
    }

    /// Sets how far a call is.
    ///
    /// - Parameters:
    ///   - status: How far.
    ///   - call: The call's number.
    ///   - isNew: Whether the call was added just now.
    ///   - since: When the work on it was begun, if that is known.
    /// - Returns: Whether that is another status than before.
    /// - Throws: `Failure` of scope `stop`.
    func set(
        _ status: Status, for call: Int64, isNew: Bool = false, since: String? = nil
    ) throws(Failure) -> Bool {
        let isOver = status == .completed || status == .failed || status == .skipped
        // What is over stands in no queue, and needs nothing of its call.
        if isNew && isOver {
            try add(status, call)
            return true
        }
        try addFresh()
        change.bind(1, call)
        change.bind(2, copying: status.rawValue)
        change.bind(3, status == .completed ? 1 : 0 as Int64)
        change.bind(4, copying: since ?? (status == .processing ? checkpoint.now : nil))
        change.bind(5, copying: isOver ? checkpoint.now : nil)
        change.bind(6, try checkpoint.run().number)
        try change.run()
        return checkpoint.database.changes > 0
    }

    /// Notes the outcome of a new call, to be added together with those around it: one statement a
    /// row costs a sixth of a mark, as SQLite saves what each may have to take back.
    private func add(_ status: Status, _ call: Int64) throws(Failure) {
        if let last = fresh, last.transaction == checkpoint.transactions, last.status == status,
            last.calls.upperBound + 1 == call
        {
            fresh?.calls = last.calls.lowerBound...call
        } else {
            try addFresh()
            fresh = (checkpoint.transactions, status, call...call)
        }
    }

    /// Adds the rows that are still to be added: with the commit, and before anybody asks for them.
    ///
    /// They are counted here: the trigger that counts each row by itself leaves alone what says
    /// that it is counted.
    func addFresh() throws(Failure) {
        guard let rows = fresh else { return }
        fresh = nil
        // Those of a transaction that was rolled back are none.
        guard rows.transaction == checkpoint.transactions else { return }
        addition.bind(1, rows.calls.lowerBound)
        addition.bind(2, rows.calls.upperBound)
        addition.bind(3, copying: rows.status.rawValue)
        addition.bind(4, rows.status == .completed ? 1 : 0 as Int64)
        addition.bind(5, copying: checkpoint.now)
        addition.bind(6, try checkpoint.run().number)
        try addition.run()
        tally.bind(1, copying: rows.status.rawValue)
        tally.bind(2, copying: checkpoint.now)
        tally.bind(3, Int64(rows.calls.count))
        try tally.run()
    }
}
