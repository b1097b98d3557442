// Merge: another checkpoint becomes a part of this one.
public import Checkpoint
import Records

/// The work of `state-merge`, in transactions that hold nobody up for long.
///
/// To fold a file in twice, or after an interruption, is to fold it in once.
public final class Merge {
    /// Two checkpoints that say what cannot both be right.
    public struct Conflict: Sendable, Equatable {
        /// The recording.
        public let id: String
        /// The member in question, or `erased` or `held`.
        public let what: String
        /// What this checkpoint says.
        public let here: String?
        /// What the other one says.
        public let there: String?
        /// Whether the other's word is kept.
        public let keepsTheirs: Bool
    }

    /// What became of the other's rows.
    public struct Tally: Sendable, Equatable {
        /// Calls that were not known here.
        public internal(set) var added = 0
        /// Calls whose record has changed here.
        public internal(set) var changed = 0
        /// Outcomes that are new here, or better than those that were here.
        public internal(set) var outcomes = 0
        /// Errors that were not known here.
        public internal(set) var errors = 0
        /// Conflicts found.
        public internal(set) var conflicts = 0
        /// Rows changed in any table.
        var rows = 0
    }

    private static let step: Int64 = 2000
    private let checkpoint: Checkpoint
    private var tally = Tally()
    private var isNoted = false

    /// Gets ready to fold files into a checkpoint.
    public init(into checkpoint: Checkpoint) {
        self.checkpoint = checkpoint
    }

    /// Folds one file in.
    ///
    /// - Parameters:
    ///   - path: The other checkpoint; it is not changed.
    ///   - goesOn: Asked between transactions; when it says no, the work ends there.
    ///   - tell: Gets each conflict.
    /// - Returns: What was done.
    /// - Throws: `Failure` of scope `stop`, and what `tell` throws.
    public func merge(
        _ path: String, goesOn: () -> Bool, tell: (Conflict) throws -> Void
    ) throws -> Tally {
        tally = Tally()
        isNoted = false
        let other = try MergeSource(path, beside: checkpoint.database.path, goesOn)
        let attachment = try Statement(checkpoint.database, "ATTACH ?1 AS other")
        attachment.bind(1, copying: other.path)
        try attachment.run()
        defer { try? checkpoint.database.execute("DETACH other") }
        try checkpoint.database.execute("PRAGMA other.cache_size = -16384")
        try mergeAll({ if !goesOn() { throw Failure.ended("merge \(path)") } }, tell)
        return tally
    }

    private func mergeAll(_ pulse: () throws -> Void, _ tell: (Conflict) throws -> Void) throws {
        let head = try Head(checkpoint.database)
        try commit(head) { try run(MergeSQL.batches) + run(MergeSQL.runs(checkpoint.database)) }
        let known = try SharedCalls(checkpoint)
        let addition = try Statement(checkpoint.database, MergeSQL.calls)
        let outcomes = try Statement(checkpoint.database, MergeSQL.outcomes)
        let admissions = try Statement(checkpoint.database, MergeSQL.admissions)
        try forEachRange(of: "calls") { range in
            try pulse()
            var conflicts: [Conflict] = []
            try commit(head) {
                let changed = try known.unite(range) { conflicts.append($0) }
                let added = try run(addition, range)
                let better = try run(outcomes, range)
                tally.changed += changed
                tally.added += added
                tally.outcomes += better
                return try changed + added + better + run(admissions, range)
            }
            tally.conflicts += conflicts.count
            for conflict in conflicts { try tell(conflict) }
        }
        let errors = try Statement(checkpoint.database, MergeSQL.errors)
        try forEachRange(of: "errors") { range in
            try pulse()
            try commit(head) {
                let added = try run(errors, range)
                tally.errors += added
                return added
            }
        }
        let ledger = try Statement(checkpoint.database, MergeSQL.ledger)
        try forEachRange(of: "ledger") { range in
            try pulse()
            try commit(head) { try run(ledger, range) }
        }
        var conflicts: [Conflict] = []
        try commit(head) {
            let released = try run(MergeSQL.releases)
            conflicts = try heldTwice()
            return try released + run(MergeSQL.holds)
        }
        tally.conflicts += conflicts.count
        for conflict in conflicts { try tell(conflict) }
    }

    /// Recordings that both hold, each for its own reason: one hold stands at a time, and to release
    /// it here must not look as if nobody wanted the recording kept any more.
    private func heldTwice() throws -> [Conflict] {
        let question = try Statement(checkpoint.database, MergeSQL.heldTwice)
        var conflicts: [Conflict] = []
        while try question.step() {
            conflicts.append(
                Conflict(
                    id: question.string(0) ?? "", what: "held", here: question.string(1),
                    there: question.string(2), keepsTheirs: false))
        }
        return conflicts
    }

    /// A transaction; the first one that changes anything notes whose word that was.
    private func commit(_ head: Head, _ body: () throws -> Int) throws {
        try checkpoint.transaction {
            try checkpoint.begin()
            let rows = try body()
            tally.rows += rows
            if rows > 0, !isNoted {
                isNoted = true
                try head.note(in: checkpoint)
            }
        }
    }

    private func forEachRange(of table: String, _ body: (ClosedRange<Int64>) throws -> Void) throws
    {
        let next = try Statement(
            checkpoint.database,
            """
            SELECT max(number) FROM
              (SELECT number FROM other.\(table) WHERE number >= ?1 ORDER BY number LIMIT ?2)
            """)
        var first: Int64 = 0
        while true {
            next.bind(1, first)
            next.bind(2, Merge.step)
            let last = try next.step() && next.string(0) != nil ? next.integer(0) : nil
            next.reset()
            guard let last else { return }
            try body(first...last)
            first = last + 1
        }
    }

    private func run(_ statement: borrowing Statement, _ range: ClosedRange<Int64>) throws -> Int {
        statement.bind(1, range.lowerBound)
        statement.bind(2, range.upperBound)
        try statement.run()
        return checkpoint.database.changes
    }

    private func run(_ sql: String) throws -> Int {
        try Statement(checkpoint.database, sql).run()
        return checkpoint.database.changes
    }
}

/// The end of the other's audit chain, which ours notes: so the two can be told to fit.
private struct Head {
    private let hash: String
    private let lines: Int

    init(_ database: Database) throws(Failure) {
        lines = Int(try database.value("SELECT count(*) FROM other.audit") ?? "") ?? 0
        hash =
            try database.value("SELECT hash FROM other.audit ORDER BY number DESC LIMIT 1")
            ?? Audit.beginning
    }

    /// Appends the line, unless it is there: an interrupted merge has begun with it.
    func note(in checkpoint: Checkpoint) throws(Failure) {
        let detail = JSON.members(["head": .string(hash), "lines": .int(lines)]).text
        let question = try Statement(
            checkpoint.database,
            "SELECT 1 FROM main.audit WHERE action = 'merged' AND detail = ?1 LIMIT 1")
        question.bind(1, copying: detail)
        if try question.step() { return }
        try Audit(checkpoint).append(.merged, nil, detail: detail)
    }
}
