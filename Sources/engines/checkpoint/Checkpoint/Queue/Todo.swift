// Todo: decides which records still need a stage, and notes the new ones.
internal import Glibc
public import Records

/// Decides for each record of a list if a stage has work with it.
public final class Todo {
    /// The decision about a line.
    public enum Verdict: Sendable, Equatable {
        /// It goes on unchanged.
        case pass
        /// This record goes on in its place.
        case replace([UInt8])
        /// The stage has no work with it.
        case drop
    }

    /// Records that are passed on besides those that are due.
    public struct Choice: Sendable {
        /// True for records that failed for good as well.
        public var failedToo: Bool
        /// True for records whose next attempt is not due yet as well.
        public var earlyToo: Bool

        /// Makes a choice; by default only due records are passed on.
        public init(failedToo: Bool = false, earlyToo: Bool = false) {
            self.failedToo = failedToo
            self.earlyToo = earlyToo
        }
    }

    /// Records that the checkpoint did not know before.
    public private(set) var new = 0
    /// Records that were dropped because the stage is done.
    public private(set) var done = 0
    /// Records that were dropped because they failed for good.
    public private(set) var failed = 0
    /// Records that were dropped because their next attempt is not due yet.
    public private(set) var later = 0
    /// Records that were dropped because another pipe has them in work.
    public private(set) var leased = 0
    /// Records that were dropped because this run has passed them on already.
    public private(set) var repeated = 0

    /// The counts for people.
    public var summary: String {
        let rest = [(later, "not due yet"), (leased, "in work elsewhere"), (repeated, "repeated")]
        let others = rest.filter { $0.0 > 0 }.map { ", \($0.0) \($0.1)" }.joined()
        return "\(new) new, \(done) done, \(failed) failed before\(others)"
    }

    /// The failure for a run that has to go on until all is done.
    public var unfinished: Failure {
        Failure(
            .stop, .timeout,
            "finish: \(later) records are not due yet, and \(leased) are in work elsewhere",
            remedy: "run it again later")
    }

    /// The counts for the row of the run.
    public var counts: [String: Int] {
        ["\(stage.rawValue).new": new, "\(stage.rawValue).claimed": claimed]
    }

    private var claimed = 0
    private let checkpoint: Checkpoint
    private let stage: Stage
    private let choice: Choice
    private var passed = NumberSet()

    private let find: Statement
    private let findObstacles: Statement
    private let addOutcome: Statement
    private let calls: Calls
    private let claims: Claims
    private let watermark: QueueWatermark

    /// Prepares for one stage.
    ///
    /// - Parameters:
    ///   - stage: The stage that is to be done.
    ///   - checkpoint: The open file.
    ///   - choice: Records besides those that are due.
    ///   - batch: The batch that the records belong to from now on; by default new records belong to
    ///     the batch of the run.
    ///   - lease: The time in seconds after which a record is free again when its pipe makes no
    ///     progress; 30 minutes by default.
    /// - Throws: `Failure` of scope `stop`.
    public init(
        _ stage: Stage, in checkpoint: Checkpoint, choice: Choice = Choice(),
        batch: String? = nil, lease: Double? = nil
    ) throws(Failure) {
        self.checkpoint = checkpoint
        self.stage = stage
        self.choice = choice
        let database = checkpoint.database
        // One statement for all: a record that is done costs two look-ups and never its row.
        find = try Statement(
            database,
            """
            SELECT c.number, o.status,
              CASE WHEN o.status IN ('completed', 'skipped') THEN NULL ELSE c.record END,
              CASE WHEN o.status IN ('completed', 'skipped') THEN 0 ELSE EXISTS (
                SELECT 1 FROM outcomes AS f WHERE f.call = c.number
                  AND (f.status = 'failed' OR f.not_before IS NOT NULL)) END,
              CASE WHEN o.status IN ('completed', 'skipped') THEN NULL ELSE (
                SELECT claim FROM leases AS l WHERE l.call = c.number) END
            FROM calls AS c
            LEFT JOIN outcomes AS o ON o.call = c.number AND o.stage = '\(stage.rawValue)'
            WHERE c.id = ?1
            """)
        findObstacles = try Statement(
            database,
            """
            SELECT status, not_before FROM outcomes
            WHERE call = ?1 AND (status = 'failed' OR not_before IS NOT NULL)
              AND stage IN (\((stage.awaited + [stage]).sqlList))
            """)
        addOutcome = try Statement(
            database,
            """
            INSERT INTO outcomes(call, stage, status, start_time, expires)
            SELECT number, '\(stage.rawValue)', 'pending', start_time, expires FROM calls
            WHERE number = ?1 ON CONFLICT DO NOTHING
            """)
        calls = try Calls(checkpoint, batch: batch)
        claims = try Claims(for: stage, in: checkpoint, lasting: lease)
        watermark = try QueueWatermark(stage, in: checkpoint)
    }

    /// Decides about a line, and notes a new record; inside a transaction.
    ///
    /// - Parameter line: The record.
    /// - Returns: The decision.
    /// - Throws: `Failure` of scope `stop`.
    public func decide(_ line: borrowing Line) throws(Failure) -> Verdict {
        try checkpoint.begin()
        try find.bind(at: 1, "id", of: line)
        defer { find.reset() }
        guard try find.step() else { return try add(line) }
        let number = try find.integer(0)
        // The record is NULL where the stage is done.
        guard let stored = unsafe try find.bytes(2) else {
            done += 1
            return .drop
        }
        if passed.contains(number) {
            repeated += 1
            return .drop
        }
        if let claim = try find.whole(4), try !claims.isFree(from: claim) {
            leased += 1
            return .drop
        }
        if try find.integer(3) != 0, let obstacle = try obstacle(number) {
            switch obstacle {
            case .failed: failed += 1
            case .early: later += 1
            }
            return .drop
        }
        // The status is NULL for a stage without an outcome.
        try take(number, isNoted: !find.isNull(1))
        // The next mark writes down a failure on the line.
        return line.hasError ? .pass : try unsafe resume(number, line, stored)
    }

    /// A reason not to try a record now.
    private enum Obstacle { case failed, early }

    /// The reason why this stage, or one before it, is not to be tried now.
    private func obstacle(_ number: Int64) throws(Failure) -> Obstacle? {
        try findObstacles.bind(number)
        defer { findObstacles.reset() }
        var found: Obstacle?
        while try findObstacles.step() {
            if try findObstacles.text(0) == Status.failed.rawValue {
                if !choice.failedToo { return .failed }
            } else if !choice.earlyToo, let time = try findObstacles.string(1),
                RetrySchedule.isAhead(time, of: checkpoint.now)
            {
                found = .early
            }
        }
        return found
    }

    private func add(_ line: borrowing Line) throws(Failure) -> Verdict {
        let number: Int64?
        if line.hasError {
            var record = line.record()
            record.remove("error")
            number = try unsafe record.bytes.withUnsafeBufferPointer { bytes throws(Failure) in
                try unsafe calls.add(line, as: bytes)
            }
        } else {
            number = try unsafe calls.add(line, as: line.bytes)
        }
        guard let number else {
            throw Failure(.stop, .internal, "add call \(line.id): it is there and not found")
        }
        try take(number, isNoted: false)
        new += 1
        return .pass
    }

    /// Claims a record, after it has its row in this stage.
    private func take(_ number: Int64, isNoted: Bool) throws(Failure) {
        passed.insert(number)
        if !isNoted {
            // With the columns of its call, which the queue is sorted by.
            try addOutcome.run(number)
            try watermark.noteRow(of: number)
        }
        try claims.take(number)
        claimed += 1
    }

    /// The stored record, where it has more than the line.
    private func resume(
        _ number: Int64, _ line: borrowing Line, _ text: UnsafeBufferPointer<UInt8>
    ) throws(Failure) -> Verdict {
        if unsafe isSame(line.bytes, text) { return .pass }
        let stored = try unsafe calls.record(text, of: line)
        // The stored text is let go of before another one is written: either may have 16 MiB.
        find.reset()
        let resumed = try RecordUpdate.resumed(line.record(), from: stored)
        if resumed != stored {
            try calls.replace(line, number, by: .init(old: stored, new: resumed))
        }
        let isLine = unsafe resumed.bytes.withUnsafeBufferPointer { unsafe isSame($0, line.bytes) }
        return isLine ? .pass : .replace(resumed.bytes)
    }
}
