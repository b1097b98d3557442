// Statement: a prepared statement, its parameters and the columns of its rows.
internal import CSQLite
package import Records

/// A prepared statement, which its owner's end finalizes.
///
/// A bind or a read that SQLite refuses is a bug of the program: it throws a failure of scope
/// `stop` and kind `internal`, so that no value is silently NULL.
@safe
package struct Statement: ~Copyable {
    private let handle: OpaquePointer
    private let database: Database

    /// Prepares a statement.
    ///
    /// The corresponding C function is `sqlite3_prepare_v3`.
    package init(_ database: Database, _ sql: String) throws(Failure) {
        unsafe handle = try database.prepare(sql)
        self.database = database
    }

    deinit {
        unsafe sqlite3_finalize(handle)
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

    /// Runs a statement that returns no rows, and makes it ready for the next time.
    package func run() throws(Failure) {
        _ = try step()
        reset()
    }

    /// Binds values to all parameters in their order, then runs the statement.
    package func run<A: SQLValue, B: SQLValue, C: SQLValue>(
        _ first: A, _ second: B = Unbound(), _ third: C = Unbound()
    ) throws(Failure) {
        try bind(first, second, third)
        try run()
    }

    /// Binds values to all parameters by their names, then runs the statement.
    package func run(_ values: KeyValuePairs<StaticString, any SQLValue>) throws(Failure) {
        try bind(values)
        try run()
    }

    /// The first row, read by the closure; `nil` when there is none.
    package func first<Result>(
        _ read: (borrowing Statement) throws(Failure) -> Result
    ) throws(Failure) -> Result? {
        defer { reset() }
        return try step() ? read(self) : nil
    }

    /// Every row, read by the closure.
    package func all<Result>(
        _ read: (borrowing Statement) throws(Failure) -> Result
    ) throws(Failure) -> [Result] {
        defer { reset() }
        var rows: [Result] = []
        while try step() { rows.append(try read(self)) }
        return rows
    }

    /// Makes the statement ready for the next time; its bound values stay.
    ///
    /// The corresponding C function is `sqlite3_reset`.
    package func reset() {
        unsafe sqlite3_reset(handle)
    }

    /// A failure of this program in its use of the statement.
    private func bug(_ what: String) -> Failure {
        let sql = unsafe sqlite3_sql(handle).map { unsafe String(cString: $0) } ?? ""
        return Failure(.stop, .internal, "use checkpoint \(database.path): \(what) of: \(sql)")
    }
}

/// The place of a value that a call leaves out.
package struct Unbound: SQLValue {
    package init() {}
    package func bind(to statement: borrowing Statement, at place: Int32) {}
}

// Parameters.
extension Statement {
    /// Binds values to all parameters in their order, `?1`, `?2`, `?3`; more parameters have names.
    package func bind<A: SQLValue, B: SQLValue, C: SQLValue>(
        _ first: A, _ second: B = Unbound(), _ third: C = Unbound()
    ) throws(Failure) {
        let count: Int32 = B.self == Unbound.self ? 1 : C.self == Unbound.self ? 2 : 3
        try expect(parameters: count)
        try first.bind(to: self, at: 1)
        try second.bind(to: self, at: 2)
        try third.bind(to: self, at: 3)
    }

    /// Binds values to all parameters by their names, such as `:call`.
    package func bind(_ values: KeyValuePairs<StaticString, any SQLValue>) throws(Failure) {
        try expect(parameters: Int32(values.count))
        for (name, value) in values { try value.bind(to: self, at: place(of: name)) }
    }

    /// The place of a named parameter, counted from 1.
    ///
    /// The corresponding C function is `sqlite3_bind_parameter_index`.
    package func place(of name: StaticString) throws(Failure) -> Int32 {
        let place = name.withUTF8Buffer { name in
            unsafe name.withMemoryRebound(to: CChar.self) { name in
                unsafe sqlite3_bind_parameter_index(handle, name.baseAddress)
            }
        }
        guard place > 0 else { throw bug("there is no parameter \(name)") }
        return place
    }

    private func expect(parameters count: Int32) throws(Failure) {
        let there = unsafe sqlite3_bind_parameter_count(handle)
        guard there == count else { throw bug("\(count) values for \(there) parameters") }
    }

    private func check(_ code: Int32, _ place: Int32) throws(Failure) {
        guard code == SQLITE_OK else {
            let reason = unsafe String(cString: sqlite3_errstr(code))
            throw bug("bind parameter \(place): \(reason)")
        }
    }

    func bind(at place: Int32, _ number: Int64) throws(Failure) {
        try check(unsafe sqlite3_bind_int64(handle, place, number), place)
    }

    func bind(at place: Int32, _ number: Double) throws(Failure) {
        try check(unsafe sqlite3_bind_double(handle, place, number), place)
    }

    func bind(at place: Int32, _ text: String) throws(Failure) {
        var text = text
        let code = text.withUTF8 { utf8 in
            unsafe utf8.withMemoryRebound(to: CChar.self) { utf8 in
                unsafe csqlite_bind_copy(
                    handle, place, utf8.baseAddress, Int32(clamping: utf8.count))
            }
        }
        try check(code, place)
    }

    func bindNull(at place: Int32) throws(Failure) {
        try check(unsafe sqlite3_bind_null(handle, place), place)
    }

    /// Binds text that the caller keeps until ``reset()``; no text is NULL.
    func bind(
        at place: Int32, borrowing text: UnsafeBufferPointer<UInt8>?
    ) throws(Failure) {
        guard let text = unsafe text, let start = text.baseAddress else {
            return try bindNull(at: place)
        }
        let code = unsafe start.withMemoryRebound(to: CChar.self, capacity: text.count) { start in
            unsafe sqlite3_bind_text(handle, place, start, Int32(clamping: text.count), nil)
        }
        try check(code, place)
    }
}

// Columns.
extension Statement {
    /// A column as text that is valid until the next step; `nil` for NULL.
    func bytes(_ column: Int32) throws(Failure) -> UnsafeBufferPointer<UInt8>? {
        if try isNull(column) { return nil }
        guard let start = unsafe sqlite3_column_text(handle, column) else {
            throw bug("read column \(column): there is no memory")
        }
        let count = unsafe Int(sqlite3_column_bytes(handle, column))
        return unsafe UnsafeBufferPointer(start: start, count: count)
    }

    /// A column as a copy of its text; `nil` for NULL.
    package func copy(_ column: Int32) throws(Failure) -> [UInt8]? {
        unsafe try bytes(column).map { unsafe Array($0) }
    }

    /// Adds the text of a column to other text; false for NULL.
    package func append(_ column: Int32, to text: inout [UInt8]) throws(Failure) -> Bool {
        guard let bytes = unsafe try bytes(column) else { return false }
        unsafe text.append(contentsOf: bytes)
        return true
    }

    /// A column as text; `nil` for NULL.
    package func string(_ column: Int32) throws(Failure) -> String? {
        unsafe try bytes(column).map { unsafe String(decoding: $0, as: UTF8.self) }
    }

    /// A column as text that is never NULL.
    package func text(_ column: Int32) throws(Failure) -> String {
        guard let text = try string(column) else { throw bug("read column \(column): it is NULL") }
        return text
    }

    /// A column as an integer; `nil` for NULL.
    package func whole(_ column: Int32) throws(Failure) -> Int64? {
        if try isNull(column) { return nil }
        return unsafe sqlite3_column_int64(handle, column)
    }

    /// A column as an integer that is never NULL.
    package func integer(_ column: Int32) throws(Failure) -> Int64 {
        guard let number = try whole(column) else { throw bug("read column \(column): it is NULL") }
        return number
    }

    /// A column as a number; `nil` for NULL.
    package func number(_ column: Int32) throws(Failure) -> Double? {
        if try isNull(column) { return nil }
        return unsafe sqlite3_column_double(handle, column)
    }

    /// True for NULL.
    package func isNull(_ column: Int32) throws(Failure) -> Bool {
        guard unsafe column < sqlite3_data_count(handle) else {
            throw bug("read column \(column): there is none")
        }
        return unsafe sqlite3_column_type(handle, column) == SQLITE_NULL
    }
}
