// Repair: the programs that use a checkpoint, and the repairs that lose no work.
import Checkpoint
public import Records
internal import System

extension Check {
    /// The processes that have the file open, the records in work, and the state of the lock.
    public func holders() throws(Failure) -> [Finding] {
        var findings = ProcessUsingFile.all(of: database.path).map { process in
            Finding(
                "holder", process.name, "process \(process.number)",
                ["process": .int(Int(process.number))])
        }
        findings.append(Finding("lock", "the lock for writing", try isLocked() ? "held" : "free"))
        return try findings + work()
    }

    private func isLocked() throws(Failure) -> Bool {
        do throws(Failure) {
            try Database(database.path, busyTimeout: .zero).execute("BEGIN IMMEDIATE; ROLLBACK")
            return false
        } catch {
            guard error.kind == .timeout else { throw error }
            return true
        }
    }

    /// The claims and their leases; the next program that claims drops those of ended pipes.
    private func work() throws(Failure) -> [Finding] {
        let living = Set(try Claims.living(checkpoint))
        let rows = try Statement(
            database,
            """
            SELECT m.number, r.id, m.stage, m.since, m.until,
              (SELECT count(*) FROM leases WHERE claim = m.number)
            FROM claims AS m JOIN runs AS r ON r.number = m.run ORDER BY m.number
            """)
        return try rows.all { row throws(Failure) in
            let isAlive = living.contains(try row.integer(0))
            let (run, stage, until) = (try row.text(1), try row.text(2), try row.text(4))
            let count = Int(try row.integer(5))
            let state = isAlive ? "until \(until)" : "its pipe has ended"
            return Finding(
                "work", "run \(run), \(stage)", "\(count) records, \(state)",
                [
                    "run": .string(run), "stage": .string(stage), "records": .int(count),
                    "alive": .bool(isAlive), "since": .string(try row.text(3)),
                    "until": .string(until),
                ])
        }
    }

    /// Makes the repairs that lose no work.
    ///
    /// Claims of ended pipes are dropped, rows without their call are removed, totals are counted
    /// anew, and indexes are made anew where they differ from their tables.
    ///
    /// - Returns: The repairs; empty when none was needed.
    /// - Throws: `Failure` of scope `stop`; then nothing was changed.
    public func repair() throws -> [Finding] {
        var findings: [Finding] = []
        // First, because every other repair reads them.
        let isSound = try integrity(quick: false).allSatisfy(\.isFine)
        if !isSound {
            try database.execute("REINDEX")
            findings.append(Finding("repair", "indexes", "made anew"))
        }
        try checkpoint.transaction {
            try checkpoint.begin()
            let claims = try database.number("SELECT count(*) FROM claims")
            try Claims.sweep(checkpoint)
            let dropped = try claims - database.number("SELECT count(*) FROM claims")
            if dropped > 0 { findings.append(repaired("claims of pipes that have ended", dropped)) }
            for invariant in Invariant.all {
                guard let repair = invariant.repair else { continue }
                let count = try database.number(invariant.count)
                guard count > 0 else { continue }
                try database.execute(repair)
                findings.append(repaired(invariant.what, count))
            }
        }
        return findings
    }

    private func repaired(_ what: String, _ count: Int) -> Finding {
        Finding("repair", what, "\(count) put right", ["count": .int(count)])
    }

    /// Writes the whole file anew, without free pages; other writers wait meanwhile.
    public func vacuum() throws(Failure) -> [Finding] {
        let page = try database.number("PRAGMA page_size")
        let before = try database.number("PRAGMA page_count") * page
        try database.execute("VACUUM; PRAGMA wal_checkpoint(TRUNCATE)")
        let after = try database.number("PRAGMA page_count") * page
        return [
            Finding(
                "vacuum", "the file", "\(ByteCount(before)), now \(ByteCount(after))",
                ["before": .int(before), "after": .int(after)])
        ]
    }

    /// Counts the different values of each index, by which SQLite chooses between indexes.
    public func analyze() throws(Failure) -> [Finding] {
        try database.execute("ANALYZE")
        let count = try database.number("SELECT count(*) FROM sqlite_stat1")
        return [Finding("analyze", "indexes", "\(count) counted", ["count": .int(count)])]
    }
}
