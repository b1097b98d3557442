// Failures: the effect of a record's error member on its stage, written down once.
internal import FoundationEssentials
import Records

/// The `error` member of a record, as far as the checkpoint keeps it.
struct StageError {
    let stage: Stage
    fileprivate(set) var scope: Failure.Scope
    let kind: String
    fileprivate(set) var message: String
    /// The member whose file on the disk is missing or was changed.
    let file: String?
    /// The time of the failure; `nil` when the record has none.
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
        let file: String?
    }

    /// Reads the member; an incomplete one, or one of another form, is a failure of the stage at
    /// hand that is worth another attempt.
    init(_ record: Record, _ current: Stage) {
        let member = try? record.decode("error", as: Member.self)
        stage = member?.stage.flatMap(Stage.init(rawValue:)) ?? current
        let scope = member?.class.flatMap(Failure.Scope.init(rawValue:))
        self.scope = scope == .item ? .item : .temporary
        kind = member?.kind ?? Failure.Kind.internal.rawValue
        message = member?.message ?? "the record does not say why"
        file = member?.file
        time = member?.at.flatMap { Timestamp($0) }
        retryAfter = member?.retry_after
    }

    var isForGood: Bool { scope == .item }
    /// A kind that this program does not know counts as a bug.
    private var knownKind: Failure.Kind { Failure.Kind(rawValue: kind) ?? .internal }
    var severity: Severity { Severity(scope, knownKind) }
    var category: ErrorCategory { ErrorCategory(knownKind) }
    /// A rate limit of the service consumes no attempt.
    var isAttempt: Bool { kind != Failure.Kind.rateLimit.rawValue }
}

/// Writes failures of stages to the tables of errors and outcomes.
///
/// A record carries its error through every later mark. The same stage at the same time is the same
/// failure, and counts once.
final class Failures {
    private let checkpoint: Checkpoint
    private let addition: Statement
    private let question: Statement
    private let change: Statement
    private let damage: Damage

    init(_ checkpoint: Checkpoint) throws(Failure) {
        self.checkpoint = checkpoint
        let database = checkpoint.database
        damage = try Damage(checkpoint)
        addition = try Statement(
            database,
            """
            INSERT INTO errors(time, stage, severity, category, kind, message, call_id, run)
            VALUES (:time, :stage, :severity, :category, :kind, :message, :id, :run)
            ON CONFLICT DO NOTHING
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
            SELECT number, :stage, :status, :attempts, :due, start_time, expires, :class, :kind,
              :message, :finished, :run
            FROM calls WHERE number = :call
            ON CONFLICT DO UPDATE SET status = excluded.status, attempts = excluded.attempts,
              not_before = excluded.not_before, start_time = excluded.start_time,
              expires = excluded.expires, error_class = excluded.error_class,
              error_kind = excluded.error_kind, error_message = excluded.error_message,
              finished_at = excluded.finished_at, seconds = NULL, run = excluded.run
            """)
    }

    /// Writes a failure down, unless that was done.
    ///
    /// - Parameters:
    ///   - error: The failure.
    ///   - call: The call's number.
    ///   - id: The record's id.
    /// - Returns: The stage that is due again because it makes a file that is damaged.
    /// - Throws: `Failure` of scope `stop`.
    func note(_ error: StageError, of call: Int64, id: String) throws(Failure) -> Stage? {
        let before = try outcome(of: call, error.stage)
        // An error without a time is the failure that the stage has now, if the two agree.
        if error.time == nil, let before, before.status == .failed || before.status == .pending,
            before.kind == error.kind, before.message == error.message
        {
            return nil
        }
        var error = error
        let repair = try damage.repair(error, of: call)
        switch repair {
        case .again: error.scope = .temporary
        case .impossible(let reason): error.message += "; \(reason)"
        case nil: break
        }
        let time = error.time?.text ?? checkpoint.now
        guard try add(error, at: time, id) else { return nil }
        // A line from an earlier run may come by after a later run did the work.
        if let before, before.status == .completed, let finished = before.finished, time <= finished
        {
            return nil
        }
        let attempts = (before?.attempts ?? 0) + (error.isAttempt ? 1 : 0)
        guard case .again(let maker, let end) = repair else {
            try set(error, of: call, at: time, attempts: attempts, due: due(error, time, attempts))
            return nil
        }
        // The same damage after its repair waits like any other failure, so that the service is not
        // asked for ever.
        let isRepeated = before?.status == .pending && before?.kind == error.kind
        let next = isRepeated ? due(error, time, attempts) : .now
        try set(error, of: call, at: time, attempts: attempts, due: next)
        if case .never = next { return nil }
        try damage.sendBack(call, to: maker, until: end)
        return maker
    }

    /// The time of a stage's next attempt.
    private enum Due {
        case now
        case at(String)
        case never
    }

    private func due(_ error: StageError, _ time: String, _ attempts: Int64) -> Due {
        if error.isForGood { return .never }
        let next = RetrySchedule.next(
            after: attempts, isAttempt: error.isAttempt, at: time, asked: error.retryAfter)
        return next.map(Due.at) ?? .never
    }

    private struct Outcome {
        let status: Status?
        let attempts: Int64
        let finished: String?
        let kind: String?
        let message: String?
    }

    private func outcome(of call: Int64, _ stage: Stage) throws(Failure) -> Outcome? {
        try question.bind(call, stage)
        return try question.first { row throws(Failure) in
            Outcome(
                status: Status(rawValue: try row.text(0)), attempts: try row.integer(1),
                finished: try row.string(2), kind: try row.string(3), message: try row.string(4))
        }
    }

    /// Adds a row to the table of errors; false when it was there before.
    private func add(_ error: StageError, at time: String, _ id: String) throws(Failure) -> Bool {
        try addition.run([
            ":time": time, ":stage": error.stage,
            ":severity": error.severity.rawValue, ":category": error.category.rawValue,
            ":kind": error.kind, ":message": error.message, ":id": id, ":run": checkpoint.run().id,
        ])
        return checkpoint.database.changes == 1
    }

    private func set(
        _ error: StageError, of call: Int64, at time: String, attempts: Int64, due: Due
    ) throws(Failure) {
        let (status, notBefore): (Status, String?) =
            switch due {
            case .now: (.pending, nil)
            case .at(let next): (.pending, next)
            case .never: (.failed, nil)
            }
        try change.run([
            ":call": call, ":stage": error.stage, ":status": status, ":attempts": attempts,
            ":due": notBefore, ":class": error.scope.rawValue, ":kind": error.kind,
            ":message": error.message, ":finished": status == .failed ? time : nil,
            ":run": checkpoint.run().number,
        ])
    }
}
