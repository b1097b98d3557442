// Database: one connection to an SQLite file, and what its answers mean.
internal import CSQLite
internal import Glibc
package import Records
internal import System

/// An open SQLite file; closed when the last owner lets go of it.
@safe
package final class Database {
    /// How a file is opened.
    package enum Access {
        /// To read and write what is there.
        case writing
        /// To read what others may write meanwhile.
        case reading
        /// To read a file that nobody writes to; nothing is locked, and nothing put beside it.
        case still
        /// To write into memory alone; the path only has a name for messages.
        case memory
    }

    package let path: String
    /// For what SQLite does with two connections at once.
    let handle: OpaquePointer
    private let busyTimeout: Duration

    /// Done once, before the first file is opened; too late, it is refused and does no harm.
    private static let isConfigured = csqlite_config() == SQLITE_OK

    /// Opens a file that is there.
    ///
    /// - Parameters:
    ///   - path: The file, absolute or relative to the working directory.
    ///   - busyTimeout: How long to wait for a lock that another process holds.
    ///   - access: What for; reading and writing unless it is said.
    /// - Throws: `Failure` of scope `stop`.
    package init(_ path: String, busyTimeout: Duration, for access: Access = .writing)
        throws(Failure)
    {
        _ = Database.isConfigured
        var opened: OpaquePointer?
        let kind =
            access == .still ? SQLITE_OPEN_READONLY | SQLITE_OPEN_URI : SQLITE_OPEN_READWRITE
        let flags = kind | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE
        let code = unsafe sqlite3_open_v2(Database.name(path, access), &opened, flags, nil)
        guard let handle = unsafe opened, code == SQLITE_OK else {
            let system = unsafe opened.map { unsafe sqlite3_system_errno($0) } ?? 0
            unsafe sqlite3_close_v2(opened)
            if access == .reading, system == ENOENT { throw Database.missing(path) }
            throw Database.failure(code, system, path, busyTimeout)
        }
        unsafe self.handle = handle
        self.path = path
        self.busyTimeout = busyTimeout
        // A file without write permission opens all the same, and fails at the first commit.
        let isReadOnly = unsafe sqlite3_db_readonly(handle, "main") != 0
        if isReadOnly, access == .writing {
            throw Database.failure(SQLITE_READONLY, 0, path, busyTimeout)
        }
        let (seconds, attoseconds) = busyTimeout.components
        let milliseconds = seconds * 1000 + attoseconds / 1_000_000_000_000_000
        unsafe sqlite3_busy_timeout(handle, Int32(clamping: milliseconds))
    }

    /// Leaves a short log beside the file at the end, for the next program to go on with.
    ///
    /// Else whoever closes the file last folds the log into it, and the next makes a new one: four
    /// times that a disk is waited for. A log of ``shortLog`` bytes or more is folded all the same,
    /// since each program that comes first reads it from its beginning.
    var leavesShortLog = false
    /// Leaves the log as it is at the end.
    var leavesLog = false
    private static let shortLog = 256 << 10

    deinit {
        if leavesLog || leavesShortLog && logSize < Database.shortLog {
            _ = unsafe csqlite_keep_log(handle)
        }
        unsafe sqlite3_close_v2(handle)
    }

    /// The bytes of the write-ahead log; none when it is not there.
    package var logSize: Int {
        var status = stat()
        return unsafe stat(path + "-wal", &status) == 0 ? Int(status.st_size) : 0
    }

    /// The path as SQLite reads it.
    private static func name(_ path: String, _ access: Access) -> String {
        if access == .memory { return ":memory:" }
        // A name such as ":memory:" or "file:x" is a file's name here.
        let name = path.hasPrefix("/") ? path : "./\(path)"
        if access != .still { return name }
        // In an address these three have a meaning.
        let marks: [Character: String] = ["%": "%25", "?": "%3f", "#": "%23"]
        return "file:" + name.reduce(into: "") { $0 += marks[$1] ?? String($1) } + "?immutable=1"
    }

    private static func missing(_ path: String) -> Failure {
        Failure(
            .stop, .configuration, "open checkpoint \(path): it is not there",
            remedy: "name the checkpoint with --state, or in CALLPIPE_STATE")
    }

    /// Runs statements that answer nothing.
    ///
    /// The corresponding C function is `sqlite3_exec`.
    package func execute(_ sql: String) throws(Failure) {
        try check(unsafe sqlite3_exec(handle, sql, nil, nil, nil))
    }

    /// The first column of the first row as text.
    package func value(_ sql: String) throws(Failure) -> String? {
        let statement = try Statement(self, sql)
        defer { statement.reset() }
        guard try statement.step() else { return nil }
        return statement.string(0)
    }

    /// Whether a transaction is open.
    var isInTransaction: Bool { unsafe sqlite3_get_autocommit(handle) == 0 }
    /// Rows that the last statement inserted, changed or deleted.
    package var changes: Int { Int(unsafe sqlite3_changes64(handle)) }
    /// The integer key of the row that was inserted last.
    var lastKey: Int64 { unsafe sqlite3_last_insert_rowid(handle) }

    fileprivate func prepare(_ sql: String) throws(Failure) -> OpaquePointer {
        var statement: OpaquePointer?
        let flags = UInt32(SQLITE_PREPARE_PERSISTENT)
        try check(unsafe sqlite3_prepare_v3(handle, sql, -1, flags, &statement, nil))
        guard let statement = unsafe statement else {
            throw Failure(.stop, .internal, "prepare a statement: it is empty")
        }
        return unsafe statement
    }

    fileprivate func check(_ code: Int32) throws(Failure) {
        guard code != SQLITE_OK else { return }
        throw failure(code)
    }

    /// What went wrong last.
    func failure() -> Failure { failure(unsafe sqlite3_extended_errcode(handle)) }

    /// The system's words for what went wrong last, or SQLite's for the code.
    func systemReason(or code: Int32) -> String {
        let system = unsafe sqlite3_system_errno(handle)
        if system != 0 { return SystemError(code: system).reason }
        return unsafe String(cString: sqlite3_errstr(code))
    }

    /// What a code means to the user.
    func failure(_ code: Int32) -> Failure {
        let system = unsafe sqlite3_system_errno(handle)
        var failure = Database.failure(code, system, path, busyTimeout)
        if failure.kind == .internal {
            // SQL text and names of columns, never bound values.
            let words = unsafe String(cString: sqlite3_errmsg(handle))
            failure.message += ": \(words)"
        }
        return failure
    }

    /// What an answer of SQLite means to the user.
    static func failure(
        _ code: Int32, _ system: Int32, _ path: String, _ busyTimeout: Duration
    ) -> Failure {
        let words = unsafe String(cString: sqlite3_errstr(code))
        let reason = system == 0 ? words : SystemError(code: system).reason
        switch code & 0xFF {
        case SQLITE_BUSY, SQLITE_LOCKED, SQLITE_PROTOCOL:
            return Failure(
                .stop, .timeout,
                "lock checkpoint \(path): another program held it for \(busyTimeout.components.seconds) s",
                remedy: "run it again")
        case SQLITE_NOTADB, SQLITE_CORRUPT:
            return Failure(
                .stop, .integrity, "read checkpoint \(path): \(words)",
                remedy: "name another file with --state, or restore this one from a backup")
        case SQLITE_FULL:
            return Failure(
                .stop, .storage, "write checkpoint \(path): \(reason)",
                remedy: "make room and run it again; nothing was passed on that is not kept")
        case SQLITE_READONLY, SQLITE_PERM, SQLITE_AUTH:
            return Failure(
                .stop, .storage, "write checkpoint \(path): it may not be written",
                remedy: "give the user who runs this the right to write the file and its directory")
        case SQLITE_CANTOPEN, SQLITE_IOERR:
            let verb = code & 0xFF == SQLITE_IOERR ? "read or write" : "open"
            return Failure(
                .stop, .storage, "\(verb) checkpoint \(path): \(reason)",
                remedy: "see that its directory is on a local disk and may be written")
        default:
            return Failure(.stop, .internal, "use checkpoint \(path): \(words)")
        }
    }
}

/// A prepared statement; finalized by its owner's end.
///
/// Text that is bound is not copied unless it says so: it has to live until ``reset()``.
@safe
package struct Statement: ~Copyable {
    private let handle: OpaquePointer
    private let database: Database

    package init(_ database: Database, _ sql: String) throws(Failure) {
        unsafe handle = try database.prepare(sql)
        self.database = database
    }

    deinit {
        unsafe sqlite3_finalize(handle)
    }

    /// Binds text that lives until the statement is reset; no text is null.
    package func bind(_ index: Int32, _ text: UnsafeBufferPointer<UInt8>?) {
        guard let text = unsafe text, let start = text.baseAddress else {
            return bindNull(index)
        }
        unsafe start.withMemoryRebound(to: CChar.self, capacity: text.count) { start in
            _ = unsafe sqlite3_bind_text(handle, index, start, Int32(text.count), nil)
        }
    }

    /// Binds a copy of a text; no text is null.
    package func bind(_ index: Int32, copying text: String?) {
        guard var text else { return bindNull(index) }
        text.withUTF8 { utf8 in
            unsafe utf8.withMemoryRebound(to: CChar.self) { utf8 in
                _ = unsafe csqlite_bind_copy(handle, index, utf8.baseAddress, Int32(utf8.count))
            }
        }
    }

    package func bind(_ index: Int32, _ number: Int64) {
        unsafe sqlite3_bind_int64(handle, index, number)
    }

    package func bind(_ index: Int32, _ number: Double?) {
        guard let number else { return bindNull(index) }
        unsafe sqlite3_bind_double(handle, index, number)
    }

    package func bindNull(_ index: Int32) {
        unsafe sqlite3_bind_null(handle, index)
    }

    /// Goes on to the next row; false when there is none.
    ///
    /// The corresponding C function is `sqlite3_step`.
    package func step() throws(Failure) -> Bool {
        let code = unsafe sqlite3_step(handle)
        if code == SQLITE_ROW { return true }
        guard code == SQLITE_DONE else {
            let failure = database.failure(code)
            reset()
            throw failure
        }
        return false
    }

    /// Runs a statement that answers nothing, and makes it ready for the next time.
    package func run() throws(Failure) {
        _ = try step()
        reset()
    }

    package func reset() {
        unsafe sqlite3_reset(handle)
    }

    /// A column as text, valid until the next step; `nil` for null.
    package func text(_ column: Int32) -> UnsafeBufferPointer<UInt8>? {
        guard let start = unsafe sqlite3_column_text(handle, column) else { return nil }
        let count = unsafe Int(sqlite3_column_bytes(handle, column))
        return unsafe UnsafeBufferPointer(start: start, count: count)
    }

    package func string(_ column: Int32) -> String? {
        unsafe text(column).map { unsafe String(decoding: $0, as: UTF8.self) }
    }

    package func integer(_ column: Int32) -> Int64 {
        unsafe sqlite3_column_int64(handle, column)
    }

    package func number(_ column: Int32) -> Double {
        unsafe sqlite3_column_double(handle, column)
    }
}
