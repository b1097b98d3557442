// Check: the faults of a checkpoint, the room that it takes, and the programs that use it.
public import Checkpoint
import CheckpointReports
public import Records

/// Looks at a checkpoint, one kind of look after another.
public final class Check {
    let checkpoint: Checkpoint
    var database: Database { checkpoint.database }

    /// Looks at an open checkpoint.
    public init(_ checkpoint: Checkpoint) {
        self.checkpoint = checkpoint
    }

    /// SQLite's own verdict about pages and indexes.
    ///
    /// - Parameter quick: True to leave out the comparison of each index with its table.
    /// - Returns: A finding for each fault, up to a hundred, or one that is fine.
    /// - Throws: `Failure` of scope `stop`.
    public func integrity(quick: Bool) throws(Failure) -> [Finding] {
        let what = quick ? "every page" : "every page and index"
        return try Statement(
            database, quick ? "PRAGMA quick_check" : "PRAGMA integrity_check"
        ).all { row throws(Failure) in
            let text = try row.text(0)
            return Finding("integrity", what, text, isFine: text == "ok")
        }
    }

    /// The invariants, which hold after every kill.
    ///
    /// - Parameter quick: True to leave records and the audit chain unread.
    /// - Returns: A finding for each.
    /// - Throws: `Failure` of scope `stop`.
    public func invariants(quick: Bool) throws -> [Finding] {
        var findings: [Finding] = []
        for invariant in Invariant.all + (quick ? [] : [.records]) {
            let count = try database.number(invariant.count)
            findings.append(
                Finding(
                    "invariant", invariant.what, "\(count)", isFine: count == 0,
                    ["count": .int(count)]))
        }
        if quick { return findings }
        let verdict = try AuditChain(checkpoint).verify()
        let fault = verdict.fault.map { "line \($0.number): \($0.reason)" }
        findings.append(
            Finding(
                "invariant", "the audit's chain", fault ?? "\(verdict.head.number) lines hold",
                isFine: fault == nil))
        return findings
    }

    /// The room that the file takes, and each table and index in it.
    public func sizes() throws(Failure) -> [Finding] {
        let page = try database.number("PRAGMA page_size")
        let findings = [
            size("the file", try database.number("PRAGMA page_count") * page),
            size("of it free", try database.number("PRAGMA freelist_count") * page),
            size("the log", database.logSize),
        ]
        return try findings
            + Statement(
                database,
                "SELECT name, pgsize FROM dbstat WHERE aggregate = TRUE ORDER BY 2 DESC"
            ).all { row throws(Failure) in size(try row.text(0), Int(try row.integer(1))) }
    }

    /// The query plans of the statements that the work of the stages really runs.
    ///
    /// - Parameter few: The number of rows from which on a table must not be read from end to end.
    /// - Returns: A finding for each kind of work in each stage; wrong are statements that take
    ///   longer with every call.
    /// - Throws: `Failure` of scope `stop`.
    public func indexes(few: Int = 10_000) throws -> [Finding] {
        try StatementPlans(database.path, few: few).all().map { work in
            let found =
                work.slow.isEmpty
                ? "\(work.count) statements, all by index" : work.slow.joined(separator: "; ")
            return Finding(
                "index", work.name, found, isFine: work.slow.isEmpty,
                ["statements": .int(work.count), "slow": .array(work.slow.map(JSON.string))])
        }
    }

    func size(_ what: String, _ bytes: Int) -> Finding {
        Finding("size", what, "\(ByteCount(bytes))", ["bytes": .int(bytes)])
    }

    /// The failure of a file whose pages are damaged.
    public var damage: Failure {
        Failure(
            .stop, .integrity, "trust checkpoint \(database.path): its pages are damaged",
            remedy: "try --repair, else restore a backup")
    }
}
