// Database: one connection to an SQLite file.
internal import CSQLite
internal import Glibc
package import Records
internal import System

/// An open SQLite file, which closes when its last owner lets go of it.
@safe
package final class Database {
    /// How a file is opened.
    package enum Access {
        /// For reading and writing; the file has to be there.
        case writing
        /// For reading what others may write meanwhile.
        case reading
        /// For reading a file that has no writer: SQLite takes no lock and makes no file beside it.
        case immutable
        /// For writing into memory alone; the path is only a name for messages.
        case memory
    }

    package let path: String
    /// For ``PageCopy``, which needs two connections at once.
    let handle: OpaquePointer
    let busyTimeout: Duration
    /// Gets the text of each statement that is prepared, if that is asked for.
    package var onPrepare: ((String) -> Void)?

    /// Done once, before the first file is opened; later, SQLite refuses it and nothing changes.
    private static let isConfigured = csqlite_config() == SQLITE_OK

    /// Opens a file that is there.
    ///
    /// - Parameters:
    ///   - path: The file, absolute or relative to the working directory.
    ///   - busyTimeout: The longest wait for a lock that another process has.
    ///   - access: How the file is opened.
    /// - Throws: `Failure` of scope `stop`.
    package init(
        _ path: String, busyTimeout: Duration, for access: Access = .writing
    ) throws(Failure) {
        _ = Database.isConfigured
        var opened: OpaquePointer?
        let kind =
            access == .immutable ? SQLITE_OPEN_READONLY | SQLITE_OPEN_URI : SQLITE_OPEN_READWRITE
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

    /// True to leave a short log beside the file at the end, for the next program to continue.
    ///
    /// By default the last program to close the file copies the log into it, and the next program
    /// makes a new log, which waits for the disk four times. A log of ``shortLog`` bytes or more is
    /// copied in any case, because each program that comes first reads it from its beginning.
    package var leavesShortLog = false
    /// True to leave the log as it is at the end.
    var leavesLog = false
    private static let shortLog = 256 << 10

    deinit {
        if leavesLog || leavesShortLog && logSize < Database.shortLog {
            _ = unsafe csqlite_keep_log(handle)
        }
        unsafe sqlite3_close_v2(handle)
    }

    /// The size of the write-ahead log in bytes; 0 when there is none.
    package var logSize: Int {
        (try? FileStatus(of: path + "-wal"))?.size ?? 0
    }

    /// The path as SQLite reads it: a name such as ":memory:" or "file:x" is a file's name here.
    private static func name(_ path: String, _ access: Access) -> String {
        if access == .memory { return ":memory:" }
        let name = path.hasPrefix("/") ? path : "./\(path)"
        if access != .immutable { return name }
        // These three have a meaning in a URI.
        let marks: [Character: String] = ["%": "%25", "?": "%3f", "#": "%23"]
        return "file:" + name.reduce(into: "") { $0 += marks[$1] ?? String($1) } + "?immutable=1"
    }

    /// The failure of a checkpoint that has to be there.
    static func missing(_ path: String) -> Failure {
        Failure(
            .stop, .configuration, "open checkpoint \(path): it is not there",
            remedy: "name the checkpoint with --state, or in CALLPIPE_STATE")
    }

    /// The failure of a checkpoint that has no content.
    static func empty(_ path: String) -> Failure {
        Failure(
            .stop, .configuration, "read checkpoint \(path): it is empty",
            remedy: "restore it from a backup with state-restore; if it never held a record, "
                + "remove it")
    }

    /// Runs statements that return no rows.
    ///
    /// The corresponding C function is `sqlite3_exec`.
    package func execute(_ sql: String) throws(Failure) {
        try check(unsafe sqlite3_exec(handle, sql, nil, nil, nil))
    }

    /// Runs a statement once, with values for all of its parameters in their order.
    package func run<A: SQLValue, B: SQLValue, C: SQLValue>(
        _ sql: String, _ first: A, _ second: B = Unbound(), _ third: C = Unbound()
    ) throws(Failure) {
        try Statement(self, sql).run(first, second, third)
    }

    /// Runs a statement once, with values for all of its parameters by their names.
    package func run(
        _ sql: String, _ values: KeyValuePairs<StaticString, any SQLValue>
    ) throws(Failure) {
        try Statement(self, sql).run(values)
    }

    /// The first column of the first row as text; `nil` when it is NULL or there is no row.
    package func value(_ sql: String) throws(Failure) -> String? {
        try Statement(self, sql).first { row throws(Failure) in try row.string(0) } ?? nil
    }

    /// The first column of the first row as a number; 0 when it is NULL or there is no row.
    package func number(_ sql: String) throws(Failure) -> Int {
        let number = try Statement(self, sql).first { row throws(Failure) in try row.whole(0) }
        return Int((number ?? nil) ?? 0)
    }

    /// True while a transaction is open.
    var isInTransaction: Bool { unsafe sqlite3_get_autocommit(handle) == 0 }
    /// The number of rows that the last statement inserted, changed or deleted.
    package var changes: Int { Int(unsafe sqlite3_changes64(handle)) }
    /// The integer key of the row that was inserted last.
    var lastKey: Int64 { unsafe sqlite3_last_insert_rowid(handle) }

    func prepare(_ sql: String) throws(Failure) -> OpaquePointer {
        onPrepare?(sql)
        var statement: OpaquePointer?
        let flags = UInt32(SQLITE_PREPARE_PERSISTENT)
        try check(unsafe sqlite3_prepare_v3(handle, sql, -1, flags, &statement, nil))
        guard let statement = unsafe statement else {
            throw Failure(.stop, .internal, "prepare a statement: it is empty")
        }
        return unsafe statement
    }

    /// The bytes of the file that the database would be.
    ///
    /// The corresponding C function is `sqlite3_serialize`.
    func content() throws(Failure) -> [UInt8] {
        var size: Int64 = 0
        guard let bytes = unsafe sqlite3_serialize(handle, "main", &size, 0) else {
            throw Failure(.stop, .internal, "make checkpoint \(path): there is no memory")
        }
        defer { unsafe sqlite3_free(bytes) }
        return unsafe Array(UnsafeBufferPointer(start: bytes, count: Int(size)))
    }

    private func check(_ code: Int32) throws(Failure) {
        guard code != SQLITE_OK else { return }
        throw failure(code)
    }
}
