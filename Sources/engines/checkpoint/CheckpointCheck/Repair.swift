// Mending: who has the checkpoint, and what may be put right in it without losing anything.
import Checkpoint
public import Records

extension Check {
    /// Who has the file open, who has records in work, and whether somebody is committing.
    public func holders() throws(Failure) -> [Finding] {
        var findings = ProcessUsingFile.all(of: database.path).map { holder in
            Finding(
                "holder", holder.name, "process \(holder.process)",
                ["process": .int(Int(holder.process))])
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

    /// The claims and their leases; one whose pipe is gone is free for whoever claims next.
    private func work() throws(Failure) -> [Finding] {
        let living = Set(try Claims.living(checkpoint))
        let rows = try Statement(
            database,
            """
            SELECT m.number, r.id, m.stage, m.since, m.until,
              (SELECT count(*) FROM leases WHERE claim = m.number)
            FROM claims AS m JOIN runs AS r ON r.number = m.run ORDER BY m.number
            """)
        var findings: [Finding] = []
        while try rows.step() {
            let isAlive = living.contains(rows.integer(0))
            let count = Int(rows.integer(5))
            let state = isAlive ? "until \(rows.string(4) ?? "")" : "its pipe has ended"
            findings.append(
                Finding(
                    "work", "run \(rows.string(1) ?? ""), \(rows.string(2) ?? "")",
                    "\(count) records, \(state)",
                    [
                        "run": .string(rows.string(1) ?? ""),
                        "stage": .string(rows.string(2) ?? ""),
                        "records": .int(count), "alive": .bool(isAlive),
                        "since": .string(rows.string(3) ?? ""),
                        "until": .string(rows.string(4) ?? ""),
                    ]))
        }
        return findings
    }

    /// Puts right what can be put right without losing what anybody did.
    ///
    /// Claims of pipes that are gone are dropped, rows without their call are removed, totals are
    /// counted anew, and indexes are made anew where they are not what their tables say.
    ///
    /// - Returns: What was done; nothing when there was nothing to do.
    /// - Throws: `Failure` of scope `stop`; then nothing was changed.
    public func repair() throws -> [Finding] {
        var findings: [Finding] = []
        // First, for every other repair looks things up in them.
        let isSound = try integrity(quick: false).allSatisfy(\.isFine)
        if !isSound {
            try database.execute("REINDEX")
            findings.append(Finding("repair", "indexes", "made anew"))
        }
        try checkpoint.transaction {
            try checkpoint.begin()
            let claims = try number("SELECT count(*) FROM claims")
            try Claims.sweep(checkpoint)
            let dropped = try claims - number("SELECT count(*) FROM claims")
            if dropped > 0 { findings.append(repaired("claims of pipes that have ended", dropped)) }
            for invariant in Invariant.all {
                guard let repair = invariant.repair else { continue }
                let count = try number(invariant.count)
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

    /// Writes the whole file anew, without free pages; nobody can write meanwhile.
    public func vacuum() throws(Failure) -> [Finding] {
        let page = try number("PRAGMA page_size")
        let before = try number("PRAGMA page_count") * page
        try database.execute("VACUUM; PRAGMA wal_checkpoint(TRUNCATE)")
        let after = try number("PRAGMA page_count") * page
        return [
            Finding(
                "vacuum", "the file", "\(ByteCount(before)), now \(ByteCount(after))",
                ["before": .int(before), "after": .int(after)])
        ]
    }

    /// Counts how many different values indexes have, by which SQLite chooses between them.
    public func analyze() throws(Failure) -> [Finding] {
        try database.execute("ANALYZE")
        let count = try number("SELECT count(*) FROM sqlite_stat1")
        return [Finding("analyze", "indexes", "\(count) counted", ["count": .int(count)])]
    }
}
