// Tables: the tables of callpipe-state(5).

extension Schema {
    /// The tables, but for those of the ledger.
    ///
    /// Outcomes have the call's number as their key, not its id: with ids in random order, text
    /// keys cost 2.4 times as much at a million calls, and 1.3 times with ids in order. The view
    /// `stages` has them by id.
    ///
    /// The record is the last column, so that no other column lies behind its overflow pages.
    ///
    /// An open outcome has the start of its recording and, until the recording is fetched, the time
    /// when the service purges it. So the queue of a stage is read in order from an index, however
    /// many calls are done. Outcomes that are done are in no index: there are millions of them, and
    /// they are only read by their call.
    ///
    /// A run counts its programs that have begun and not told their end. A lease that was not ended counts
    /// as one more; NULL means that a wrapper knows the end of all.
    ///
    /// A lease stands in no outcome, so a lease that is over leaves its stage as it was.
    package static let tables = """
        CREATE TABLE calls(
          number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, source TEXT NOT NULL,
          start_time TEXT, duration REAL, batch TEXT, expires TEXT, seen_at TEXT NOT NULL,
          updated_at TEXT NOT NULL, erased_at TEXT, record TEXT NOT NULL) STRICT;
        CREATE INDEX calls_start ON calls(start_time);
        CREATE TABLE outcomes(
          call INTEGER NOT NULL, stage TEXT NOT NULL, status TEXT NOT NULL,
          attempts INTEGER NOT NULL DEFAULT 0, not_before TEXT, start_time TEXT, expires TEXT,
          error_class TEXT, error_kind TEXT, error_message TEXT,
          started_at TEXT, finished_at TEXT, seconds REAL, run INTEGER, counted INTEGER,
          PRIMARY KEY(call, stage)) STRICT, WITHOUT ROWID;
        CREATE INDEX outcomes_due ON outcomes(stage, start_time, status)
          WHERE status IN ('pending', 'queued');
        CREATE INDEX outcomes_expiring ON outcomes(stage, expires, call, status)
          WHERE status IN ('pending', 'queued');
        CREATE INDEX outcomes_queued ON outcomes(stage, start_time) WHERE status = 'queued';
        CREATE INDEX outcomes_failed ON outcomes(stage, finished_at) WHERE status = 'failed';
        CREATE TRIGGER calls_moved AFTER UPDATE OF start_time, expires ON calls
          WHEN OLD.start_time IS NOT NEW.start_time OR OLD.expires IS NOT NEW.expires BEGIN
          UPDATE outcomes SET start_time = NEW.start_time, expires = NEW.expires
            WHERE call = NEW.number
              AND (start_time IS NOT NEW.start_time OR expires IS NOT NEW.expires);
        END;

        CREATE TABLE errors(
          number INTEGER PRIMARY KEY, time TEXT NOT NULL, stage TEXT, severity TEXT NOT NULL,
          category TEXT NOT NULL, message TEXT NOT NULL, call_id TEXT, run TEXT) STRICT;
        CREATE UNIQUE INDEX errors_once ON errors(call_id, stage, time);
        CREATE INDEX errors_time ON errors(time);
        CREATE TABLE batches(name TEXT PRIMARY KEY, created_at TEXT NOT NULL, note TEXT) STRICT;
        CREATE TABLE runs(
          number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, name TEXT, batch TEXT, host TEXT,
          machine TEXT, boot TEXT, namespace TEXT, process_group INTEGER, leader_start INTEGER,
          started_at TEXT NOT NULL, finished_at TEXT, exit_status INTEGER, counts TEXT,
          max_memory INTEGER, open_programs INTEGER DEFAULT 0) STRICT;
        CREATE INDEX runs_group ON runs(process_group, number);
        CREATE TABLE claims(
          number INTEGER PRIMARY KEY, run INTEGER NOT NULL, stage TEXT NOT NULL,
          since TEXT NOT NULL, until TEXT NOT NULL, seconds REAL NOT NULL, uptime REAL) STRICT;
        CREATE TABLE listings(
          source TEXT PRIMARY KEY, listed_until TEXT NOT NULL, noted_at TEXT NOT NULL) STRICT;
        CREATE TABLE leases(
          call INTEGER PRIMARY KEY, claim INTEGER NOT NULL, since TEXT NOT NULL) STRICT;
        CREATE INDEX leases_claim ON leases(claim);
        CREATE TABLE enrolled(stage TEXT PRIMARY KEY, up_to INTEGER NOT NULL) STRICT;
        CREATE TABLE holds(
          number INTEGER PRIMARY KEY, call INTEGER NOT NULL, reason TEXT NOT NULL,
          since TEXT NOT NULL, released_at TEXT, release_reason TEXT) STRICT;
        CREATE UNIQUE INDEX holds_now ON holds(call) WHERE released_at IS NULL;
        CREATE TABLE audit(
          number INTEGER PRIMARY KEY, time TEXT NOT NULL, action TEXT NOT NULL, call_id TEXT,
          stage TEXT, detail TEXT, run INTEGER, hash TEXT NOT NULL) STRICT;

        CREATE TABLE tallies(
          stage TEXT NOT NULL, status TEXT NOT NULL, hour TEXT NOT NULL, count INTEGER NOT NULL,
          PRIMARY KEY(stage, status, hour)) STRICT, WITHOUT ROWID;
        CREATE TRIGGER outcomes_added AFTER INSERT ON outcomes WHEN NEW.counted IS NULL BEGIN
          \(count)
        END;
        CREATE TRIGGER outcomes_changed AFTER UPDATE OF status, finished_at ON outcomes
          WHEN OLD.status <> NEW.status OR OLD.finished_at IS NOT NEW.finished_at BEGIN
          \(uncount)
          \(count)
        END;
        CREATE TRIGGER outcomes_removed AFTER DELETE ON outcomes BEGIN
          \(uncount)
        END;
        """

    /// Counts an outcome by the hour in which it was finished, as its row comes.
    private static let count = """
        INSERT INTO tallies
            VALUES (NEW.stage, NEW.status, ifnull(substr(NEW.finished_at, 1, 13), ''), 1)
            ON CONFLICT DO UPDATE SET count = count + 1;
        """

    private static let uncount = """
        UPDATE tallies SET count = count - 1 WHERE stage = OLD.stage AND status = OLD.status
            AND hour = ifnull(substr(OLD.finished_at, 1, 13), '');
        """
}
