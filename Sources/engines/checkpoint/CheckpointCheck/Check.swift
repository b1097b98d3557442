// Check: whether a checkpoint is as it should be, what it takes, and who has it.
public import Checkpoint
import CheckpointReports
internal import Glibc
public import Records

/// The work of `state-check`, one kind of look after another.
public final class Check {
    let checkpoint: Checkpoint
    var database: Database { checkpoint.database }

    /// Looks at an open checkpoint.
    public init(_ checkpoint: Checkpoint) {
        self.checkpoint = checkpoint
    }

    /// What SQLite says of its pages and indexes.
    ///
    /// - Parameter quick: Whether indexes are left out, each of which is compared with its table
    ///   else.
    /// - Returns: A finding for each thing that is wrong, up to a hundred, or one that is fine.
    /// - Throws: `Failure` of scope `stop`.
    public func integrity(quick: Bool) throws(Failure) -> [Finding] {
        let what = quick ? "every page" : "every page and index"
        let rows = try Statement(
            database, quick ? "PRAGMA quick_check" : "PRAGMA integrity_check")
        var findings: [Finding] = []
        while try rows.step() {
            let text = rows.string(0) ?? ""
            findings.append(Finding("integrity", what, text, isFine: text == "ok"))
        }
        return findings
    }

    /// What is always so, whoever was killed when.
    ///
    /// - Parameter quick: Whether records and the audit's chain are left unread.
    /// - Returns: A finding for each.
    /// - Throws: `Failure` of scope `stop`.
    public func invariants(quick: Bool) throws -> [Finding] {
        var findings: [Finding] = []
        for invariant in Invariant.all + (quick ? [] : [.records]) {
            let count = try number(invariant.count)
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

    /// What each table and index takes of the file.
    public func sizes() throws(Failure) -> [Finding] {
        let page = try number("PRAGMA page_size")
        var findings = [
            size("the file", try number("PRAGMA page_count") * page),
            size("of it free", try number("PRAGMA freelist_count") * page),
            size("the log", database.logSize),
        ]
        let rows = try Statement(
            database, "SELECT name, pgsize FROM dbstat WHERE aggregate = TRUE ORDER BY 2 DESC")
        while try rows.step() {
            findings.append(size(rows.string(0) ?? "", Int(rows.integer(1))))
        }
        return findings
    }

    /// How SQLite would find the answers that every run needs.
    ///
    /// - Parameter few: So many rows may be read from end to end.
    /// - Returns: The plan of each question; wrong are those that cost more with every call.
    /// - Throws: `Failure` of scope `stop`.
    public func indexes(few: Int = 10_000) throws(Failure) -> [Finding] {
        var findings: [Finding] = []
        for question in Question.all {
            let rows = try Statement(database, "EXPLAIN QUERY PLAN \(question.sql)")
            var plan: [String] = []
            while try rows.step() { plan.append(rows.string(3) ?? "") }
            var isFine = true
            for table in Check.tablesReadWhole(plan) where isFine {
                let some = "SELECT 1 FROM \(table) LIMIT \(few)"
                isFine = try number("SELECT count(*) FROM (\(some))") < few
            }
            findings.append(
                Finding("index", question.what, plan.joined(separator: "; "), isFine: isFine))
        }
        return findings
    }

    /// The tables that a plan reads from end to end, or sorts.
    private static func tablesReadWhole(_ plan: [String]) -> [String] {
        let sorts = plan.contains { $0.hasPrefix("USE TEMP B-TREE") }
        var tables: [String] = []
        for step in plan {
            let words = step.split(separator: " ").map(String.init)
            guard words.count > 1, sorts || words[0] == "SCAN" && !words.contains("INDEX"),
                words[0] == "SCAN" || words[0] == "SEARCH",
                // Of the audit only the last line is read, and totals are few.
                words[1] != "audit", words[1] != "tallies", words[1] != "ledger_sums"
            else { continue }
            tables.append(words[1])
        }
        return tables
    }

    /// How long the answers take just now, the slowest first.
    public func slow() throws(Failure) -> [Finding] {
        var times: [(what: String, milliseconds: Double)] = []
        let call = try database.value("SELECT max(number) FROM calls") ?? "0"
        let id = try database.value("SELECT id FROM calls WHERE number = \(call)")
        for question in Question.all {
            let started = ContinuousClock.now
            let rows = try Statement(database, question.sql)
            rows.bind(1, Int64(call) ?? 0)
            rows.bind(2, copying: id)
            while try rows.step() {}
            let (seconds, attoseconds) = (ContinuousClock.now - started).components
            let milliseconds = Double(seconds) * 1000 + Double(attoseconds) / 1e15
            times.append((question.what, (milliseconds * 1000).rounded() / 1000))
        }
        return times.sorted { $0.milliseconds > $1.milliseconds }.map { time in
            Finding(
                "statement", time.what, "\(time.milliseconds) ms",
                ["milliseconds": .double(time.milliseconds)])
        }
    }

    func number(_ sql: String) throws(Failure) -> Int {
        try database.value(sql).flatMap { Int($0) } ?? 0
    }

    func size(_ what: String, _ bytes: Int) -> Finding {
        Finding("size", what, "\(ByteCount(bytes))", ["bytes": .int(bytes)])
    }
}

extension Check {
    /// What to say of a file whose pages are not what they should be.
    public var damage: Failure {
        Failure(
            .stop, .integrity, "trust checkpoint \(database.path): its pages are damaged",
            remedy: "try --repair, else restore it with state-restore")
    }
}
