// ByHand: a status that an operator writes by hand, and the records that it leaves alone.
import Records

/// A status that is written whatever the records say.
public struct ByHand: Sendable {
    /// The status to write; `nil` for the outcome of each record.
    public var status: Status?
    /// True to reset even recordings that are uploaded.
    public var isForced = false
    /// True to write only where the stage has no outcome yet.
    public var isForNew = false

    /// Makes the rule; by default each record's outcome is written.
    public init(_ status: Status? = nil, isForced: Bool = false, isForNew: Bool = false) {
        self.status = status
        self.isForced = isForced
        self.isForNew = isForNew
    }

    /// True when the stage is to be done again.
    var isReset: Bool { status == .pending || status == .queued }
}

/// Decides which records a status by hand is written to.
///
/// An uploaded recording is done: a reset would only fetch and transcribe it again, and perhaps the
/// service has purged it.
final class ByHandRule {
    private let rule: ByHand
    private let question: Statement
    private let observer: Observer

    /// `nil` where the status is written to every record.
    init?(
        _ rule: ByHand, _ stage: Stage, _ database: Database, _ observer: @escaping Observer
    ) throws(Failure) {
        guard rule.isForNew || rule.isReset && !rule.isForced else { return nil }
        self.rule = rule
        self.observer = observer
        question = try Statement(
            database,
            """
            SELECT
              EXISTS (SELECT 1 FROM outcomes WHERE call = number AND stage = '\(stage.rawValue)'),
              EXISTS (SELECT 1 FROM outcomes WHERE call = number AND stage = 'upload'
                AND status = 'completed')
            FROM calls WHERE id = ?1
            """)
    }

    /// True when the status is to be written to the record.
    func allows(_ line: borrowing Line) throws(Failure) -> Bool {
        try question.bind(at: 1, "id", of: line)
        let found = try question.first { row throws(Failure) in
            (hasOutcome: try row.integer(0) != 0, isUploaded: try row.integer(1) != 0)
        }
        guard let found else { return true }
        if rule.isForNew, found.hasOutcome { return false }
        guard rule.isReset, !rule.isForced, found.isUploaded else { return true }
        observer(.note("left \(line.id) alone: it is uploaded; --force resets it all the same"))
        return false
    }
}
