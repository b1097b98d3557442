// DatabaseFailure: the codes of SQLite as failures that an operator understands.
internal import CSQLite
import Records
internal import System

extension Database {
    /// The failure of the last call on this connection.
    func failure() -> Failure { failure(unsafe sqlite3_extended_errcode(handle)) }

    /// The failure that a code of this connection means.
    func failure(_ code: Int32) -> Failure {
        let system = unsafe sqlite3_system_errno(handle)
        var failure = Database.failure(code, system, path, busyTimeout)
        if failure.kind == .internal {
            // SQL text and names of columns, never bound values.
            let reason = unsafe String(cString: sqlite3_errmsg(handle))
            failure.message += ": \(reason)"
        }
        return failure
    }

    /// The system's reason for the last failure, or SQLite's reason for the code.
    func systemReason(or code: Int32) -> String {
        Database.reason(code, unsafe sqlite3_system_errno(handle))
    }

    private static func reason(_ code: Int32, _ system: Int32) -> String {
        if system != 0 { return SystemError(code: system).reason }
        return unsafe String(cString: sqlite3_errstr(code))
    }

    /// The failure that a code means for the file at that path.
    static func failure(
        _ code: Int32, _ system: Int32, _ path: String, _ busyTimeout: Duration
    ) -> Failure {
        var failure = explanation(code, system, path, busyTimeout)
        failure.isOfCheckpoint = true
        return failure
    }

    private static func explanation(
        _ code: Int32, _ system: Int32, _ path: String, _ busyTimeout: Duration
    ) -> Failure {
        let reason = reason(code, system)
        switch code & 0xFF {
        case SQLITE_BUSY, SQLITE_LOCKED, SQLITE_PROTOCOL:
            let seconds = busyTimeout.components.seconds
            return Failure(
                .stop, .timeout,
                "lock checkpoint \(path): another program held it for \(seconds) s",
                remedy: "run it again")
        case SQLITE_NOTADB, SQLITE_CORRUPT:
            return Failure(
                .stop, .integrity, "read checkpoint \(path): \(Database.reason(code, 0))",
                remedy: "name another file with --state, or restore this one from a backup")
        case SQLITE_FULL:
            return Failure(
                .stop, .storage, "write checkpoint \(path): \(reason)",
                remedy: "make room and run it again; every record that was passed on is kept")
        case SQLITE_READONLY, SQLITE_PERM, SQLITE_AUTH:
            return Failure(
                .stop, .storage, "write checkpoint \(path): permission denied",
                remedy: "give the user who runs this the right to write the file and its directory")
        case SQLITE_CANTOPEN, SQLITE_IOERR:
            let verb = code & 0xFF == SQLITE_IOERR ? "read or write" : "open"
            return Failure(
                .stop, .storage, "\(verb) checkpoint \(path): \(reason)",
                remedy: "put it into a directory on a local disk that this user may write")
        default:
            return Failure(.stop, .internal, "use checkpoint \(path): \(Database.reason(code, 0))")
        }
    }
}
