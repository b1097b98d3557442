// Counting: the numbers of a summary, each read from an index or from kept counts.
package import Checkpoint
package import Records

/// Counts the numbers of a summary; inside a transaction.
package struct Counting {
    private let checkpoint: Checkpoint
    private let scope: Summary.Scope
    private let now: Timestamp
    /// The claims that hold their records, as SQL.
    private let living: String

    /// Prepares to count.
    package init(
        _ checkpoint: Checkpoint, _ scope: Summary.Scope, _ now: Timestamp
    ) throws(Failure) {
        self.checkpoint = checkpoint
        self.scope = scope
        self.now = now
        living = try Claims.living(checkpoint).map(String.init).joined(separator: ", ")
    }

    private func ask(_ sql: String) throws(Failure) -> Statement {
        try Statement(checkpoint.database, sql)
    }

    private func count<A: SQLValue, B: SQLValue, C: SQLValue>(
        _ sql: String, _ first: A, _ second: B = Unbound(), _ third: C = Unbound()
    ) throws(Failure) -> Int {
        let question = try ask(sql)
        try question.bind(first, second, third)
        return Int(try question.first { row throws(Failure) in try row.integer(0) } ?? 0)
    }

    /// The stages that have rows, in the order of the work.
    func lines() throws(Failure) -> [Summary.Line] {
        let recent = try completed()
        var lines = try counts().map { stage, counts in
            Summary.Line(stage: stage, counts: counts)
        }
        lines.sort { $0.stage.rank < $1.stage.rank }
        for index in lines.indices {
            if let (count, hours) = recent[lines[index].stage] {
                lines[index].recent = count
                lines[index].perHour = Double(count) / hours
            }
            try findOldest(&lines[index])
        }
        return lines
    }

    /// The number of calls by stage and status; calls in work count as `processing`.
    package func counts() throws(Failure) -> [Stage: [Status: Int]] {
        var counts: [Stage: [Status: Int]] = [:]
        let totals = try ask("SELECT stage, status, sum(count) FROM tallies GROUP BY 1, 2")
        for (stage, status, count) in try totals.all(Counting.triple) where count != 0 {
            if let stage, let status { counts[stage, default: [:]][status, default: 0] += count }
        }
        if living.isEmpty { return counts }
        let leased = try ask(
            """
            SELECT o.stage, o.status, count(*) FROM claims AS m
            JOIN leases AS l ON l.claim = m.number
            JOIN outcomes AS o ON o.call = l.call AND o.stage = m.stage
            WHERE m.number IN (\(living)) AND o.status IN ('pending', 'queued', 'failed')
            GROUP BY 1, 2
            """)
        for (stage, status, count) in try leased.all(Counting.triple) {
            guard let stage, let status else { continue }
            counts[stage, default: [:]][status, default: 0] -= count
            counts[stage, default: [:]][.processing, default: 0] += count
        }
        return counts
    }

    private static func triple(
        _ row: borrowing Statement
    ) throws(Failure) -> (Stage?, Status?, Int) {
        (
            Stage(rawValue: try row.text(0)), Status(rawValue: try row.text(1)),
            Int(try row.integer(2))
        )
    }

    /// The number of calls that were completed lately, and the hours that this took.
    ///
    /// Counts are kept by the hour of the clock, so the first hour counts as a whole; the time
    /// before the first completed call does not count.
    private func completed() throws(Failure) -> [Stage: (Int, hours: Double)] {
        let question = try ask(
            """
            SELECT stage, sum(count), min(hour) FROM tallies
            WHERE status = 'completed' AND hour >= ?1 AND count > 0 GROUP BY stage
            """)
        try question.bind(String(now.adding(seconds: -scope.last).text.prefix(13)))
        var recent: [Stage: (Int, hours: Double)] = [:]
        while try question.step() {
            guard let stage = Stage(rawValue: try question.text(0)),
                let first = Timestamp(try question.text(2) + ":00:00Z")
            else { continue }
            let hours = Double(now.milliseconds - first.milliseconds) / 3_600_000
            recent[stage] = (Int(try question.integer(1)), max(hours, 1.0 / 60))
        }
        return recent
    }

    private func findOldest(_ line: inout Summary.Line) throws(Failure) {
        let question = try ask(
            """
            SELECT o.start_time, c.seen_at
            FROM outcomes AS o INDEXED BY outcomes_due JOIN calls AS c ON c.number = o.call
            WHERE o.stage = ?1 AND o.status IN ('pending', 'queued') AND o.start_time IS NOT NULL
            ORDER BY o.start_time LIMIT 1
            """)
        try question.bind(line.stage)
        guard try question.step() else { return }
        line.oldest = try question.text(0)
        line.oldestSeen = try question.text(1)
    }

    /// The number of recordings that wait and began long ago.
    func pendingOld(_ stage: Stage) throws(Failure) -> Int {
        try count(
            """
            SELECT count(*) FROM outcomes INDEXED BY outcomes_due
            WHERE stage = ?1 AND status IN ('pending', 'queued') AND start_time < ?2
            """, stage, now.adding(seconds: -scope.age).text)
    }

    /// The number of recordings that are not fetched and that the service purges soon.
    ///
    /// A fetched call has no purge date any more, so the index has none of them. A call that waits
    /// counts also after its purge date: it may be there yet, and nothing is more urgent. A call
    /// that failed for good counts until that date, else it would count for ever.
    func purgeSoon() throws(Failure) -> Int { try purged(withinDays: scope.purgeDays) }

    /// The same for another number of days.
    package func purged(withinDays days: Int) throws(Failure) -> Int {
        try count(
            """
            SELECT count(*) FROM (
              SELECT call FROM outcomes INDEXED BY outcomes_expiring
                WHERE stage IN (\(Stage.allCases.sqlList)) AND status IN ('pending', 'queued')
                  AND expires <= ?2
              UNION
              SELECT call FROM outcomes INDEXED BY outcomes_failed
                WHERE stage IN (\(Stage.allCases.sqlList)) AND status = 'failed'
                  AND expires > ?1 AND expires <= ?2)
            """, now.text, now.adding(seconds: Double(days) * 86_400).text)
    }

    /// The sources whose last whole list is too old, with its end.
    package func overdueLists() throws(Failure) -> [(source: String, end: String)] {
        let question = try ask(
            "SELECT source, listed_until FROM listings WHERE listed_until < ?1 ORDER BY source")
        try question.bind(now.adding(seconds: -scope.listAge).text)
        return try question.all { row throws(Failure) in (try row.text(0), try row.text(1)) }
    }

    /// The number of recordings on hold.
    func held() throws(Failure) -> Int {
        try checkpoint.database.number("SELECT count(*) FROM holds WHERE released_at IS NULL")
    }

    /// The number of calls that failed for good and were not reset, by stage and kind.
    func failures() throws(Failure) -> [(stage: String, kind: String, count: Int)] {
        try ask(
            """
            SELECT stage, ifnull(error_kind, 'unknown'), count(*)
            FROM outcomes INDEXED BY outcomes_failed
            WHERE status = 'failed' AND stage IN (\(Stage.allCases.sqlList))
            GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2
            """
        ).all { row throws(Failure) in
            (try row.text(0), try row.text(1), Int(try row.integer(2)))
        }
    }

    /// The number of stages that failed for good lately and still are failed.
    package func newFailures() throws(Failure) -> Int {
        try count(
            """
            SELECT count(*) FROM outcomes INDEXED BY outcomes_failed
            WHERE stage IN (\(Stage.allCases.sqlList)) AND status = 'failed'
              AND finished_at >= ?1
            """, now.adding(seconds: -scope.last).text)
    }

    /// The number of recent rows in the table of errors that a condition chooses.
    func errors(_ condition: String) throws(Failure) -> Int {
        try count(
            "SELECT count(*) FROM errors WHERE time >= ?1 AND \(condition)",
            now.adding(seconds: -scope.last).text)
    }

    /// The number of leases whose claim is dead and was not swept yet.
    package func deadLeases() throws(Failure) -> Int {
        try checkpoint.database.number(
            "SELECT count(*) FROM leases WHERE claim NOT IN (\(living))")
    }
}
