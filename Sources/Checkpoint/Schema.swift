// Schema: the tables of callpipe-state(5), version by version.
import Records

/// What a checkpoint file looks like, and how an older one becomes a newer one.
enum Schema {
    /// `PRAGMA user_version` of a file that this program writes.
    static let version = 1
    /// `PRAGMA application_id`, which spells "cpip".
    ///
    /// Another program's database is not ours to add tables to.
    static let applicationID = 0x6370_6970

    /// The tables of version 1.
    ///
    /// Outcomes are kept by the call's number, not its id: with ids that come in no order, text
    /// keys cost 2.4 times as much at a million calls (every row lands on another page), and 1.3
    /// times with ids in order. The view `stages` has them by id.
    ///
    /// The record stands last in its row, so that no other column lies behind its overflow pages.
    /// Rows of stages that are done are in no index: there are millions of them, and nobody looks
    /// for one but by its call.
    private static let first = """
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
        CREATE VIEW stages AS
          SELECT c.id AS call_id, o.stage, o.status, o.attempts, o.not_before, o.lease_owner,
            o.lease_until, o.error_class, o.error_kind, o.error_message, o.started_at,
            o.finished_at, o.seconds
          FROM outcomes AS o JOIN calls AS c ON c.number = o.call;
        PRAGMA application_id = \(applicationID);
        PRAGMA user_version = 1;
        """

    /// Brings the file to this program's version, once, whoever comes first.
    static func migrate(_ database: Database) throws(Failure) {
        if try storedVersion(database) == version { return }
        try database.execute("BEGIN IMMEDIATE")
        do {
            // Another process may have done it while this one waited for the lock.
            if try storedVersion(database) < 1 { try database.execute(first) }
            try database.execute("COMMIT")
        } catch {
            try? database.execute("ROLLBACK")
            throw error
        }
    }

    /// The file's version, 0 for an empty one; throws for a file that this program must not touch.
    static func storedVersion(_ database: Database) throws(Failure) -> Int {
        // In this order: whoever makes the tables in between must not look like another program,
        // so that they are empty is asked first, and whose the file is, last.
        let isEmpty = try number(database, "SELECT count(*) FROM sqlite_schema") == 0
        let stored = try number(database, "PRAGMA user_version")
        let owner = try number(database, "PRAGMA application_id")
        guard owner == applicationID || (isEmpty && owner == 0 && stored == 0) else {
            throw Failure(
                .stop, .configuration, "use \(database.path): it is another program's database",
                remedy: "name a checkpoint with --state, or a file that is not there yet")
        }
        guard stored <= version else {
            throw Failure(
                .stop, .configuration,
                "use checkpoint \(database.path): it has version \(stored), "
                    + "and this program knows up to \(version)",
                remedy: "install the callpipe that wrote it, or a newer one")
        }
        return stored
    }

    private static func number(_ database: Database, _ sql: String) throws(Failure) -> Int {
        try database.value(sql).flatMap { Int($0) } ?? 0
    }
}
