// Outcomes: the table that says how far a call is in each stage.
import Records

/// What is written to the table of outcomes when nothing failed.
final class Outcomes {
    private let checkpoint: Checkpoint
    private let stage: Stage
    private let addition: Statement
    private let change: Statement
    private let tally: Statement
    /// Rows that were added in a transaction and stand in no tally yet.
    private var fresh: (transaction: Int, status: Status, count: Int64) = (0, .completed, 0)

    /// Gets ready to set outcomes of a stage.
    init(_ stage: Stage, in checkpoint: Checkpoint) throws(Failure) {
        self.checkpoint = checkpoint
        self.stage = stage
        addition = try Statement(
            checkpoint.database,
            """
            INSERT INTO outcomes(call, stage, status, attempts, finished_at, run, counted)
            VALUES (?1, '\(stage.rawValue)', ?2, ?3, ?4, ?5, 1)
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
        checkpoint.beforeCommit { [weak self] () throws(Failure) in try self?.addUp() }
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
        change.bind(1, call)
        change.bind(2, copying: status.rawValue)
        change.bind(3, status == .completed ? 1 : 0 as Int64)
        change.bind(4, copying: since ?? (status == .processing ? checkpoint.now : nil))
        change.bind(5, copying: isOver ? checkpoint.now : nil)
        change.bind(6, try checkpoint.run().number)
        try change.run()
        return checkpoint.database.changes > 0
    }

    /// Adds the row of a new call; all but its number is the same for many, and bound for them all.
    private func add(_ status: Status, _ call: Int64) throws(Failure) {
        if fresh.transaction != checkpoint.transactions || fresh.status != status {
            try addUp()
            fresh = (checkpoint.transactions, status, 0)
            addition.bind(2, copying: status.rawValue)
            addition.bind(3, status == .completed ? 1 : 0 as Int64)
            addition.bind(4, copying: checkpoint.now)
            addition.bind(5, try checkpoint.run().number)
        }
        addition.bind(1, call)
        try addition.run()
        fresh.count += 1
    }

    /// Adds the fresh rows to the tallies, with the commit: the trigger that counts each row by
    /// itself costs a fifth of a mark, and leaves rows alone that say they are counted.
    private func addUp() throws(Failure) {
        guard fresh.transaction == checkpoint.transactions, fresh.count > 0 else { return }
        tally.bind(1, copying: fresh.status.rawValue)
        tally.bind(2, copying: checkpoint.now)
        tally.bind(3, fresh.count)
        try tally.run()
        fresh.count = 0
    }
}
