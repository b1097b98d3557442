// DatabaseCopy: the whole checkpoint as a second file, made while others read and write.
internal import Files
internal import Glibc
package import Records
package import System

/// Makes one file of a checkpoint and its log.
package enum DatabaseCopy {
    /// Copies a checkpoint into a file for its owner only, without waiting until it is on the disk.
    ///
    /// - Parameters:
    ///   - path: The copy; a file of that name is replaced.
    ///   - source: A connection without a transaction.
    ///   - goesOn: Asked every few megabytes; false ends the copy.
    /// - Throws: `Failure` of scope `stop`.
    package static func fill(
        _ path: String, from source: Database, _ goesOn: () -> Bool
    ) throws(Failure) {
        try clear(path)
        do throws(SystemError) {
            _ = try OwnedDescriptor(opening: path, O_RDWR | O_CREAT | O_EXCL, mode: 0o600)
        } catch {
            throw failure("create \(path)", error)
        }
        let target = try Database(path, busyTimeout: .zero)
        // A copy that a crash leaves behind is thrown away, so its changes need no journal.
        try target.execute(
            "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -16384")
        try PageCopy(from: source, to: target).run(goesOn)
    }

    /// Copies a checkpoint under a name that stands for a whole copy: it is on the disk, or absent.
    ///
    /// - Parameters:
    ///   - path: The copy; no file has that name yet.
    ///   - staged: The name of the copy until it is whole, for one writer at a time.
    ///   - source: A connection without a transaction.
    ///   - goesOn: Asked every few megabytes; false ends the copy.
    /// - Throws: `Failure` of scope `stop`.
    package static func make(
        _ path: String, by staged: String, from source: Database, _ goesOn: () -> Bool
    ) throws(Failure) {
        do throws(Failure) {
            try fill(staged, from: source, goesOn)
            try settle(staged, as: path)
        } catch {
            try? FileSystem.remove(staged)
            throw error
        }
    }

    /// Puts a whole file on the disk and under its name.
    private static func settle(_ staged: String, as path: String) throws(Failure) {
        do throws(SystemError) {
            let file = try OwnedDescriptor(opening: staged, O_RDONLY)
            try StagedFile.rename(staged, to: path, descriptor: file.number)
        } catch {
            throw failure("write \(path)", error)
        }
    }

    /// Copies a checkpoint aside before its tables change, if it has calls.
    ///
    /// The caller has the write lock, so the copy has all that was ever committed; it reads the file
    /// through a connection of its own.
    ///
    /// - Parameters:
    ///   - path: The checkpoint.
    ///   - version: The version of its tables, for the name of the copy.
    /// - Returns: The copy's path, `state.db.v1-20240115_140311.backup`; `nil` without calls.
    /// - Throws: `Failure` of scope `stop`; then the tables must not be changed.
    @discardableResult
    static func beforeMigration(of path: String, from version: Int) throws(Failure) -> String? {
        do throws(Failure) {
            let source = try Database(path, busyTimeout: .zero)
            guard try source.value("SELECT 1 FROM calls LIMIT 1") != nil else { return nil }
            let copy = free("\(path).v\(version)-", at: .now, ".backup")
            try make(copy, by: "\(path).migration-part", from: source) { true }
            return copy
        } catch {
            var failure = error
            failure.remedy = "the checkpoint is unchanged: correct the cause and run it again"
            throw failure
        }
    }

    /// A name with a time in it that no file has yet.
    package static func free(
        _ prefix: String, at time: Timestamp, _ suffix: String
    ) -> String {
        var time = time
        while true {
            let path = prefix + stamp(time) + suffix
            if !FileSystem.exists(path) { return path }
            time = time.adding(seconds: 1)
        }
    }

    /// `20240115_140311`, in UTC.
    package static func stamp(_ time: Timestamp) -> String {
        let digits = time.text.filter { $0 >= "0" && $0 <= "9" }
        return "\(digits.prefix(8))_\(digits.dropFirst(8).prefix(6))"
    }

    /// Removes a copy that was not finished, with the files that SQLite put beside it.
    package static func clear(_ path: String) throws(Failure) {
        for suffix in ["", "-journal", "-wal", "-shm"] {
            do throws(SystemError) {
                try FileSystem.remove(path + suffix)
            } catch {
                if error.code != ENOENT { throw failure("remove \(path + suffix)", error) }
            }
        }
    }

    /// A failure of the file system, for a file that holds a checkpoint.
    package static func failure(_ action: String, _ error: SystemError) -> Failure {
        let isFull = [ENOSPC, EDQUOT, EFBIG].contains(error.code)
        return Failure(
            .stop, .storage, "\(action): \(error.reason)",
            remedy: isFull
                ? "make room and run it again" : "make its directory writable for this user")
    }
}

extension Failure {
    /// Work that takes long was interrupted before it was done; it left nothing behind.
    package static func ended(_ action: String) -> Failure {
        Failure(.stop, .timeout, "\(action): it was interrupted", remedy: "run it again")
    }
}
