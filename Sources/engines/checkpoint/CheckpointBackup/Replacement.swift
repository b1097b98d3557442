// Replacement: the three ways in which a verified copy becomes the checkpoint.
import CheckpointSchema
import Checkpoint
internal import Files
internal import Glibc
import Records
internal import System

extension VerifiedCopy {
    /// Becomes the checkpoint where there is none.
    ///
    /// - Parameters:
    ///   - state: The checkpoint's name.
    ///   - kept: The name that a log without its file gets.
    /// - Returns: False, since no checkpoint was kept.
    /// - Throws: `Failure` of scope `stop`.
    func settle(at state: String, after kept: String) throws(Failure) -> Bool {
        try prepare(replacing: nil, keptAs: nil)
        let meanwhile = Failure(
            .stop, .timeout, "write \(state): another program has made it meanwhile",
            remedy: "run it again")
        // A log beside a file belongs to that file, and is in use.
        if FileSystem.exists(state) { throw meanwhile }
        try VerifiedCopy.setLogAside(of: state, as: kept)
        guard try link(to: state) else { throw meanwhile }
        return false
    }

    /// Replaces the content of a checkpoint that others may have open, in one commit.
    ///
    /// After a renaming they would have the old file, and their next log would lie beside the new
    /// one, which destroys a database. So SQLite itself puts every page into the file that is there:
    /// a program that waits for the lock goes on with the new content, and a crash leaves the old.
    ///
    /// - Parameters:
    ///   - old: The open checkpoint; `nil` for an empty file.
    ///   - state: Its path.
    ///   - kept: The name of the copy that is made of it first.
    ///   - busyTimeout: The longest wait for its lock.
    ///   - goesOn: Asked every few megabytes.
    /// - Returns: True when there was a checkpoint to keep.
    /// - Throws: `Failure` of scope `stop`.
    func replace(
        _ old: Checkpoint?, _ state: String, keptAs kept: String, _ busyTimeout: Duration,
        _ goesOn: () -> Bool
    ) throws(Failure) -> Bool {
        let head = try old?.database.value("SELECT hash FROM audit ORDER BY number DESC LIMIT 1")
        try prepare(replacing: head, keptAs: old == nil ? nil : kept)
        let target = try Database(state, busyTimeout: busyTimeout)
        try fitPages(to: target)
        let source = try Database(path, busyTimeout: .zero, for: .immutable)
        let pages = try PageCopy(from: source, to: target)
        // From here on no other program writes or claims.
        try pages.lock()
        if let old {
            let count = try Claims.countInWork(old)
            guard count == 0 else {
                throw Failure(
                    .stop, .timeout,
                    "replace checkpoint \(state): \(count) of its records are in work",
                    remedy: "let the pipeline end, or stop it, and run it again")
            }
            try DatabaseCopy.make(
                kept, by: state + ".keep-part", from: Database(state, busyTimeout: busyTimeout),
                goesOn)
        }
        try pages.run(goesOn)
        return old != nil
    }

    /// Takes the name of a file that cannot be read, which gets another.
    ///
    /// - Parameters:
    ///   - state: The checkpoint's name.
    ///   - kept: The name that the file gets, and its log with it.
    /// - Returns: True, since the file was kept.
    /// - Throws: `Failure` of scope `stop`, kind `timeout` while a program has it open.
    func displace(_ state: String, keptAs kept: String) throws(Failure) -> Bool {
        // Its leases cannot be read either.
        if let process = ProcessUsingFile.all(of: state).first {
            throw Failure(
                .stop, .timeout,
                "replace checkpoint \(state): \(process.name) (process \(process.number)) has it open",
                remedy: "end that, and run it again")
        }
        try prepare(replacing: nil, keptAs: kept)
        do throws(SystemError) {
            try sync()
            // The name is never without a file: it has the old one until it has the new one.
            try FileSystem.link(state, as: kept)
            try StagedFile.syncDirectory(of: state)
        } catch {
            throw DatabaseCopy.failure("keep \(state)", error)
        }
        try VerifiedCopy.setLogAside(of: state, as: kept)
        do throws(SystemError) {
            try StagedFile.rename(path, to: state, descriptor: nil)
            try StagedFile.syncDirectory(of: state)
        } catch {
            throw DatabaseCopy.failure("write \(state)", error)
        }
        return true
    }

    /// Opens the copy as programs do, after it is brought to their version.
    @discardableResult
    func opened(schema: Schema = .current) throws(Failure) -> Checkpoint {
        // The backup itself is the copy from before the change.
        try schema.migrate(Database(path, busyTimeout: .zero)) { _ throws(Failure) in }
        return try Checkpoint(path, busyTimeout: .zero, schema: schema)
    }

    /// Gives the copy a name that no file has; false when a file has it.
    func link(to name: String) throws(Failure) -> Bool {
        do throws(SystemError) {
            try sync()
            try FileSystem.link(path, as: name)
            try StagedFile.syncDirectory(of: name)
        } catch {
            if error.code == EEXIST { return false }
            throw DatabaseCopy.failure("write \(name)", error)
        }
        return true
    }

    private func sync() throws(SystemError) {
        let file = try OwnedDescriptor(opening: path, O_RDONLY)
        try Descriptor.sync(file.number)
    }

    /// Brings the copy to this program's version, adds a line to its audit chain, and ends all of its
    /// leases; then only its name is missing.
    private func prepare(replacing head: String?, keptAs kept: String?) throws(Failure) {
        let checkpoint = try opened()
        let detail = JSON.members([
            "file": .text(backup.split(separator: "/").last.map(String.init)),
            "sha256": .text(manifest?.backup.sha256), "replaced_head": .text(head),
            "kept": .text(kept?.split(separator: "/").last.map(String.init)),
        ])
        do {
            try checkpoint.transaction {
                try checkpoint.begin()
                try checkpoint.database.execute("DELETE FROM leases; DELETE FROM claims")
                try Audit(checkpoint).append(.restored, nil, detail: detail.text)
            }
            try checkpoint.end(status: 0)
        } catch {
            throw error as? Failure
                ?? Failure(.stop, .internal, "prepare the copy of \(backup): \(error)")
        }
    }

    /// Gives the copy the target's page size, which a write-ahead log does not let change.
    private func fitPages(to target: Database) throws(Failure) {
        guard try target.value("PRAGMA journal_mode") == "wal" else { return }
        let size = try target.value("PRAGMA page_size") ?? ""
        let own = try Database(path, busyTimeout: .zero)
        if try own.value("PRAGMA page_size") == size { return }
        // VACUUM needs room for another copy: on the disk of the database, not in memory.
        try own.execute(
            """
            PRAGMA journal_mode = DELETE; PRAGMA temp_store = FILE; PRAGMA page_size = \(size);
            VACUUM; PRAGMA journal_mode = WAL
            """)
    }

    /// Renames a log that has no file, so that it does not meet another file.
    private static func setLogAside(of state: String, as kept: String) throws(Failure) {
        do throws(SystemError) {
            try FileSystem.rename(state + "-wal", to: kept + "-wal")
        } catch {
            if error.code != ENOENT { throw DatabaseCopy.failure("keep \(state)-wal", error) }
        }
        do throws(SystemError) {
            try FileSystem.remove(state + "-shm")
        } catch {
            if error.code != ENOENT { throw DatabaseCopy.failure("remove \(state)-shm", error) }
        }
    }
}
