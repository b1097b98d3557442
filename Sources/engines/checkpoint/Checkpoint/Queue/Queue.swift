// Queue: what of a stage is due, in which order; the question and the claim have one wording.
import Records

/// One walk through what a stage has to do.
///
/// What is found is asked about again when it is claimed, by the same conditions, since time may
/// have passed and others may have been there.
final class Queue {
    /// What a walk looks for; walks follow each other until enough is found.
    enum Walk {
        /// What is due and was put in front by hand.
        case queued
        /// What is due.
        case due
        /// What is due of that nobody knows when the service will purge it.
        case lasting
        /// What failed for good, longest ago first.
        case failed
        /// What waits behind an earlier stage that failed for good.
        case behindFailed
    }

    private let find: Statement
    private let claim: Statement
    private let walk: Walk

    init(
        _ walk: Walk, of stage: Stage, _ order: Next.Order, in checkpoint: Checkpoint
    ) throws(Failure) {
        self.walk = walk
        let source = Queue.source(walk, order)
        let conditions = """
            o.stage = '\(stage.rawValue)' AND \(source.rows) AND \(Queue.obstacles(walk, stage))
              \(QueueWatermark.condition(of: stage, call: "o.call"))
              AND EXISTS (SELECT 1 FROM calls AS c WHERE c.number = o.call
                AND c.erased_at IS NULL AND (?5 IS NULL OR c.batch = ?5))
            """
        find = try Statement(
            checkpoint.database,
            """
            SELECT o.call FROM outcomes AS o INDEXED BY \(source.index)
            WHERE \(conditions) ORDER BY \(source.order)
            """)
        claim = try Statement(
            checkpoint.database,
            """
            INSERT INTO leases(call, claim, since) SELECT o.call, ?2, ?3 FROM outcomes AS o
            WHERE o.call = ?1 AND \(conditions) RETURNING call
            """)
    }

    /// The rows of a walk, the index that has them in their order, and the order.
    private static func source(
        _ walk: Walk, _ order: Next.Order
    ) -> (rows: String, index: String, order: String) {
        let isOpen = "o.status IN ('pending', 'queued')"
        let start = order == .newest ? "o.start_time DESC" : "o.start_time"
        switch (walk, order) {
        case (.queued, _): return ("o.status = 'queued'", "outcomes_queued", start)
        case (.failed, _): return ("o.status = 'failed'", "outcomes_failed", "o.finished_at")
        case (.due, .expiring):
            return (
                "\(isOpen) AND o.expires IS NOT NULL", "outcomes_expiring", "o.expires"
            )
        case (.lasting, _):
            return ("\(isOpen) AND o.expires IS NULL", "outcomes_expiring", "o.call")
        case (.due, _), (.behindFailed, _): return (isOpen, "outcomes_due", start)
        }
    }

    /// What must not be in the way: a wait, a lease, an earlier stage that failed or waits.
    ///
    /// A time further ahead than any wait was written before the clock was set back: ``RetrySchedule``.
    private static func obstacles(_ walk: Walk, _ stage: Stage) -> String {
        let earlier = stage.upToHere.dropLast().map { "'\($0.rawValue)'" }
            .joined(separator: ", ")
        let isWaiting = "f.not_before > ?3 AND f.not_before <= ?4"
        let isBlocked =
            walk == .failed || walk == .behindFailed
            ? isWaiting : "(f.status = 'failed' OR \(isWaiting))"
        return """
            (o.not_before IS NULL OR o.not_before <= ?3 OR o.not_before > ?4)
              AND NOT EXISTS (SELECT 1 FROM leases AS l WHERE l.call = o.call)
              AND NOT EXISTS (SELECT 1 FROM outcomes AS f WHERE f.call = o.call
                AND f.stage IN (\(earlier)) AND \(isBlocked))
            """
    }

    /// The first calls of the walk that the closure wants, in order.
    func first(
        _ count: Int, _ moment: Moment, where isWanted: (Int64) -> Bool
    ) throws(Failure) -> [Int64] {
        moment.bind(to: find)
        defer { find.reset() }
        var found: [Int64] = []
        while found.count < count, try find.step() {
            let call = find.integer(0)
            if isWanted(call) { found.append(call) }
        }
        return found
    }

    /// Leases a call to a claim, if it is due still.
    func take(_ call: Int64, for claim: Int64, _ moment: Moment) throws(Failure) -> Bool {
        self.claim.bind(1, call)
        self.claim.bind(2, claim)
        moment.bind(to: self.claim)
        defer { self.claim.reset() }
        guard try self.claim.step() else { return false }
        // A row comes back before the statement is done.
        while try self.claim.step() {}
        return true
    }

    /// What the conditions are measured by.
    struct Moment {
        let now: String
        let batch: String?

        func bind(to statement: borrowing Statement) {
            statement.bind(3, copying: now)
            let horizon = Timestamp(now)?.adding(seconds: RetrySchedule.longest).text
            statement.bind(4, copying: horizon ?? now)
            statement.bind(5, copying: batch)
        }
    }
}
