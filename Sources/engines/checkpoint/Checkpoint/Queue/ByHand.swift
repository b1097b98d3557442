// ByHand: what a status that somebody writes by hand may change, and what it leaves alone.
import Records

/// A status that is written whatever the records say.
public struct ByHand: Sendable {
    /// What to write; `nil` for what the records say.
    public var status: Status?
    /// Whether to reset even what is uploaded.
    public var isForced = false
    /// Whether to write only where the stage has no outcome yet.
    public var isForNew = false

    /// Nothing by hand, unless it is said.
    public init(_ status: Status? = nil, isForced: Bool = false, isForNew: Bool = false) {
        self.status = status
        self.isForced = isForced
        self.isForNew = isForNew
    }

    /// Whether it makes a stage to be done again.
    var isReset: Bool { status == .pending || status == .queued }
}

/// Asks before a mark writes by hand.
///
/// What is uploaded is done: a reset would only fetch and transcribe it again, and perhaps after
/// the service has purged it.
final class ByHandRule {
    private let rule: ByHand
    private let question: Statement
    private let observer: Observer

    /// `nil` where nothing has to be asked.
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

    /// Whether the record may be written down.
    func allows(_ line: borrowing Line) throws(Failure) -> Bool {
        question.bind(1, "id", of: line)
        defer { question.reset() }
        guard try question.step() else { return true }
        if rule.isForNew, question.integer(0) != 0 { return false }
        guard rule.isReset, !rule.isForced, question.integer(1) != 0 else { return true }
        observer(.note("left \(line.id) alone: it is uploaded; --force resets it all the same"))
        return false
    }
}
