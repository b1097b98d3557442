// Merge: another checkpoint becomes a part of this one.
public import Checkpoint
import Records

/// Merges other checkpoints into this one, in short transactions.
///
/// Merging a file twice, or again after an interruption, is merging it once.
public final class Merge {
    /// Two values that contradict each other.
    public struct Conflict: Sendable, Equatable {
        /// The recording.
        public let id: String
        /// The member in question, or `erased` or `held`.
        public let what: String
        /// The value in this checkpoint.
        public let here: String?
        /// The value in the other one.
        public let there: String?
        /// True when the other's value is kept.
        public let keepsTheirs: Bool
    }

    /// The counts of a merge.
    public struct Tally: Sendable, Equatable {
        /// Calls that were not known here.
        public internal(set) var added = 0
        /// Calls whose record has changed here.
        public internal(set) var changed = 0
        /// Outcomes that are new here, or better than the one that was here.
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
    /// The name of the copies, without their number.
    private let copy: String
    private var tally = Tally()
    private var isNoted = false

    /// Prepares to merge files into a checkpoint.
    ///
    /// - Parameters:
    ///   - checkpoint: The open file.
    ///   - directory: Where each other file is copied; `nil` is beside the checkpoint.
    public init(into checkpoint: Checkpoint, copyingTo directory: String? = nil) {
        self.checkpoint = checkpoint
        copy = directory.map { "\($0)/callpipe" } ?? checkpoint.database.path
    }

    /// Merges one file.
    ///
    /// - Parameters:
    ///   - path: The other checkpoint; it is not changed.
    ///   - goesOn: Asked between transactions; false ends the work.
    ///   - tell: Gets each conflict.
    /// - Returns: The counts.
    /// - Throws: `Failure` of scope `stop`, and the error of `tell`.
    public func merge(
        _ path: String, goesOn: () -> Bool, tell: (Conflict) throws -> Void
    ) throws -> Tally {
        tally = Tally()
        isNoted = false
        let other = try MergeSource(path, beside: copy, goesOn)
        try checkpoint.database.run("ATTACH ?1 AS other", other.path)
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
                let changed = try known.merge(range) { conflicts.append($0) }
                let added = try run(addition, range)
                if added > 0 { try known.index(range) }
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

    /// Recordings that both hold, each for its own reason.
    ///
    /// One hold stands at a time, so a release here must not hide that the other hold stands.
    private func heldTwice() throws -> [Conflict] {
        try Statement(checkpoint.database, MergeSQL.heldTwice).all { row throws(Failure) in
            Conflict(
                id: try row.text(0), what: "held", here: try row.text(1), there: try row.text(2),
                keepsTheirs: false)
        }
    }

    /// A transaction; the first one that changes a row notes the other's audit chain in ours.
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
            try next.bind(first, Merge.step)
            let last = try next.first { row throws(Failure) in try row.whole(0) }
            guard let last = last ?? nil else { return }
            try body(first...last)
            first = last + 1
        }
    }

    private func run(_ statement: borrowing Statement, _ range: ClosedRange<Int64>) throws -> Int {
        try statement.run(range.lowerBound, range.upperBound)
        return checkpoint.database.changes
    }

    private func run(_ sql: String) throws -> Int {
        try Statement(checkpoint.database, sql).run()
        return checkpoint.database.changes
    }
}

/// The end of the other's audit chain, which a line of ours notes, so that auditors can compare.
private struct Head {
    private let hash: String
    private let lines: Int

    init(_ database: Database) throws(Failure) {
        lines = try database.number("SELECT count(*) FROM other.audit")
        hash =
            try database.value("SELECT hash FROM other.audit ORDER BY number DESC LIMIT 1")
            ?? Audit.beginning
    }

    /// Appends the line, unless an interrupted merge has done so.
    func note(in checkpoint: Checkpoint) throws(Failure) {
        let detail = JSON.members(["head": .string(hash), "lines": .int(lines)]).text
        let question = try Statement(
            checkpoint.database,
            "SELECT 1 FROM main.audit WHERE action = 'merged' AND detail = ?1 LIMIT 1")
        try question.bind(detail)
        if try question.step() { return }
        try Audit(checkpoint).append(.merged, nil, detail: detail)
    }
}
