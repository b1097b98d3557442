// Failures: what a record's error member does to its stage, written down once.
internal import FoundationEssentials
import Records

/// The `error` member of a record, as far as the checkpoint keeps it.
struct StageError {
    let stage: Stage
    let scope: Failure.Scope
    let kind: String
    let message: String
    /// When it happened; `nil` when the record does not say.
    let time: Timestamp?
    /// The wait in seconds that the service asked for.
    let retryAfter: Double?

    private struct Member: Decodable {
        let stage: String?
        let `class`: String?
        let kind: String?
        let message: String?
        let at: String?
        let retry_after: Double?
    }

    /// Reads the member; one that says less, or has another form, is a failure of the stage at
    /// hand that is worth another try.
    init(_ record: Record, _ current: Stage) {
        let member = try? record.decode("error", as: Member.self)
        stage = member?.stage.flatMap(Stage.init(rawValue:)) ?? current
        let scope = member?.class.flatMap(Failure.Scope.init(rawValue:))
        self.scope = scope == .item ? .item : .temporary
        kind = member?.kind ?? Failure.Kind.internal.rawValue
        message = member?.message ?? "the record does not say why"
        time = member?.at.flatMap { Timestamp($0) }
        retryAfter = member?.retry_after
    }

    var isForGood: Bool { scope == .item }
    /// A limit of the service is nobody's attempt.
    var isAttempt: Bool { kind != Failure.Kind.rateLimit.rawValue }
}

/// What is written to the tables of errors and outcomes when a stage failed.
///
/// A record carries its error through every later mark. The same stage at the same time is the same
/// failure, and counts once.
final class Failures {
    private let checkpoint: Checkpoint
    private let addition: Statement
    private let question: Statement
    private let change: Statement

    init(_ checkpoint: Checkpoint) throws(Failure) {
        self.checkpoint = checkpoint
        let database = checkpoint.database
        addition = try Statement(
            database,
            """
            INSERT INTO errors(time, stage, severity, category, message, call_id, run)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT DO NOTHING
            """)
        question = try Statement(
            database,
            """
            SELECT status, attempts, finished_at, error_kind, error_message
            FROM outcomes WHERE call = ?1 AND stage = ?2
            """)
        change = try Statement(
            database,
            """
            INSERT INTO outcomes(call, stage, status, attempts, not_before, start_time, expires,
              error_class, error_kind, error_message, finished_at, run)
            SELECT number, ?2, ?3, ?4, ?5, start_time, expires, ?6, ?7, ?8, ?9, ?10
            FROM calls WHERE number = ?1
            ON CONFLICT DO UPDATE SET status = excluded.status, attempts = excluded.attempts,
              not_before = excluded.not_before, start_time = excluded.start_time,
              expires = excluded.expires, error_class = excluded.error_class,
              error_kind = excluded.error_kind, error_message = excluded.error_message,
              finished_at = excluded.finished_at, seconds = NULL, run = excluded.run
            """)
    }

    /// Writes a failure down, unless that was done.
    func note(_ error: StageError, of call: Int64, id: String) throws(Failure) {
        let before = try outcome(of: call, error.stage)
        // Without a time, the failure that the stage stands at is the one meant.
        if error.time == nil, let before, before.status == .failed || before.status == .pending,
            before.kind == error.kind, before.message == error.message
        {
            return
        }
        let time = error.time?.text ?? checkpoint.now
        guard try add(error, at: time, id) else { return }
        // A line from an earlier run may come by after a later one did the work.
        if let before, before.status == .completed, let finished = before.finished, time <= finished
        {
            return
        }
        try set(error, of: call, at: time, attempts: before?.attempts ?? 0)
    }

    private struct Outcome {
        let status: Status?
        let attempts: Int64
        let finished: String?
        let kind: String?
        let message: String?
    }

    private func outcome(of call: Int64, _ stage: Stage) throws(Failure) -> Outcome? {
        question.bind(1, call)
        question.bind(2, copying: stage.rawValue)
        defer { question.reset() }
        guard try question.step() else { return nil }
        return Outcome(
            status: question.string(0).flatMap(Status.init(rawValue:)),
            attempts: question.integer(1), finished: question.string(2), kind: question.string(3),
            message: question.string(4))
    }

    /// False when it was written down before.
    private func add(_ error: StageError, at time: String, _ id: String) throws(Failure) -> Bool {
        addition.bind(1, copying: time)
        addition.bind(2, copying: error.stage.rawValue)
        addition.bind(3, copying: error.isForGood ? "error" : "warning")
        addition.bind(4, copying: error.kind)
        addition.bind(5, copying: error.message)
        addition.bind(6, copying: id)
        addition.bind(7, copying: try checkpoint.run().id)
        try addition.run()
        return checkpoint.database.changes == 1
    }

    private func set(
        _ error: StageError, of call: Int64, at time: String, attempts: Int64
    ) throws(Failure) {
        let attempts = attempts + (error.isAttempt ? 1 : 0)
        let due =
            error.isForGood
            ? nil
            : RetrySchedule.next(
                after: attempts, isAttempt: error.isAttempt, at: time, asked: error.retryAfter)
        change.bind(1, call)
        change.bind(2, copying: error.stage.rawValue)
        change.bind(3, copying: due == nil ? Status.failed.rawValue : Status.pending.rawValue)
        change.bind(4, attempts)
        change.bind(5, copying: due)
        change.bind(6, copying: error.scope.rawValue)
        change.bind(7, copying: error.kind)
        change.bind(8, copying: error.message)
        change.bind(9, copying: due == nil ? time : nil)
        change.bind(10, try checkpoint.run().number)
        try change.run()
    }
}
