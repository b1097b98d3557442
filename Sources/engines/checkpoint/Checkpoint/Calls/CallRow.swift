// CallRow: a record as a row of the table of calls.
package import Records

/// The places of the columns of a call among the parameters of a statement.
struct CallPlaces {
    let id: Int32
    let source: Int32
    let start: Int32
    let duration: Int32
    let expires: Int32
    let record: Int32

    init(in statement: borrowing Statement) throws(Failure) {
        id = try statement.place(of: ":id")
        source = try statement.place(of: ":source")
        start = try statement.place(of: ":start")
        duration = try statement.place(of: ":duration")
        expires = try statement.place(of: ":expires")
        record = try statement.place(of: ":record")
    }
}

extension Statement {
    /// Binds a member that is a string, without a copy unless it has escapes.
    package func bind(
        at place: Int32, _ name: StaticString, of line: borrowing Line
    ) throws(Failure) {
        guard let text = unsafe Statement.inside(line.raw(name)) else {
            return try bindNull(at: place)
        }
        if unsafe !text.contains(UInt8(ascii: "\\")) {
            unsafe try bind(at: place, borrowing: text)
        } else {
            try line.string(name).bind(to: self, at: place)
        }
    }

    /// Binds a whole line, which the caller keeps until ``reset()``.
    package func bind(at place: Int32, borrowing line: borrowing Line) throws(Failure) {
        unsafe try bind(at: place, borrowing: line.bytes)
    }

    /// Binds the columns that a line has of its call, and the record to store.
    func bind(
        _ line: borrowing Line, _ record: UnsafeBufferPointer<UInt8>, at places: CallPlaces
    ) throws(Failure) {
        unsafe try bind(at: places.record, borrowing: record)
        try bind(at: places.id, "id", of: line)
        if unsafe Statement.inside(line.raw("source")) != nil {
            try bind(at: places.source, "source", of: line)
        } else {
            // The id begins with it: `<source>:<native id>`.
            try bind(at: places.source, String(line.id.prefix { $0 != ":" }))
        }
        let start = unsafe Statement.inside(line.raw("start"))
        if let start = unsafe start, unsafe Statement.isNormal(start) {
            unsafe try bind(at: places.start, borrowing: start)
        } else {
            let text = unsafe start.map { unsafe String(decoding: $0, as: UTF8.self) }
            try text.flatMap { Timestamp($0)?.text }.bind(to: self, at: places.start)
        }
        try unsafe line.raw("duration").flatMap(Statement.number)
            .bind(to: self, at: places.duration)
        // The service cannot purge what is fetched.
        let expires = line.has("audio") ? nil : line.string("recording", "expires")
        try expires.flatMap(Timestamp.init(dayOrTime:))?.text.bind(to: self, at: places.expires)
    }

    /// The text between the quotation marks; `nil` for a value that is no string.
    private static func inside(_ value: UnsafeBufferPointer<UInt8>?) -> UnsafeBufferPointer<UInt8>?
    {
        guard let value = unsafe value, unsafe value.first == UInt8(ascii: "\"") else { return nil }
        return unsafe UnsafeBufferPointer(rebasing: value[1..<(value.count - 1)])
    }

    /// True for a time as `Timestamp` writes it, whose text sorts as the time does.
    private static func isNormal(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        let form: StaticString = "0000-00-00T00:00:00.000Z"
        guard text.count == form.utf8CodeUnitCount else { return false }
        for index in 0..<text.count {
            let wanted = unsafe form.utf8Start[index]
            let found = unsafe text[index]
            let fits =
                wanted == UInt8(ascii: "0")
                ? found >= wanted && found <= UInt8(ascii: "9") : found == wanted
            if !fits { return false }
        }
        return true
    }

    private static func number(_ text: UnsafeBufferPointer<UInt8>) -> Double? {
        if text.count < 10, unsafe text.allSatisfy({ $0 >= 48 && $0 <= 57 }) {
            return Double(unsafe text.reduce(0) { $0 * 10 + Int($1) - 48 })
        }
        return Double(unsafe String(decoding: text, as: UTF8.self))
    }
}

extension Timestamp {
    /// Reads a day, which is its midnight, or a time.
    init?(dayOrTime text: String) {
        guard let time = Day(text)?.start ?? Timestamp(text) else { return nil }
        self = time
    }
}
