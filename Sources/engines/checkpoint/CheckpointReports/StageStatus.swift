// StageStatus: the status of a call in each of its stages.
import Checkpoint
import Records

/// The status of one stage of a call.
struct StageStatus {
    let stage: Stage
    /// The status for people: `processing` while a live process has the call in work.
    let status: String
    let attempts: Int64
    let notBefore: String?
    let errorClass: String?
    let errorKind: String?
    let errorMessage: String?
    let startedAt: String?
    let finishedAt: String?
    let seconds: Double?
    let run: String?

    var isDone: Bool {
        status == Status.completed.rawValue || status == Status.skipped.rawValue
    }

    /// A column as JSON, by the name that `callpipe-state(5)` gives it.
    subscript(column: String) -> JSON? {
        switch column {
        case "stage": .string(stage.rawValue)
        case "status": .string(status)
        case "attempts": .int(Int(attempts))
        case "not_before": .text(notBefore)
        case "error_class": .text(errorClass)
        case "error_kind": .text(errorKind)
        case "error_message": .text(errorMessage)
        case "started_at": .text(startedAt)
        case "finished_at": .text(finishedAt)
        case "seconds": .number(seconds)
        case "run": .text(run)
        default: nil
        }
    }

    /// The last failure, while the stage has not succeeded since.
    var error: JSON? {
        guard errorKind != nil else { return nil }
        return .members([
            "stage": .string(stage.rawValue), "class": .text(errorClass),
            "kind": .text(errorKind), "message": .text(errorMessage),
        ])
    }
}

/// Reads the statuses of calls, in the order of the work.
final class StageStatusReader {
    private let question: Statement

    /// Prepares the statement.
    init(_ checkpoint: Checkpoint) throws(Failure) {
        let living = try Claims.living(checkpoint)
        question = try Statement(
            checkpoint.database,
            """
            SELECT o.stage, iif(\(Selection.isInWork(living)), 'processing', o.status), o.attempts,
              o.not_before, o.error_class, o.error_kind, o.error_message, o.started_at,
              o.finished_at, o.seconds, r.id
            FROM outcomes AS o LEFT JOIN runs AS r ON r.number = o.run WHERE o.call = ?1
            """)
    }

    /// The stages with an outcome.
    func stages(of call: Int64) throws(Failure) -> [StageStatus] {
        try question.bind(call)
        let rows = try question.all { row throws(Failure) -> StageStatus? in
            guard let stage = Stage(rawValue: try row.text(0)) else { return nil }
            return StageStatus(
                stage: stage, status: try row.text(1), attempts: try row.integer(2),
                notBefore: try row.string(3), errorClass: try row.string(4),
                errorKind: try row.string(5), errorMessage: try row.string(6),
                startedAt: try row.string(7), finishedAt: try row.string(8),
                seconds: try row.number(9), run: try row.string(10))
        }
        return rows.compactMap { $0 }.sorted { $0.stage.rank < $1.stage.rank }
    }
}
