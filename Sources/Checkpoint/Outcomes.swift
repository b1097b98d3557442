// Outcomes: the table that says how far a call is in each stage.
import Records

/// What is written to the table of outcomes when nothing failed.
final class Outcomes {
    private let checkpoint: Checkpoint
    private let change: Statement

    init(_ checkpoint: Checkpoint) throws(Failure) {
        self.checkpoint = checkpoint
        // The same status again changes nothing: marking twice is marking once. A lease ends with
        // any outcome.
        change = try Statement(
            checkpoint.database,
            """
            INSERT INTO outcomes(call, stage, status, attempts, started_at, finished_at)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6)
            ON CONFLICT DO UPDATE SET status = excluded.status,
              attempts = attempts + excluded.attempts, not_before = NULL,
              lease_owner = NULL, lease_until = NULL,
              error_class = NULL, error_kind = NULL, error_message = NULL,
              started_at = coalesce(excluded.started_at, started_at),
              finished_at = excluded.finished_at,
              seconds = round((julianday(excluded.finished_at) - julianday(started_at)) * 86400, 3)
            WHERE status <> excluded.status
            """)
    }

    /// Sets how far a call is in a stage.
    func set(_ status: Status, for call: Int64, _ stage: Stage) throws(Failure) {
        let isOver = status == .completed || status == .failed || status == .skipped
        change.bind(1, call)
        change.bind(2, copying: stage.rawValue)
        change.bind(3, copying: status.rawValue)
        change.bind(4, status == .completed ? 1 : 0 as Int64)
        change.bind(5, copying: status == .processing ? checkpoint.now : nil)
        change.bind(6, copying: isOver ? checkpoint.now : nil)
        try change.run()
    }
}
