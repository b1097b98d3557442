// Counting: the questions behind a summary, each answered from an index or from kept counts.
import Checkpoint
import Records

/// Counts what a summary tells; inside a transaction.
struct Counting {
    private let checkpoint: Checkpoint
    private let scope: Summary.Scope
    private let now: Timestamp
    private let living: [Int64]

    private static let stages = Stage.allCases.map { "'\($0.rawValue)'" }.joined(separator: ", ")

    /// Gets ready to count.
    init(
        _ checkpoint: Checkpoint, _ scope: Summary.Scope, _ now: Timestamp
    ) throws(Failure) {
        self.checkpoint = checkpoint
        self.scope = scope
        self.now = now
        living = try Claims.living(checkpoint)
    }

    func count(_ sql: String, _ bound: String...) throws(Failure) -> Int {
        let question = try Statement(checkpoint.database, sql)
        for (index, text) in bound.enumerated() { question.bind(Int32(index + 1), copying: text) }
        return try question.step() ? Int(question.integer(0)) : 0
    }

    /// The stages that there are rows for, in the order of the work.
    func lines() throws(Failure) -> [Summary.Line] {
        var lines = try counts().map { stage, counts in
            Summary.Line(stage: stage, counts: counts)
        }
        lines.sort { Counting.rank($0.stage) < Counting.rank($1.stage) }
        let recent = try completed()
        for index in lines.indices {
            if let (count, hours) = recent[lines[index].stage] {
                lines[index].recent = count
                lines[index].perHour = Double(count) / hours
            }
            try findOldest(&lines[index])
        }
        return lines
    }

    /// How many calls are how far, those in work taken out of the others.
    func counts() throws(Failure) -> [Stage: [Status: Int]] {
        var counts: [Stage: [Status: Int]] = [:]
        let totals = try Statement(
            checkpoint.database, "SELECT stage, status, sum(count) FROM tallies GROUP BY 1, 2")
        while try totals.step() {
            guard let (stage, status) = Counting.pair(totals) else { continue }
            let count = Int(totals.integer(2))
            if count != 0 { counts[stage, default: [:]][status, default: 0] += count }
        }
        if living.isEmpty { return counts }
        let leased = try Statement(
            checkpoint.database,
            """
            SELECT o.stage, o.status, count(*) FROM claims AS m
            JOIN leases AS l ON l.claim = m.number
            JOIN outcomes AS o ON o.call = l.call AND o.stage = m.stage
            WHERE m.number IN (\(living.map(String.init).joined(separator: ", ")))
              AND o.status IN ('pending', 'queued', 'failed')
            GROUP BY 1, 2
            """)
        while try leased.step() {
            guard let (stage, status) = Counting.pair(leased) else { continue }
            let count = Int(leased.integer(2))
            counts[stage, default: [:]][status, default: 0] -= count
            counts[stage, default: [:]][.processing, default: 0] += count
        }
        return counts
    }

    private static func pair(_ row: borrowing Statement) -> (Stage, Status)? {
        guard let stage = row.string(0).flatMap(Stage.init(rawValue:)),
            let status = row.string(1).flatMap(Status.init(rawValue:))
        else { return nil }
        return (stage, status)
    }

    static func rank(_ stage: Stage) -> Int { Stage.allCases.firstIndex(of: stage) ?? 0 }

    /// What was completed lately, and in how many hours.
    ///
    /// Counts are kept by the hour of the clock, so the first hour counts as a whole; before the
    /// first thing was done nobody was at work.
    private func completed() throws(Failure) -> [Stage: (Int, hours: Double)] {
        let question = try Statement(
            checkpoint.database,
            """
            SELECT stage, sum(count), min(hour) FROM tallies
            WHERE status = 'completed' AND hour >= ?1 AND count > 0 GROUP BY stage
            """)
        let since = now.adding(seconds: -scope.last).text.prefix(13)
        question.bind(1, copying: String(since))
        var recent: [Stage: (Int, hours: Double)] = [:]
        while try question.step() {
            guard let stage = question.string(0).flatMap(Stage.init(rawValue:)),
                let first = Timestamp((question.string(2) ?? "") + ":00:00Z")
            else { continue }
            let hours = Double(now.milliseconds - first.milliseconds) / 3_600_000
            recent[stage] = (Int(question.integer(1)), max(hours, 1.0 / 60))
        }
        return recent
    }

    private func findOldest(_ line: inout Summary.Line) throws(Failure) {
        let question = try Statement(
            checkpoint.database,
            """
            SELECT o.start_time, c.seen_at
            FROM outcomes AS o INDEXED BY outcomes_due JOIN calls AS c ON c.number = o.call
            WHERE o.stage = ?1 AND o.status IN ('pending', 'queued') AND o.start_time IS NOT NULL
            ORDER BY o.start_time LIMIT 1
            """)
        question.bind(1, copying: line.stage.rawValue)
        guard try question.step() else { return }
        line.oldest = question.string(0)
        line.oldestSeen = question.string(1)
    }

    /// Recordings that wait and began long ago.
    func pendingOld(_ stage: Stage) throws(Failure) -> Int {
        try count(
            """
            SELECT count(*) FROM outcomes INDEXED BY outcomes_due
            WHERE stage = ?1 AND status IN ('pending', 'queued') AND start_time < ?2
            """, stage.rawValue, now.adding(seconds: -scope.age).text)
    }

    /// Recordings that are not fetched and that the service purges soon.
    ///
    /// A call that is fetched has no time of purge any more, so the index holds no others. What
    /// still waits counts also when its day has come: it may be there yet, and nothing is more
    /// urgent. What failed for good counts until that day, else it would count for ever.
    func purgeSoon() throws(Failure) -> Int {
        try count(
            """
            SELECT count(*) FROM (
              SELECT call FROM outcomes INDEXED BY outcomes_expiring
                WHERE stage IN (\(Counting.stages)) AND status IN ('pending', 'queued')
                  AND expires <= ?2
              UNION
              SELECT call FROM outcomes INDEXED BY outcomes_failed
                WHERE stage IN (\(Counting.stages)) AND status = 'failed'
                  AND expires > ?1 AND expires <= ?2)
            """, now.text, now.adding(seconds: Double(scope.purgeDays) * 86_400).text)
    }

    /// What failed for good and stands so, by stage and kind.
    func failures() throws(Failure) -> [(stage: String, kind: String, count: Int)] {
        let question = try Statement(
            checkpoint.database,
            """
            SELECT stage, ifnull(error_kind, 'unknown'), count(*)
            FROM outcomes INDEXED BY outcomes_failed
            WHERE status = 'failed' AND stage IN (\(Counting.stages))
            GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2
            """)
        var failures: [(stage: String, kind: String, count: Int)] = []
        while try question.step() {
            failures.append(
                (question.string(0) ?? "", question.string(1) ?? "", Int(question.integer(2))))
        }
        return failures
    }

    /// Rows of the table of errors from lately.
    func errors(_ condition: String) throws(Failure) -> Int {
        try count(
            "SELECT count(*) FROM errors WHERE time >= ?1 AND \(condition)",
            now.adding(seconds: -scope.last).text)
    }

    /// Leases that nobody has any more, and that nobody has taken away yet.
    func deadLeases() throws(Failure) -> Int {
        let living = living.map(String.init).joined(separator: ", ")
        return try count("SELECT count(*) FROM leases WHERE claim NOT IN (\(living))")
    }
}
