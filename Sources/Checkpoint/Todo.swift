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
    /// How many were dropped because this run has passed them on already.
    public private(set) var repeated = 0

    /// What became of the run, for people.
    public var summary: String {
        let repeats = repeated > 0 ? ", \(repeated) repeated" : ""
        return "\(new) new, \(done) done, \(failed) failed before\(repeats)"
    }

    private let checkpoint: Checkpoint
    private let stage: Stage
    private let failedToo: Bool
    private var passed = NumberSet()

    private let find: Statement
    private let findFailures: Statement
    private let addOutcome: Statement
    private let calls: Calls

    /// Gets ready to ask for one stage.
    ///
    /// - Parameters:
    ///   - stage: The stage that is to be done.
    ///   - checkpoint: Where it is kept which records are done.
    ///   - failedToo: Whether records that failed for good get another chance.
    /// - Throws: `Failure` of scope `stop`.
    public init(
        _ stage: Stage, in checkpoint: Checkpoint, failedToo: Bool = false
    ) throws(Failure) {
        self.checkpoint = checkpoint
        self.stage = stage
        self.failedToo = failedToo
        let database = checkpoint.database
        // All in one question: a record that is done costs two look-ups and never its row.
        find = try Statement(
            database,
            """
            SELECT c.number, o.status,
              CASE o.status WHEN 'completed' THEN NULL WHEN 'skipped' THEN NULL ELSE c.record END,
              CASE o.status WHEN 'completed' THEN 0 ELSE EXISTS (
                SELECT 1 FROM outcomes AS f WHERE f.call = c.number AND f.status = 'failed') END
            FROM calls AS c
            LEFT JOIN outcomes AS o ON o.call = c.number AND o.stage = '\(stage.rawValue)'
            WHERE c.id = ?1
            """)
        findFailures = try Statement(
            database, "SELECT stage FROM outcomes WHERE call = ?1 AND status = 'failed'")
        addOutcome = try Statement(
            database,
            """
            INSERT INTO outcomes(call, stage, status)
            VALUES (?1, '\(stage.rawValue)', 'pending') ON CONFLICT DO NOTHING
            """)
        calls = try Calls(checkpoint, batch: nil)
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
        if !failedToo, find.integer(3) != 0, try hasFailed(number) {
            failed += 1
            return .drop
        }
        passed.insert(number)
        if !hasOutcome { try noteAsPending(number) }
        // A failure on the line is for the next mark to write down.
        return line.hasError ? .pass : try unsafe resume(line, stored)
    }

    /// Whether this stage or one before it failed for good.
    private func hasFailed(_ number: Int64) throws(Failure) -> Bool {
        findFailures.bind(1, number)
        defer { findFailures.reset() }
        while try findFailures.step() {
            let failed = findFailures.string(0).flatMap(Stage.init(rawValue:))
            if let failed, stage.upToHere.contains(failed) { return true }
        }
        return false
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
        new += 1
        return .pass
    }

    private func noteAsPending(_ number: Int64) throws(Failure) {
        addOutcome.bind(1, number)
        try addOutcome.run()
    }

    /// The stored record, where it knows more than the line.
    private func resume(
        _ line: borrowing Line, _ text: UnsafeBufferPointer<UInt8>
    ) throws(Failure) -> Verdict {
        if unsafe isSame(line.bytes, text) { return .pass }
        let stored = try unsafe calls.record(text, of: line)
        // The stored text is let go of before another one is written: either may have 16 MiB.
        find.reset()
        let resumed = try Merge.resumed(line.record(), from: stored)
        if resumed != stored { try calls.replace(line, by: resumed) }
        let isLine = unsafe resumed.bytes.withUnsafeBufferPointer { unsafe isSame($0, line.bytes) }
        return isLine ? .pass : .replace(resumed.bytes)
    }
}
