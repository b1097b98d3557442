// PageCopy: every page of one database put into another, all from one moment.
internal import CSQLite
package import Records

/// SQLite's online backup, in bounded time.
///
/// By itself, SQLite begins the copy again when another process commits to the source. Here the
/// source has a read transaction open from the first page to the last, so all pages are from one
/// moment, and the time depends on their number alone. With a write-ahead log such a reader blocks
/// no writer; the log grows by what is written meanwhile.
@safe
package struct PageCopy: ~Copyable {
    private let handle: OpaquePointer
    private let source: Database
    private let target: Database
    /// 8 MiB of pages; between two steps the caller may end the copy.
    private static let step: Int32 = 1024

    /// Begins the read transaction whose content is copied.
    ///
    /// - Parameters:
    ///   - source: A connection that has no transaction open.
    ///   - target: Another connection without one, whose content is replaced.
    /// - Throws: `Failure` of scope `stop`.
    package init(from source: Database, to target: Database) throws(Failure) {
        try source.execute("BEGIN; SELECT count(*) FROM sqlite_schema")
        guard
            let handle = unsafe sqlite3_backup_init(target.handle, "main", source.handle, "main")
        else {
            try? source.execute("ROLLBACK")
            throw target.failure()
        }
        unsafe self.handle = handle
        self.source = source
        self.target = target
    }

    /// Locks the target against writers, and changes nothing yet.
    package borrowing func lock() throws(Failure) {
        // A step of no pages does what the first step does before its first page.
        let code = unsafe sqlite3_backup_step(handle, 0)
        guard code == SQLITE_OK else { throw target.failure(code) }
    }

    /// Copies all pages; when that returns, the target is the source.
    ///
    /// - Parameter goesOn: Asked every few megabytes; on false the target stays as it was.
    /// - Throws: `Failure` of scope `stop`.
    package borrowing func run(_ goesOn: () -> Bool) throws(Failure) {
        while true {
            let code = unsafe sqlite3_backup_step(handle, PageCopy.step)
            if code == SQLITE_DONE { return }
            guard code == SQLITE_OK else { throw failure(code) }
            guard goesOn() else { throw .ended("copy checkpoint \(source.path)") }
        }
    }

    deinit {
        // Unless all pages are copied, this rolls the target back.
        unsafe sqlite3_backup_finish(handle)
        try? source.execute("ROLLBACK")
    }

    /// SQLite reports for both files at once; a code that only one of them can cause names that one.
    private borrowing func failure(_ code: Int32) -> Failure {
        switch code & 0xFF {
        case SQLITE_CORRUPT, SQLITE_NOTADB: source.failure(code)
        // SQLITE_IOERR_READ and SQLITE_IOERR_SHORT_READ, macros that Swift does not import.
        case SQLITE_IOERR where (1...2).contains(code >> 8): source.failure(code)
        case SQLITE_FULL:
            Failure(
                .stop, .storage, "write \(target.path): \(target.systemReason(or: code))",
                remedy: "make room and run it again")
        default: target.failure(code)
        }
    }
}
