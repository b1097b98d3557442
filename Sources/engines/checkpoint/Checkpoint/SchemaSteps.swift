// SchemaSteps: the tables of callpipe-state(5), as each version made them.

extension Schema {
    /// The tables of version 1.
    ///
    /// Outcomes are kept by the call's number, not its id: with ids that come in no order, text
    /// keys cost 2.4 times as much at a million calls (every row lands on another page), and 1.3
    /// times with ids in order. The view `stages` has them by id.
    ///
    /// The record stands last in its row, so that no other column lies behind its overflow pages.
    /// Rows of stages that are done are in no index: there are millions of them, and nobody looks
    /// for one but by its call.
    static let first = """
        CREATE TABLE calls(
          number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, source TEXT NOT NULL,
          start_time TEXT, duration REAL, batch TEXT, seen_at TEXT NOT NULL,
          updated_at TEXT NOT NULL, record TEXT NOT NULL) STRICT;
        CREATE INDEX calls_start ON calls(start_time);
        CREATE TABLE outcomes(
          call INTEGER NOT NULL, stage TEXT NOT NULL, status TEXT NOT NULL,
          attempts INTEGER NOT NULL DEFAULT 0, not_before TEXT,
          lease_owner TEXT, lease_until TEXT,
          error_class TEXT, error_kind TEXT, error_message TEXT,
          started_at TEXT, finished_at TEXT, seconds REAL,
          PRIMARY KEY(call, stage)) STRICT, WITHOUT ROWID;
        CREATE INDEX outcomes_open ON outcomes(stage, status, not_before)
          WHERE status NOT IN ('completed', 'skipped');
        CREATE TABLE errors(
          number INTEGER PRIMARY KEY, time TEXT NOT NULL, stage TEXT, severity TEXT NOT NULL,
          category TEXT NOT NULL, message TEXT NOT NULL, call_id TEXT, run TEXT) STRICT;
        CREATE UNIQUE INDEX errors_once ON errors(call_id, stage, time);
        CREATE TABLE batches(name TEXT PRIMARY KEY, created_at TEXT NOT NULL, note TEXT) STRICT;
        CREATE TABLE runs(
          id TEXT PRIMARY KEY, name TEXT, batch TEXT, host TEXT, started_at TEXT NOT NULL,
          finished_at TEXT, exit_status INTEGER, counts TEXT, max_memory INTEGER) STRICT;
        """

    /// Version 2: leases, runs, holds, the audit chain, and counts that are kept as rows change.
    ///
    /// Outcomes that are open carry the start of their recording and, until it is fetched, the time
    /// when the service purges it, so that the queue of a stage is read in order from an index,
    /// however many calls are done; with the status, so that counting needs no row. A lease stands in no
    /// outcome: one that nobody holds any more leaves a stage as it was.
    static let second = """
        DROP VIEW IF EXISTS stages;
        CREATE TABLE calls_2(
          number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, source TEXT NOT NULL,
          start_time TEXT, duration REAL, batch TEXT, expires TEXT, seen_at TEXT NOT NULL,
          updated_at TEXT NOT NULL, erased_at TEXT, record TEXT NOT NULL) STRICT;
        INSERT INTO calls_2
          SELECT number, id, source, start_time, duration, batch,
            iif(json_valid(record) AND json_type(record, '$.audio') IS NULL,
              strftime('%Y-%m-%dT%H:%M:%fZ', json_extract(record, '$.recording.expires')), NULL),
            seen_at, updated_at, NULL, record
          FROM calls ORDER BY number;
        DROP TABLE calls;
        ALTER TABLE calls_2 RENAME TO calls;
        CREATE INDEX calls_start ON calls(start_time);

        CREATE TABLE outcomes_2(
          call INTEGER NOT NULL, stage TEXT NOT NULL, status TEXT NOT NULL,
          attempts INTEGER NOT NULL DEFAULT 0, not_before TEXT, start_time TEXT, expires TEXT,
          error_class TEXT, error_kind TEXT, error_message TEXT,
          started_at TEXT, finished_at TEXT, seconds REAL, run INTEGER, counted INTEGER,
          PRIMARY KEY(call, stage)) STRICT, WITHOUT ROWID;
        INSERT INTO outcomes_2
          SELECT o.call, o.stage, iif(o.status = 'processing', 'pending', o.status), o.attempts,
            o.not_before, c.start_time, c.expires, o.error_class, o.error_kind, o.error_message,
            o.started_at, o.finished_at, o.seconds, NULL, NULL
          FROM outcomes AS o JOIN calls AS c ON c.number = o.call ORDER BY o.call, o.stage;
        DROP TABLE outcomes;
        ALTER TABLE outcomes_2 RENAME TO outcomes;
        CREATE INDEX outcomes_due ON outcomes(stage, start_time, status)
          WHERE status IN ('pending', 'queued');
        CREATE INDEX outcomes_expiring ON outcomes(stage, expires, status)
          WHERE status IN ('pending', 'queued');
        CREATE INDEX outcomes_queued ON outcomes(stage, start_time) WHERE status = 'queued';
        CREATE INDEX outcomes_failed ON outcomes(stage, finished_at) WHERE status = 'failed';

        DROP TABLE runs;
        CREATE TABLE runs(
          number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, name TEXT, batch TEXT, host TEXT,
          machine TEXT, boot TEXT, namespace TEXT, process_group INTEGER, leader_start INTEGER,
          started_at TEXT NOT NULL, finished_at TEXT, exit_status INTEGER, counts TEXT,
          max_memory INTEGER) STRICT;
        CREATE INDEX runs_group ON runs(process_group, number);
        CREATE TABLE claims(
          number INTEGER PRIMARY KEY, run INTEGER NOT NULL, stage TEXT NOT NULL,
          since TEXT NOT NULL, until TEXT NOT NULL, seconds REAL NOT NULL) STRICT;
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
        CREATE INDEX errors_time ON errors(time);

        CREATE TABLE tallies(
          stage TEXT NOT NULL, status TEXT NOT NULL, hour TEXT NOT NULL, count INTEGER NOT NULL,
          PRIMARY KEY(stage, status, hour)) STRICT, WITHOUT ROWID;
        INSERT INTO tallies
          SELECT stage, status, ifnull(substr(finished_at, 1, 13), ''), count(*)
          FROM outcomes GROUP BY 1, 2, 3;
        CREATE TRIGGER calls_fetched AFTER UPDATE OF expires ON calls
          WHEN OLD.expires IS NOT NULL AND NEW.expires IS NULL BEGIN
          UPDATE outcomes SET expires = NULL WHERE call = NEW.number AND expires IS NOT NULL;
        END;
        CREATE TRIGGER outcomes_added AFTER INSERT ON outcomes WHEN NEW.counted IS NULL BEGIN
          INSERT INTO tallies
            VALUES (NEW.stage, NEW.status, ifnull(substr(NEW.finished_at, 1, 13), ''), 1)
            ON CONFLICT DO UPDATE SET count = count + 1;
        END;
        CREATE TRIGGER outcomes_changed AFTER UPDATE OF status, finished_at ON outcomes
          WHEN OLD.status <> NEW.status OR OLD.finished_at IS NOT NEW.finished_at BEGIN
          UPDATE tallies SET count = count - 1 WHERE stage = OLD.stage AND status = OLD.status
            AND hour = ifnull(substr(OLD.finished_at, 1, 13), '');
          INSERT INTO tallies
            VALUES (NEW.stage, NEW.status, ifnull(substr(NEW.finished_at, 1, 13), ''), 1)
            ON CONFLICT DO UPDATE SET count = count + 1;
        END;
        CREATE TRIGGER outcomes_removed AFTER DELETE ON outcomes BEGIN
          UPDATE tallies SET count = count - 1 WHERE stage = OLD.stage AND status = OLD.status
            AND hour = ifnull(substr(OLD.finished_at, 1, 13), '');
        END;
        """
}
