// Checks: the last result of each check of a service, and counts for monitoring.

extension Schema {
    /// The limits of the histogram of stage times, in seconds; longer times have the limit infinity.
    package static let timeLimits: [Double] = [0.1, 0.5, 1, 2, 5, 10, 30, 60, 300, 1800]

    /// The pause between the beginnings of two runs, in days, that ends an unbroken schedule.
    ///
    /// A job that runs every night may begin two hours late.
    package static let longestPause = "26.0 / 24"

    /// The tables of checks, of stage times, of the schedule and of the counts of errors.
    ///
    /// Triggers keep the counts, so that reading them takes no longer with a million recordings. A new
    /// call with its outcome has no time of work, so only a changed outcome is counted.
    package static let checkTables = """
        CREATE TABLE checks(
          name TEXT PRIMARY KEY, status TEXT NOT NULL, at TEXT NOT NULL, latency REAL,
          detail TEXT NOT NULL, remedy TEXT) STRICT;
        CREATE TABLE stage_times(
          stage TEXT NOT NULL, hour TEXT NOT NULL, up_to REAL NOT NULL, count INTEGER NOT NULL,
          seconds REAL NOT NULL, PRIMARY KEY(stage, hour, up_to)) STRICT, WITHOUT ROWID;
        CREATE TRIGGER outcomes_timed AFTER UPDATE OF status, finished_at ON outcomes
          WHEN NEW.status = 'completed' AND NEW.seconds IS NOT NULL
            AND (OLD.status <> 'completed' OR OLD.finished_at IS NOT NEW.finished_at) BEGIN
          INSERT INTO stage_times
            VALUES (NEW.stage, substr(NEW.finished_at, 1, 13), \(limit), 1, max(NEW.seconds, 0))
            ON CONFLICT DO UPDATE SET count = count + 1, seconds = seconds + excluded.seconds;
        END;
        CREATE TRIGGER stage_times_folded AFTER INSERT ON stage_times WHEN NEW.hour <> '' BEGIN
          INSERT INTO stage_times
            SELECT stage, '', up_to, sum(count), sum(seconds) FROM stage_times WHERE \(isOld)
            GROUP BY up_to
            ON CONFLICT DO UPDATE SET count = count + excluded.count,
              seconds = seconds + excluded.seconds;
          DELETE FROM stage_times WHERE \(isOld);
        END;
        CREATE TABLE error_counts(
          hour TEXT NOT NULL, stage TEXT NOT NULL, severity TEXT NOT NULL, category TEXT NOT NULL,
          count INTEGER NOT NULL, PRIMARY KEY(hour, stage, severity, category)) STRICT, WITHOUT ROWID;
        INSERT INTO error_counts
          SELECT substr(time, 1, 13), ifnull(stage, ''), severity, category, count(*) FROM errors
          GROUP BY 1, 2, 3, 4;
        CREATE TRIGGER errors_counted AFTER INSERT ON errors BEGIN
          INSERT INTO error_counts VALUES (substr(NEW.time, 1, 13), ifnull(NEW.stage, ''),
              NEW.severity, NEW.category, 1) ON CONFLICT DO UPDATE SET count = count + 1;
        END;
        CREATE TABLE schedule(
          number INTEGER PRIMARY KEY CHECK (number = 1), since TEXT NOT NULL,
          last TEXT NOT NULL) STRICT;
        INSERT INTO schedule SELECT 1, max(started_at), (SELECT max(started_at) FROM runs) FROM (
            SELECT started_at, lag(started_at) OVER (ORDER BY started_at) AS before FROM runs)
          WHERE before IS NULL OR julianday(started_at) - julianday(before) > \(longestPause)
          HAVING count(*) > 0;
        CREATE TRIGGER runs_began AFTER INSERT ON runs BEGIN
          INSERT INTO schedule VALUES (1, NEW.started_at, NEW.started_at)
            ON CONFLICT DO UPDATE SET last = max(last, excluded.last), since = iif(
              julianday(excluded.last) - julianday(last) > \(longestPause), excluded.since, since);
        END;
        CREATE INDEX runs_tasks ON runs(name, finished_at, exit_status) WHERE name IS NOT NULL;
        """

    /// The hours of a stage that ended two days before a new one; they become one row for each limit,
    /// so that the table does not grow with the years.
    private static let isOld =
        "stage = NEW.stage AND hour > '' AND hour < "
        + "strftime('%Y-%m-%dT%H', NEW.hour || ':00:00', '-2 days')"

    /// The limit of the histogram that a time belongs to.
    private static let limit =
        "CASE " + timeLimits.map { "WHEN NEW.seconds <= \($0) THEN \($0)" }.joined(separator: " ")
        + " ELSE 9e999 END"
}
