// GuardedQuery: a question that somebody else wrote, which may neither write nor take for ever.
internal import CSQLite
package import Records

/// The first row of a question that is not of this program.
package struct GuardedQuery {
    /// The longest text of a column that is kept, in bytes.
    private static let longestText: Int32 = 4096
    /// The longest value and row that SQLite makes, in bytes.
    ///
    /// SQLite looks at the time between its steps only, and one step can make a value of a gigabyte.
    private static let longestValue: Int32 = 64 << 20

    /// The columns of the first row by name, each as text of at most 4,096 bytes; `nil` when there is
    /// no row.
    package let row: [(name: String, value: String?)]?

    /// Asks.
    ///
    /// Only `SELECT` is allowed: it may read tables and call functions, and nothing else, whatever
    /// the connection could do. A parameter `:now` gets the time of the checkpoint's clock.
    ///
    /// - Parameters:
    ///   - sql: The statement, without another one behind it.
    ///   - database: The file; no other statement of it may run meanwhile.
    ///   - limit: The longest time.
    /// - Throws: `Failure` of scope `item`: kind `input` for a statement that is refused, `timeout`
    ///   for one that takes too long.
    package init(_ sql: String, in database: Database, limit: Duration) throws(Failure) {
        let clock = Deadline(ContinuousClock.now + limit)
        unsafe sqlite3_set_authorizer(database.handle, GuardedQuery.authorize, nil)
        let context = unsafe Unmanaged.passUnretained(clock).toOpaque()
        unsafe sqlite3_progress_handler(database.handle, 1000, GuardedQuery.look, context)
        let usual = unsafe sqlite3_limit(
            database.handle, SQLITE_LIMIT_LENGTH, GuardedQuery.longestValue)
        defer {
            unsafe sqlite3_limit(database.handle, SQLITE_LIMIT_LENGTH, usual)
            unsafe sqlite3_progress_handler(database.handle, 0, nil, nil)
            unsafe sqlite3_set_authorizer(database.handle, nil, nil)
        }
        do throws(Failure) {
            row = try withExtendedLifetime(clock) { () throws(Failure) in
                try GuardedQuery.firstRow(sql, database)
            }
        } catch {
            if clock.isOver {
                throw Failure(
                    .item, .timeout, "ask the checkpoint: it took longer than \(limit)",
                    remedy: "let the rule's SQL read less, by an index")
            }
            // A file that is broken or locked concerns every rule.
            guard error.kind == .internal else { throw error }
            throw Failure(
                .item, .input, error.message,
                remedy: "let the rule's SQL be one SELECT over the tables of callpipe-state(5)")
        }
    }

    private static func firstRow(
        _ sql: String, _ database: Database
    ) throws(Failure) -> [(name: String, value: String?)]? {
        let (code, statement, rest) = unsafe prepare(sql, database)
        defer { unsafe sqlite3_finalize(statement) }
        if code & 0xFF == SQLITE_AUTH {
            throw Failure(
                .item, .permission, "ask the checkpoint: the statement does more than read",
                remedy: "let the rule's SQL be one SELECT over the tables of callpipe-state(5)")
        }
        guard code == SQLITE_OK else { throw database.failure(code) }
        guard let statement = unsafe statement else {
            throw Failure(.stop, .internal, "ask the checkpoint: there is no statement")
        }
        guard rest.allSatisfy({ $0.isWhitespace || $0 == ";" }) else {
            throw Failure(.stop, .internal, "ask the checkpoint: there are several statements")
        }
        for place in 1...max(1, unsafe sqlite3_bind_parameter_count(statement)) {
            guard let name = unsafe sqlite3_bind_parameter_name(statement, place) else { continue }
            guard unsafe String(cString: name) == ":now" else {
                throw Failure(
                    .stop, .internal, "ask the checkpoint: the only parameter is :now")
            }
            let now = Timestamp.now.text
            unsafe csqlite_bind_copy(statement, place, now, Int32(now.utf8.count))
        }
        switch unsafe sqlite3_step(statement) {
        case SQLITE_DONE: return nil
        case SQLITE_ROW: break
        case let code: throw database.failure(code)
        }
        return (0..<(unsafe sqlite3_column_count(statement))).map { column in
            let name = unsafe sqlite3_column_name(statement, column).map {
                unsafe String(cString: $0)
            }
            let value = unsafe sqlite3_column_text(statement, column).map { text in
                let size = unsafe min(sqlite3_column_bytes(statement, column), longestText)
                return unsafe String(
                    decoding: UnsafeBufferPointer(start: text, count: Int(size)), as: UTF8.self)
            }
            return (name ?? "", value)
        }
    }

    private static func prepare(
        _ sql: String, _ database: Database
    ) -> (Int32, OpaquePointer?, Substring) {
        var statement: OpaquePointer?
        var used = 0
        let code = unsafe sql.withCString { text in
            var tail: UnsafePointer<CChar>?
            let code = unsafe sqlite3_prepare_v2(database.handle, text, -1, &statement, &tail)
            unsafe used = tail.map { unsafe $0 - text } ?? 0
            return code
        }
        return unsafe (
            code, statement, Substring(decoding: sql.utf8.dropFirst(used), as: UTF8.self)
        )
    }

    private typealias Authorizer =
        @convention(c) (
            UnsafeMutableRawPointer?, Int32, UnsafePointer<CChar>?, UnsafePointer<CChar>?,
            UnsafePointer<CChar>?, UnsafePointer<CChar>?
        ) -> Int32

    private static let authorize: Authorizer = { _, action, _, name, _, _ in
        switch action {
        case SQLITE_SELECT, SQLITE_READ, SQLITE_RECURSIVE: return SQLITE_OK
        case SQLITE_FUNCTION:
            let isLoading = unsafe name.map { unsafe String(cString: $0) } == "load_extension"
            return isLoading ? SQLITE_DENY : SQLITE_OK
        default: return SQLITE_DENY
        }
    }

    private static let look: @convention(c) (UnsafeMutableRawPointer?) -> Int32 = { context in
        guard let context = unsafe context else { return 0 }
        let clock = unsafe Unmanaged<Deadline>.fromOpaque(context).takeUnretainedValue()
        return clock.look() ? 1 : 0
    }
}

/// The moment at which a question is over, and the memory that it was.
private final class Deadline {
    private let end: ContinuousClock.Instant
    private(set) var isOver = false

    init(_ end: ContinuousClock.Instant) { self.end = end }

    /// True, from then on, when the time is up.
    func look() -> Bool {
        if ContinuousClock.now >= end { isOver = true }
        return isOver
    }
}

extension Checkpoint {
    /// The first row of a question that somebody else wrote; see ``GuardedQuery``.
    ///
    /// - Throws: `Failure` of scope `item` for the question, of scope `stop` for the checkpoint.
    package func ask(_ sql: String, limit: Duration) throws(Failure) -> GuardedQuery {
        try GuardedQuery(sql, in: database, limit: limit)
    }
}
