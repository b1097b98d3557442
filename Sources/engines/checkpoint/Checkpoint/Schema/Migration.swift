// Migration: brings a file to the schema of this program, or refuses it.
package import CheckpointSchema
package import Records

extension Schema {
    /// Brings a file to this version; of many processes, the first one does it.
    ///
    /// - Parameters:
    ///   - database: The open file.
    ///   - saving: Copies the file aside before it is changed; gets its version.
    /// - Throws: `Failure` of scope `stop`.
    package func migrate(
        _ database: Database, saving: (Int) throws(Failure) -> Void
    ) throws(Failure) {
        if try storedVersion(database) == version { return }
        try database.execute("BEGIN IMMEDIATE")
        do throws(Failure) {
            // Another process may have done it while this one waited for the lock. The copy is made
            // with the lock held, so there is one, and it has all that older programs committed.
            let before = try storedVersion(database)
            if before > 0, before < version { try saving(before) }
            for step in steps[before...] { try database.execute(step) }
            try database.execute(
                """
                PRAGMA application_id = \(Schema.applicationID); PRAGMA user_version = \(version);
                """)
            try database.execute(Schema.views)
            try database.execute("COMMIT")
        } catch {
            try? database.execute("ROLLBACK")
            throw error
        }
    }

    /// The file's version, 0 for an empty one.
    ///
    /// - Throws: `Failure` of scope `stop`, kind `configuration`, for another program's database and
    ///   for a newer version.
    package func storedVersion(_ database: Database) throws(Failure) -> Int {
        // In this order, since another process may make the tables in between: a file that is empty
        // at first and ours at last must not look like another program's.
        let isEmpty = try database.number("SELECT count(*) FROM sqlite_schema") == 0
        let stored = try database.number("PRAGMA user_version")
        let owner = try database.number("PRAGMA application_id")
        guard owner == Schema.applicationID || (isEmpty && owner == 0 && stored == 0) else {
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

    /// Throws for a file of another version, for a program that only reads.
    func requireCurrent(_ database: Database) throws(Failure) {
        let stored: Int
        do throws(Failure) {
            stored = try storedVersion(database)
        } catch {
            guard error.kind == .storage else { throw error }
            // File and directory are read-only, and no other program has the file open.
            throw Failure(
                .stop, .storage,
                "read checkpoint \(database.path): SQLite cannot make \(database.path)-shm "
                    + "beside it, through which readers and writers see each other",
                remedy: "run it as a user who may write that directory, or read a copy")
        }
        if stored == version { return }
        if stored == 0 { throw Database.empty(database.path) }
        throw Failure(
            .stop, .configuration,
            "read checkpoint \(database.path): it has version \(stored), and this program reads "
                + "version \(version)",
            remedy: "run a tool that writes to the checkpoint, which brings it up to date")
    }
}
