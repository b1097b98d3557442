// Leases: the end or the renewal of a lease when its record passes a mark.
import Records

/// The leases of the records that pass a mark: each is renewed on the way, and ends at the stage that
/// it was taken for.
final class Leases {
    private let checkpoint: Checkpoint
    private let stage: Stage
    private let question: Statement
    private let removal: Statement
    private let advance: Statement
    private let renewal: Statement
    /// The claims that this process renewed, and the time of the next renewal.
    private var renewAt: [Int64: String] = [:]

    /// Prepares for the records that pass the mark of a stage.
    init(_ stage: Stage, in checkpoint: Checkpoint) throws(Failure) {
        self.checkpoint = checkpoint
        self.stage = stage
        let database = checkpoint.database
        question = try Statement(
            database,
            """
            SELECT l.claim, l.since, m.stage, m.seconds
            FROM leases AS l JOIN claims AS m ON m.number = l.claim WHERE l.call = ?1
            """)
        removal = try Statement(database, "DELETE FROM leases WHERE call = ?1")
        advance = try Statement(database, "UPDATE leases SET since = ?2 WHERE call = ?1")
        renewal = try Statement(
            database, "UPDATE claims SET until = max(until, ?2) WHERE number = ?1")
    }

    /// Ends or renews the lease of a record, if there is one; inside a transaction.
    ///
    /// - Parameter call: The record's number.
    /// - Returns: The time when the work on this stage began: the record was claimed, or passed the
    ///   mark before; `nil` without a lease.
    /// - Throws: `Failure` of scope `stop`.
    func pass(_ call: Int64) throws(Failure) -> String? {
        try question.bind(call)
        let found = try question.first { row throws(Failure) in
            (
                claim: try row.integer(0), since: try row.text(1),
                stage: Stage(rawValue: try row.text(2)), seconds: try row.number(3) ?? 0
            )
        }
        guard let lease = found else { return nil }
        if let claimed = lease.stage, stage.upToHere.contains(claimed) {
            try removal.run(call)
        } else {
            try advance.run(call, checkpoint.now)
            try renew(lease.claim, for: lease.seconds)
        }
        return lease.since
    }

    /// Renews a claim, so that a pipe that makes progress keeps all that it claimed; once in a
    /// quarter of its time is enough.
    private func renew(_ claim: Int64, for seconds: Double) throws(Failure) {
        let now = checkpoint.now
        if let due = renewAt[claim], now < due { return }
        guard let moment = Timestamp(now) else { return }
        try renewal.run(claim, moment.adding(seconds: seconds).text)
        renewAt[claim] = moment.adding(seconds: seconds / 4).text
    }
}
