// Course: the questions that put an incident together.
import Checkpoint
import Records

/// Reads the tables of a period; inside a transaction.
struct Course {
    private let period: Period
    private let checkpoint: Checkpoint

    init(_ period: Period, _ checkpoint: Checkpoint) {
        self.period = period
        self.checkpoint = checkpoint
    }

    private func number(_ sql: String) throws(Failure) -> Int {
        try checkpoint.rows(of: period, sql) { row throws(Failure) in
            Int(try row.integer(0))
        }.first ?? 0
    }

    /// Errors: one line for each hour, stage, kind and severity, with the first message.
    func errors() throws(Failure) -> [Incident.Event] {
        try checkpoint.rows(
            of: period,
            """
            SELECT min(time), max(time), count(*), ifnull(stage, ''), kind, severity,
              substr(min(time || message), length(min(time)) + 1)
            FROM errors WHERE time >= ?1 AND time < ?2
            GROUP BY substr(time, 1, 13), stage, kind, severity
            """
        ) { row throws(Failure) in
            let count = try row.integer(2)
            let number = count == 1 ? "one error" : "\(count) errors"
            let (kind, severity, message) = (try row.text(4), try row.text(5), try row.text(6))
            return Incident.Event(
                time: try row.text(0), last: count == 1 ? nil : try row.text(1), source: .error,
                subject: try row.text(3),
                text: "\(number) of the kind \(kind), \(severity): \(message)",
                isTrouble: true)
        }
    }

    /// Runs that ended badly, and the first of the same name that ended well again.
    func runs() throws(Failure) -> [Incident.Event] {
        try checkpoint.rows(
            of: period,
            """
            SELECT id, name, started_at, finished_at, exit_status, before FROM (
              SELECT number, id, ifnull(name, '') AS name, started_at, finished_at, exit_status,
                lag(ifnull(exit_status, -1)) OVER (PARTITION BY name ORDER BY number) AS before
              FROM runs WHERE ifnull(finished_at, started_at) >= ?1 AND started_at < ?2)
            WHERE ifnull(exit_status, -1) <> 0 OR before <> 0 ORDER BY number
            """
        ) { row throws(Failure) in
            let id = try row.text(0)
            let name = try row.text(1)
            let began = try row.text(2)
            let end = try row.string(3)
            let status = try row.whole(4)
            let text =
                switch (end, status) {
                case (_?, 0?): "run \(id) ended well again"
                case (_?, let status?): "run \(id) ended with \(status)"
                default: "run \(id) noted no end: it was killed, or goes on"
                }
            return Incident.Event(
                time: end ?? began, last: nil, source: .run, subject: name.isEmpty ? "run" : name,
                text: text,
                isTrouble: end == nil || status != 0)
        }
    }

    /// Alerts that fired or went on firing, and that ended.
    func alerts() throws(Failure) -> [Incident.Event] {
        let rows = try checkpoint.rows(
            of: period,
            """
            SELECT fired_at, rule, level || ' ' || priority, message, 1 FROM alerts
              WHERE fired_at >= ?1 AND fired_at < ?2
            UNION ALL SELECT fired_at, rule, level || ' ' || priority, message, 2 FROM alerts
              WHERE fired_at < ?1 AND (resolved_at IS NULL OR resolved_at >= ?1)
            UNION ALL SELECT acknowledged_at, rule, '', ifnull(note, ''), 0 FROM alerts
              WHERE acknowledged_at >= ?1 AND acknowledged_at < ?2
            UNION ALL SELECT resolved_at, rule, '', '', -1 FROM alerts
              WHERE resolved_at >= ?1 AND resolved_at < ?2 AND fired_at IS NOT NULL
            """
        ) { row throws(Failure) in
            (
                try row.text(0), try row.text(1), try row.text(2), try row.text(3),
                try row.integer(4)
            )
        }
        return rows.map { time, rule, level, message, kind in
            let text =
                switch kind {
                case 1: "fired, \(level): \(message)"
                case 2: "fired before and went on, \(level): \(message)"
                case 0: "acknowledged" + (message.isEmpty ? "" : ": \(message)")
                default: "resolved"
                }
            return Incident.Event(
                time: time, last: nil, source: .alert, subject: rule, text: text,
                isTrouble: kind == 1)
        }
    }

    /// The audit chain: one line for each hour and action.
    func audit() throws(Failure) -> [Incident.Event] {
        try checkpoint.rows(
            of: period,
            """
            SELECT min(time), max(time), count(*), action, max(number) FROM audit
            WHERE time >= ?1 AND time < ?2 GROUP BY substr(time, 1, 13), action
            """
        ) { row throws(Failure) in
            let count = try row.integer(2)
            let lines = count == 1 ? "one line" : "\(count) lines"
            let last = try row.integer(4)
            return Incident.Event(
                time: try row.text(0), last: count == 1 ? nil : try row.text(1), source: .audit,
                subject: try row.text(3), text: "\(lines), up to number \(last)",
                isTrouble: false)
        }
    }

    /// The kinds of errors, the most frequent first.
    func kinds() throws(Failure) -> [(stage: String, kind: String, count: Int)] {
        try checkpoint.rows(
            of: period,
            """
            SELECT ifnull(stage, ''), kind, count(*) FROM errors WHERE time >= ?1 AND time < ?2
            GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2
            """
        ) { row throws(Failure) in
            (try row.text(0), try row.text(1), Int(try row.integer(2)))
        }
    }

    /// Runs without an end.
    func lostRuns() throws(Failure) -> Int {
        try number(
            """
            SELECT count(*) FROM runs
            WHERE started_at >= ?1 AND started_at < ?2 AND exit_status IS NULL
            """)
    }

    /// The extent.
    func impact(lostRuns: Int) throws(Failure) -> Incident.Impact {
        let calls = "FROM calls WHERE start_time >= ?1 AND start_time < ?2"
        let outcome = "EXISTS (SELECT 1 FROM outcomes WHERE call = calls.number"
        return Incident.Impact(
            calls: try number("SELECT count(*) \(calls)"),
            uploaded: try number(
                "SELECT count(*) \(calls) AND \(outcome) AND stage = 'upload' AND "
                    + "status = 'completed')"),
            failed: try number("SELECT count(*) \(calls) AND \(outcome) AND status = 'failed')"),
            purged: try number(
                """
                SELECT count(DISTINCT call) FROM outcomes
                WHERE stage = 'fetch' AND status IN ('pending', 'queued', 'failed')
                  AND expires >= substr(?1, 1, 10) AND expires < ?2
                """),
            lostRuns: lostRuns)
    }
}
