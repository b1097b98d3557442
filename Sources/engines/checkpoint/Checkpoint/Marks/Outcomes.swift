// Outcomes: the table that has the status of a call in each stage.
import Records

/// Writes outcomes of a stage that did not fail.
final class Outcomes {
    private let checkpoint: Checkpoint
    private let stage: Stage
    private let addition: Statement
    private let change: Statement
    private let tally: Statement
    /// New calls of a transaction with consecutive numbers, whose outcomes are still to be added.
    private var fresh: (transaction: Int, status: Status, calls: ClosedRange<Int64>)?

    /// Prepares the statements of a stage.
    init(_ stage: Stage, in checkpoint: Checkpoint) throws(Failure) {
        self.checkpoint = checkpoint
        self.stage = stage
        addition = try Statement(
            checkpoint.database,
            """
            INSERT INTO outcomes(call, stage, status, attempts, finished_at, run, counted)
            SELECT number, '\(stage.rawValue)', :status, :attempts, :now, :run, 1 FROM calls
            WHERE number BETWEEN :first AND :last
            """)
        tally = try Statement(
            checkpoint.database,
            """
            INSERT INTO tallies VALUES ('\(stage.rawValue)', ?1, substr(?2, 1, 13), ?3)
            ON CONFLICT DO UPDATE SET count = count + excluded.count
            """)
        // The same status again changes nothing, so marking twice is marking once; only a wait for
        // the next attempt ends.
        change = try Statement(
            checkpoint.database,
            """
            INSERT INTO outcomes(call, stage, status, attempts, start_time, expires, started_at,
              finished_at, run)
            SELECT number, '\(stage.rawValue)', :status, :attempts, start_time, expires, :started,
              :finished, :run
            FROM calls WHERE number = :call
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

    /// Sets the status of a call.
    ///
    /// - Parameters:
    ///   - status: The status.
    ///   - call: The call's number.
    ///   - isNew: True for a call that this transaction has just added.
    ///   - since: The time when the work began, if that is known.
    /// - Returns: True when the call had another status before.
    /// - Throws: `Failure` of scope `stop`.
    func set(
        _ status: Status, for call: Int64, isNew: Bool = false, since: String? = nil
    ) throws(Failure) -> Bool {
        // A stage that is over stands in no queue, and needs nothing of its call.
        if isNew && status.isOver {
            try add(status, call)
            return true
        }
        try addFresh()
        try change.run([
            ":call": call, ":status": status, ":attempts": status == .completed,
            ":started": since ?? (status == .processing ? checkpoint.now : nil),
            ":finished": status.isOver ? checkpoint.now : nil, ":run": checkpoint.run().number,
        ])
        return checkpoint.database.changes > 0
    }

    /// Notes the outcome of a new call, to be added together with those around it.
    ///
    /// One statement a row costs a sixth of a mark, because SQLite saves what each may have to take
    /// back.
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

    /// Adds the rows that are still to be added: with the commit, and before they are read.
    ///
    /// They are counted here: the trigger that counts each row skips rows with `counted`.
    func addFresh() throws(Failure) {
        guard let rows = fresh else { return }
        fresh = nil
        // Rows of a transaction that was rolled back do not exist.
        guard rows.transaction == checkpoint.transactions else { return }
        try addition.run([
            ":first": rows.calls.lowerBound, ":last": rows.calls.upperBound,
            ":status": rows.status, ":attempts": rows.status == .completed,
            ":now": checkpoint.now, ":run": checkpoint.run().number,
        ])
        try tally.run(rows.status, checkpoint.now, rows.calls.count)
    }
}
