// Todo: which records still need a stage; what is new is noted on the way.
internal import Glibc
public import Records

/// Answers for `state-todo` whether there is work left for a record.
public final class Todo {
    /// What becomes of a line.
    public enum Verdict: Sendable, Equatable {
        /// It goes on as it is.
        case pass
        /// This record goes on in its place.
        case replace([UInt8])
        /// There is nothing to do for it.
        case drop
    }

    /// How many records were not known before.
    public private(set) var new = 0
    /// How many were dropped because the stage is done.
    public private(set) var done = 0
    /// How many were dropped because they failed for good.
    public private(set) var failed = 0
    /// How many were dropped because their next try is not due yet.
    public private(set) var later = 0
    /// How many were dropped because another pipe works on them.
    public private(set) var leased = 0
    /// How many were dropped because this run has passed them on already.
    public private(set) var repeated = 0

    /// What became of the run, for people.
    public var summary: String {
        let rest = [(later, "not due yet"), (leased, "in work elsewhere"), (repeated, "repeated")]
        let others = rest.filter { $0.0 > 0 }.map { ", \($0.0) \($0.1)" }.joined()
        return "\(new) new, \(done) done, \(failed) failed before\(others)"
    }

    /// How many records went where, for the row of the run.
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

    /// Which records are passed on besides those that are simply due.
    public struct Choice: Sendable {
        /// Those that failed for good, too.
        public var failedToo: Bool
        /// Those whose next try is not due yet, too.
        public var earlyToo: Bool

        /// What is due, and what else is said.
        public init(failedToo: Bool = false, earlyToo: Bool = false) {
            self.failedToo = failedToo
            self.earlyToo = earlyToo
        }
    }

    /// Gets ready to ask for one stage.
    ///
    /// - Parameters:
    ///   - stage: The stage that is to be done.
    ///   - checkpoint: Where it is kept which records are done.
    ///   - choice: Which records besides those that are due.
    ///   - batch: The batch that the records belong to from now on; what is new belongs to that of
    ///     the run when none is named.
    ///   - lease: How many seconds a record counts as in work after the last sign of its pipe;
    ///     30 minutes when it is not said.
    /// - Throws: `Failure` of scope `stop`.
    public init(
        _ stage: Stage, in checkpoint: Checkpoint, choice: Choice = Choice(),
        batch: String? = nil, lease: Double? = nil
    ) throws(Failure) {
        self.checkpoint = checkpoint
        self.stage = stage
        self.choice = choice
        let database = checkpoint.database
        // All in one question: a record that is done costs two look-ups and never its row.
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
            SELECT stage, status, not_before FROM outcomes WHERE call = ?1
              AND (status = 'failed' OR not_before IS NOT NULL)
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

    /// Says what becomes of a line, and notes what is new; inside a transaction.
    ///
    /// - Parameter line: The record.
    /// - Returns: Whether it goes on, and as what.
    /// - Throws: `Failure` of scope `stop`.
    public func decide(_ line: borrowing Line) throws(Failure) -> Verdict {
        try checkpoint.begin()
        find.bind(1, "id", of: line)
        defer { find.reset() }
        guard try find.step() else { return try add(line) }
        let number = find.integer(0)
        // Null is a stage that nobody has asked for yet.
        let hasOutcome = unsafe find.text(1) != nil
        guard let stored = unsafe find.text(2) else {
            done += 1
            return .drop
        }
        if passed.contains(number) {
            repeated += 1
            return .drop
        }
        let claim = unsafe find.text(4) == nil ? nil : find.integer(4)
        if let claim, try !claims.isFree(from: claim) {
            leased += 1
            return .drop
        }
        if find.integer(3) != 0, let obstacle = try obstacle(number) {
            switch obstacle {
            case .failed: failed += 1
            case .early: later += 1
            }
            return .drop
        }
        passed.insert(number)
        if !hasOutcome { try noteAsPending(number) }
        try claims.take(number)
        claimed += 1
        // A failure on the line is for the next mark to write down.
        return line.hasError ? .pass : try unsafe resume(line, stored)
    }

    /// What is in the way of a record.
    private enum Obstacle { case failed, early }

    /// Why this stage, or one before it, is not to be tried now.
    private func obstacle(_ number: Int64) throws(Failure) -> Obstacle? {
        findObstacles.bind(1, number)
        defer { findObstacles.reset() }
        var found: Obstacle?
        while try findObstacles.step() {
            let at = findObstacles.string(0).flatMap(Stage.init(rawValue:))
            guard let at, stage.upToHere.contains(at) else { continue }
            if findObstacles.string(1) == Status.failed.rawValue {
                if !choice.failedToo { return .failed }
            } else if !choice.earlyToo, let time = findObstacles.string(2),
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
        passed.insert(number)
        try noteAsPending(number)
        try claims.take(number)
        claimed += 1
        new += 1
        return .pass
    }

    private func noteAsPending(_ number: Int64) throws(Failure) {
        // With the columns of its call, which the queue is sorted by.
        addOutcome.bind(1, number)
        try addOutcome.run()
        try watermark.noteRow(of: number)
    }

    /// The stored record, where it knows more than the line.
    private func resume(
        _ line: borrowing Line, _ text: UnsafeBufferPointer<UInt8>
    ) throws(Failure) -> Verdict {
        if unsafe isSame(line.bytes, text) { return .pass }
        let stored = try unsafe calls.record(text, of: line)
        // The stored text is let go of before another one is written: either may have 16 MiB.
        find.reset()
        let resumed = try RecordUpdate.resumed(line.record(), from: stored)
        if resumed != stored { try calls.replace(line, by: resumed) }
        let isLine = unsafe resumed.bytes.withUnsafeBufferPointer { unsafe isSame($0, line.bytes) }
        return isLine ? .pass : .replace(resumed.bytes)
    }
}
