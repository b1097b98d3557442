// Schema: which version a checkpoint file has, and how an older one becomes a newer one.
package import Records

/// What a checkpoint file looks like, and how an older one becomes a newer one.
package enum Schema {
    /// `PRAGMA user_version` of a file that this program writes.
    package static let version = 3
    /// `PRAGMA application_id`, which spells "cpip".
    ///
    /// Another program's database is not ours to add tables to.
    package static let applicationID = 0x6370_6970

    /// What makes version N+1 of version N.
    ///
    /// A step that was released is never changed again: files out there were made by it.
    private static let steps = [first, second, third]

    /// Brings the file to this program's version, once, whoever comes first.
    ///
    /// - Parameters:
    ///   - database: The open file.
    ///   - saving: Copies the file aside before it is changed; gets its version.
    /// - Throws: `Failure` of scope `stop`.
    package static func migrate(
        _ database: Database, saving: (Int) throws(Failure) -> Void
    ) throws(Failure) {
        if try storedVersion(database) == version { return }
        try database.execute("BEGIN IMMEDIATE")
        do throws(Failure) {
            // Another process may have done it while this one waited for the lock. Saved with the
            // lock held: once, and with all that older programs committed.
            let before = try storedVersion(database)
            if before > 0, before < version { try saving(before) }
            for step in steps[before...] { try database.execute(step) }
            try database.execute(
                "PRAGMA application_id = \(applicationID); PRAGMA user_version = \(version)")
            try database.execute(views)
            try database.execute("COMMIT")
        } catch {
            try? database.execute("ROLLBACK")
            throw error
        }
    }

    /// The file's version, 0 for an empty one; throws for a file that this program must not touch.
    package static func storedVersion(_ database: Database) throws(Failure) -> Int {
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

    /// Throws for a file that is not of this program's version, for those who only read.
    static func requireCurrent(_ database: Database) throws(Failure) {
        let stored: Int
        do throws(Failure) {
            stored = try storedVersion(database)
        } catch {
            guard error.kind == .storage else { throw error }
            // A file and a directory that may not be written, and nobody who has it open.
            throw Failure(
                .stop, .storage,
                "read checkpoint \(database.path): SQLite cannot make \(database.path)-shm "
                    + "beside it, through which readers and writers see each other",
                remedy: "run it as a user who may write that directory, or read a copy")
        }
        if stored == version { return }
        throw Failure(
            .stop, .configuration,
            stored == 0
                ? "read checkpoint \(database.path): it is empty"
                : "read checkpoint \(database.path): it has version \(stored), and this program "
                    + "reads version \(version)",
            remedy: "run state-todo fetch </dev/null to bring it up to date")
    }

    private static func number(_ database: Database, _ sql: String) throws(Failure) -> Int {
        try database.value(sql).flatMap { Int($0) } ?? 0
    }
}
