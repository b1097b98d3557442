// Leases: what becomes of a lease when its record passes a mark.
import Records

/// The leases of the records that pass a mark: renewed on the way, ended by the stage that they
/// were taken for.
final class Leases {
    private let checkpoint: Checkpoint
    private let stage: Stage
    private let question: Statement
    private let removal: Statement
    private let advance: Statement
    private let renewal: Statement
    /// The claims that were renewed by this process, and when it has to be done again.
    private var renewAt: [Int64: String] = [:]

    /// Gets ready for the records that pass the mark of a stage.
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
    /// - Returns: When the work on this stage was begun: when the record was claimed, or passed the
    ///   mark before; `nil` when nobody claimed it.
    /// - Throws: `Failure` of scope `stop`.
    func pass(_ call: Int64) throws(Failure) -> String? {
        guard let lease = try find(call) else { return nil }
        if let claimed = lease.stage, stage.upToHere.contains(claimed) {
            removal.bind(1, call)
            try removal.run()
        } else {
            advance.bind(1, call)
            advance.bind(2, copying: checkpoint.now)
            try advance.run()
            try renew(lease.claim, for: lease.seconds)
        }
        return lease.since
    }

    private struct Lease {
        let claim: Int64
        let since: String?
        let stage: Stage?
        let seconds: Double
    }

    private func find(_ call: Int64) throws(Failure) -> Lease? {
        question.bind(1, call)
        defer { question.reset() }
        guard try question.step() else { return nil }
        return Lease(
            claim: question.integer(0), since: question.string(1),
            stage: question.string(2).flatMap(Stage.init(rawValue:)), seconds: question.number(3))
    }

    /// A pipe that gets on keeps all that it claimed; a quarter of the time is soon enough.
    private func renew(_ claim: Int64, for seconds: Double) throws(Failure) {
        let now = checkpoint.now
        if let due = renewAt[claim], now < due { return }
        guard let moment = Timestamp(now) else { return }
        renewal.bind(1, claim)
        renewal.bind(2, copying: moment.adding(seconds: seconds).text)
        try renewal.run()
        renewAt[claim] = moment.adding(seconds: seconds / 4).text
    }
}
