// Queue: the calls that a stage has to do, in order; the search and the claim have one condition.
package import Checkpoint
package import Records

/// One walk through the calls that a stage has to do.
///
/// A call is tested again when it is claimed, by the same conditions, because time has passed and
/// another process may have taken it.
package final class Queue {
    /// The calls of a walk; walks follow each other until enough is found.
    package enum Walk: CaseIterable {
        /// Calls that are due and that an operator put in front.
        case queued
        /// Calls that are due.
        case due
        /// Calls that are due and have no known purge date.
        case lasting
        /// Calls that failed for good, the oldest failure first.
        case failed
        /// Calls that wait behind an earlier stage that failed for good.
        case behindFailed
    }

    private let find: Statement
    private let claim: Statement
    private let walk: Walk

    package init(
        _ walk: Walk, of stage: Stage, _ order: Next.Order, in checkpoint: Checkpoint
    ) throws(Failure) {
        self.walk = walk
        let source = Queue.source(walk, order)
        let conditions = """
            o.stage = '\(stage.rawValue)' AND \(source.rows) AND \(Queue.obstacles(walk, stage))
              \(QueueWatermark.condition(of: stage, call: "o.call"))
              AND EXISTS (SELECT 1 FROM calls AS c WHERE c.number = o.call
                AND c.erased_at IS NULL AND (:batch IS NULL OR c.batch = :batch))
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
            INSERT INTO leases(call, claim, since) SELECT o.call, :claim, :now FROM outcomes AS o
            WHERE o.call = :call AND \(conditions) RETURNING call
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

    /// The condition that no wait, no lease and no earlier stage that failed or waits is in the way.
    ///
    /// A time further ahead than the longest wait counts as past: ``RetrySchedule``.
    private static func obstacles(_ walk: Walk, _ stage: Stage) -> String {
        let isWaiting = "f.not_before > :now AND f.not_before <= :horizon"
        let isBlocked =
            walk == .failed || walk == .behindFailed
            ? isWaiting : "(f.status = 'failed' OR \(isWaiting))"
        let free = """
            (o.not_before IS NULL OR o.not_before <= :now OR o.not_before > :horizon)
              AND NOT EXISTS (SELECT 1 FROM leases AS l WHERE l.call = o.call)
            """
        let earlier = stage.awaited
        if earlier.isEmpty { return free }
        return """
            \(free)
              AND NOT EXISTS (SELECT 1 FROM outcomes AS f WHERE f.call = o.call
                AND f.stage IN (\(earlier.sqlList)) AND \(isBlocked))
            """
    }

    /// The first calls of the walk that the closure accepts, in order.
    func first(
        _ count: Int, _ moment: Moment, where isWanted: (Int64) -> Bool
    ) throws(Failure) -> [Int64] {
        try find.bind([":now": moment.now, ":horizon": moment.horizon, ":batch": moment.batch])
        defer { find.reset() }
        var found: [Int64] = []
        while found.count < count, try find.step() {
            let call = try find.integer(0)
            if isWanted(call) { found.append(call) }
        }
        return found
    }

    /// Leases a call to a claim; false when the call is not due any more.
    func take(_ call: Int64, for claim: Int64, _ moment: Moment) throws(Failure) -> Bool {
        try self.claim.bind([
            ":call": call, ":claim": claim, ":now": moment.now, ":horizon": moment.horizon,
            ":batch": moment.batch,
        ])
        // A row comes back before the statement is done.
        return try !self.claim.all { _ in }.isEmpty
    }

    /// The values of the conditions.
    struct Moment {
        let now: String
        let horizon: String
        let batch: String?

        init(now: String, batch: String?) {
            self.now = now
            horizon = Timestamp(now)?.adding(seconds: RetrySchedule.longest).text ?? now
            self.batch = batch
        }
    }
}
