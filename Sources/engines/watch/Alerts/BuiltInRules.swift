// BuiltInRules: the thresholds of the replaced systems, and what an archive dies of.

/// The rules that are there without a file; `call-alert --print-rules` shows them.
enum BuiltInRules {
    /// A rule a line.
    ///
    /// The limits of processors, memory, disk, queue, error rate and backup are those of call-health.
    static func text(budget: Double?) -> String {
        var lines = [
            // The recordings are lost for good when nobody acts.
            check(
                "purge-now", "Recordings are about to be purged", "expiring", is: ["fail"],
                "critical", "P0", repeat: "1h"),
            check("purge-soon", "Recordings will be purged", "expiring", "warning", "P1"),
            check("list-overdue", "Days that nobody listed", "list_overdue", "critical", "P1"),
            check("last-run", "No run since", "last_run", "critical", "P1"),
            check("stalled", "A stage stands still", "stalled", "critical", "P1"),
            check("database-health", "Database Health", "database", "critical", "P0"),
            check("critical-errors", "Critical errors", "critical", "critical", "P1", keep: "3h"),
            check("high-error-rate", "High Error Rate", "error_rate", "warning", "P1", for: "10m"),
            check("failures", "Recordings failed for good", "failures", "warning", "P2"),
            check("queue-backlog", "Queue Backlog", "queue", "warning", "P2", for: "30m"),
            check("leases", "Claims of runs that are gone", "leases", "info", "P3", for: "30m"),
            check("backup-age", "Backup is too old", "backup", "critical", "P1"),
            check("disk-usage", "Disk Usage", "disk", "warning", "P1"),
            check("memory-usage", "Memory Usage", "memory", "warning", "P2", for: "10m"),
            check("cpu-usage", "CPU Usage", "cpu", "warning", "P3", for: "30m"),
        ]
        lines.append(
            #"""
            {"id":"gaps","name":"Recordings that are not stored","level":"warning","priority":"P2","condition":{"sql":"\#(lateUploads)","above":0},"cooldown":"12h","repeat":"24h","message":"{value} recordings of more than two days ago are not stored","remedy":"state-show --stage upload --status pending --fields id,error; pipelines/gaps.sh --feed 30 lists them again"}
            """#)
        lines.append(
            #"""
            {"id":"quiet-day","name":"A day without a recording","level":"warning","priority":"P2","condition":{"sql":"\#(quietDay)"},"cooldown":"12h","repeat":"24h","message":"there is no recording of {value} (UTC), and on that weekday each of the three weeks before had some","remedy":"pipelines/gaps.sh 7; look if the phone system still records"}
            """#)
        lines.append(
            #"""
            {"id":"transcript-missing","name":"Transcript missing 5 minutes after the download","level":"warning","priority":"P3","condition":{"sql":"\#(lateTranscripts)","above":0},"for":"10m","cooldown":"6h","repeat":"24h","message":"{value} recordings were downloaded more than 5 minutes ago, have no transcript, and are not in work","remedy":"state-show --stage transcribe --status pending --fields id,error; make daily goes on with them"}
            """#)
        lines.append(
            #"""
            {"id":"api-degradation","name":"API Degradation","level":"warning","priority":"P1","condition":{"sql":"\#(failedChecks)","above":0},"for":"10m","message":"{value} checks of call-doctor failed: {names}","remedy":"call-doctor --connections"}
            """#)
        lines.append(
            #"""
            {"id":"key-age","name":"A key is too old","level":"warning","priority":"P3","condition":{"command":["call-doctor","--credentials"],"is":[1,2]},"cooldown":"24h","repeat":"7d","message":"a key is too old or ends soon; the remedy shows which","remedy":"call-doctor --credentials --format table"}
            """#)
        if let budget {
            lines.append(
                #"""
                {"id":"budget","name":"The month's budget","level":"warning","priority":"P1","condition":{"sql":"SELECT round(total(cost), 2) FROM ledger_sums WHERE hour >= substr(:now, 1, 7) || '-01T00'","above":\#(budget)},"cooldown":"24h","repeat":"24h","message":"transcripts of this month cost {value}, more than {limit}","remedy":"state-summary --by engine; use another engine, or raise ALERT_MONTHLY_BUDGET"}
                """#)
        }
        return lines.joined(separator: "\n")
    }

    /// Yesterday, when it was listed and has no recording, and the three weeks before had five or more.
    ///
    /// A day that was not listed is an alert of its own.
    private static let quietDay = {
        let calls = "SELECT 1 FROM calls WHERE start_time >="
        let week = [8, 15, 22].map { "SELECT date(:now, '-\($0) days') AS d" }
        return
            "SELECT date(:now, '-1 day') AS day, min(n) AS least FROM (SELECT (SELECT count(*) FROM"
            + " (\(calls) d AND start_time < date(d, '+1 day') LIMIT 5)) AS n"
            + " FROM (\(week.joined(separator: " UNION ALL "))))"
            + " WHERE NOT EXISTS (\(calls) date(:now, '-1 day') AND start_time < date(:now))"
            + " AND NOT EXISTS (SELECT 1 FROM listings WHERE listed_until < date(:now))"
            + " HAVING least >= 5"
    }()

    /// Services whose last check failed; call-doctor asks each hour, and an older result says nothing
    /// of now.
    private static let failedChecks =
        "SELECT count(*) AS checks, group_concat(name, ', ') AS names FROM checks"
        + " WHERE status = 'fail' AND at > strftime('%Y-%m-%dT%H:%M:%fZ', :now, '-26 hours')"

    /// Recordings that two nights have not stored.
    ///
    /// Those that are not for a store, such as those of a folder that are only transcribed, do not count.
    private static let lateUploads =
        "SELECT count(*) FROM outcomes INDEXED BY outcomes_due WHERE stage = 'upload'"
        + " AND status IN ('pending', 'queued')"
        + " AND start_time < strftime('%Y-%m-%dT%H:%M:%fZ', :now, '-2 days')"

    /// Recordings that a lease holds are in work, however long it takes.
    private static let lateTranscripts =
        "SELECT count(*) FROM outcomes AS o INDEXED BY outcomes_due"
        + " JOIN outcomes AS f ON f.call = o.call AND f.stage = 'fetch'"
        + " WHERE o.stage = 'transcribe' AND o.status IN ('pending', 'queued')"
        + " AND (o.not_before IS NULL OR o.not_before <= :now) AND f.status = 'completed'"
        + " AND f.finished_at < strftime('%Y-%m-%dT%H:%M:%fZ', :now, '-5 minutes')"
        + " AND NOT EXISTS (SELECT 1 FROM leases AS l WHERE l.call = o.call)"

    /// A rule on one check of call-health.
    private static func check(
        _ id: String, _ name: String, _ check: String, is words: [String] = ["warn", "fail"],
        _ level: String, _ priority: String, for time: String = "0s", repeat again: String = "4h",
        keep: String = "0s"
    ) -> String {
        let list = words.map { "\"\($0)\"" }.joined(separator: ",")
        return #"{"id":"\#(id)","name":"\#(name)","level":"\#(level)","priority":"\#(priority)","#
            + #""condition":{"of":"health","field":"checks.\#(check).status","is":[\#(list)]},"#
            + #""for":"\#(time)","keep_firing_for":"\#(keep)","repeat":"\#(again)","message":"{checks.\#(check).output}","#
            + #""remedy":"{checks.\#(check).remedy}"}"#
    }
}

extension RuleSet {
    /// The rules that are built in, a line each.
    public static func builtIn(budget: Double?) -> String { BuiltInRules.text(budget: budget) }
}
