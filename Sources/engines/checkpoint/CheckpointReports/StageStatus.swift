// StageStatus: the status of a call in each of its stages.
import Checkpoint
import Records

/// The status of one stage of a call.
struct StageStatus {
    let stage: Stage
    /// As people mean it: `processing` while somebody alive works on it.
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

    /// Why it failed last, if that still stands.
    var error: JSON? {
        guard errorKind != nil else { return nil }
        return .members([
            "stage": .string(stage.rawValue), "class": .text(errorClass),
            "kind": .text(errorKind), "message": .text(errorMessage),
        ])
    }
}

/// The outcomes of a call, in the order of the work.
final class StageStatusReader {
    private let checkpoint: Checkpoint
    private let question: Statement

    /// Gets ready to ask.
    init(_ checkpoint: Checkpoint) throws(Failure) {
        self.checkpoint = checkpoint
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

    /// The stages that were asked for or marked.
    func stages(of call: Int64) throws(Failure) -> [StageStatus] {
        question.bind(1, call)
        defer { question.reset() }
        var rows: [StageStatus] = []
        while try question.step() {
            guard let stage = question.string(0).flatMap(Stage.init(rawValue:)) else { continue }
            let hasSeconds = unsafe question.text(9) != nil
            rows.append(
                StageStatus(
                    stage: stage, status: question.string(1) ?? "", attempts: question.integer(2),
                    notBefore: question.string(3), errorClass: question.string(4),
                    errorKind: question.string(5), errorMessage: question.string(6),
                    startedAt: question.string(7), finishedAt: question.string(8),
                    seconds: hasSeconds ? question.number(9) : nil, run: question.string(10)))
        }
        let order = Stage.allCases
        return rows.sorted {
            (order.firstIndex(of: $0.stage) ?? 0) < (order.firstIndex(of: $1.stage) ?? 0)
        }
    }
}
