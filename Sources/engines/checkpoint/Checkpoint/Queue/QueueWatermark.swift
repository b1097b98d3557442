// QueueWatermark: which calls a stage's queue knows, so that none is left out that nobody asked for yet.
import Records

/// Up to which call every one has its row in a stage.
///
/// A call that came by for another stage has no row in this one. `state-next` adds what is missing
/// before it looks; whoever adds rows in order moves the mark along, so that nothing is missing.
///
/// The queue of `transcribe` knows calls with audio only, or it would begin with all that cannot be
/// transcribed yet; what completes `fetch` adds the others, see
/// ``admission(of:if:)``.
package final class QueueWatermark {
    private let checkpoint: Checkpoint
    private let stage: Stage
    private let question: Statement
    private let change: Statement
    /// The transaction that the numbers below belong to.
    private var transaction = 0
    private var upTo: Int64 = 0
    private var isMoved = false

    init(_ stage: Stage, in checkpoint: Checkpoint) throws(Failure) {
        self.checkpoint = checkpoint
        self.stage = stage
        question = try Statement(
            checkpoint.database,
            """
            SELECT ifnull((SELECT up_to FROM enrolled WHERE stage = '\(stage.rawValue)'), 0),
              ifnull((SELECT max(number) FROM calls), 0)
            """)
        change = try Statement(
            checkpoint.database,
            """
            INSERT INTO enrolled(stage, up_to) VALUES ('\(stage.rawValue)', ?1)
            ON CONFLICT DO UPDATE SET up_to = max(up_to, excluded.up_to)
            """)
        checkpoint.beforeCommit { [weak self] () throws(Failure) in try self?.keep() }
    }

    /// Notes that a call has its row; kept with the commit, once for all of them.
    func noteRow(of call: Int64) throws(Failure) {
        if transaction != checkpoint.transactions {
            transaction = checkpoint.transactions
            upTo = try known().upTo
        }
        guard call == upTo + 1 else { return }
        upTo = call
        isMoved = true
    }

    private func keep() throws(Failure) {
        guard isMoved else { return }
        isMoved = false
        // Those of a transaction that was rolled back are none.
        if transaction == checkpoint.transactions { try move(to: upTo) }
    }

    private func move(to call: Int64) throws(Failure) {
        change.bind(1, call)
        try change.run()
    }

    private func known() throws(Failure) -> (upTo: Int64, last: Int64) {
        defer { question.reset() }
        guard try question.step() else { return (0, 0) }
        return (question.integer(0), question.integer(1))
    }

    /// Adds the rows that are missing, a part at a time, so that nobody waits long for the lock.
    func catchUp(by part: Int64 = 10_000) throws {
        while try known().upTo < known().last {
            try checkpoint.transaction { try addRows(atMost: part) }
        }
    }

    /// Adds the rows that are missing; inside a transaction.
    func addRows(atMost part: Int64 = .max) throws(Failure) {
        try checkpoint.begin()
        let (upTo, last) = try known()
        guard upTo < last else { return }
        let bound = upTo + min(last - upTo, part)
        let addition = try Statement(
            checkpoint.database,
            """
            INSERT INTO outcomes(call, stage, status, start_time, expires)
            SELECT c.number, '\(stage.rawValue)', 'pending', c.start_time, c.expires
            FROM calls AS c WHERE c.number > ?1 AND c.number <= ?2
              AND c.erased_at IS NULL \(QueueWatermark.condition(of: stage, call: "c.number"))
            ORDER BY c.number ON CONFLICT DO NOTHING
            """)
        addition.bind(1, upTo)
        addition.bind(2, bound)
        try addition.run()
        try move(to: bound)
    }

    /// What a call needs for a stage to have work with it, as SQL that begins with `AND`.
    package static func condition(of stage: Stage, call: String) -> String {
        guard stage == .transcribe else { return "" }
        // The record may be large: it is read only where no mark says that the audio is there.
        return """
            AND (EXISTS (SELECT 1 FROM outcomes AS a WHERE a.call = \(call)
                AND a.stage = 'fetch' AND a.status = 'completed')
              OR EXISTS (SELECT 1 FROM calls AS a WHERE a.number = \(call)
                AND CASE WHEN instr(a.record, '"audio"') THEN json_valid(a.record)
                  AND json_type(a.record, '$.audio') IS 'object' END))
            """
    }

    /// Adds a call to the queue of `transcribe` once it has audio, where that queue is past it.
    ///
    /// - Parameters:
    ///   - call: The call's number, as SQL.
    ///   - condition: When, as SQL.
    /// - Returns: A statement without its end.
    static func admission(of call: String, if condition: String = "true") -> String {
        """
        INSERT INTO outcomes(call, stage, status, start_time, expires)
        SELECT number, 'transcribe', 'pending', start_time, expires FROM calls
        WHERE number = \(call) AND \(condition)
          AND number <= (SELECT up_to FROM enrolled WHERE stage = 'transcribe')
        ON CONFLICT DO NOTHING
        """
    }
}
