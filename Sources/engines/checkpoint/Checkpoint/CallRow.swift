// CallRow: a record as a row of the table of calls.
internal import Glibc
package import Records

extension Statement {
    /// Binds a member that is a string without copying it, unless it has escapes.
    package func bind(_ index: Int32, _ name: StaticString, of line: borrowing Line) {
        guard let text = unsafe Statement.inside(line.raw(name)) else {
            return bindNull(index)
        }
        if unsafe !text.contains(UInt8(ascii: "\\")) {
            unsafe bind(index, text)
        } else {
            bind(index, copying: line.string(name))
        }
    }

    /// Binds what a line says of its call: id, source, start, duration and when the service purges
    /// its recording, from that index on.
    func bind(from index: Int32, columnsOf line: borrowing Line) {
        bind(index, "id", of: line)
        if unsafe Statement.inside(line.raw("source")) != nil {
            bind(index + 1, "source", of: line)
        } else {
            // The id begins with it: `<source>:<native id>`.
            let prefix = line.id.prefix { $0 != ":" }
            bind(index + 1, copying: String(prefix))
        }
        let start = unsafe Statement.inside(line.raw("start"))
        if let start = unsafe start, unsafe Statement.isNormal(start) {
            unsafe bind(index + 2, start)
        } else {
            let text = unsafe start.map { unsafe String(decoding: $0, as: UTF8.self) }
            bind(index + 2, copying: text.flatMap { Timestamp($0) }?.text)
        }
        bind(index + 3, unsafe line.raw("duration").flatMap(Statement.number))
        // What is fetched cannot be lost to the service any more.
        let recording = unsafe line.has("audio") ? nil : line.raw("recording")
        bind(index + 4, copying: unsafe recording.flatMap(Statement.expiry))
    }

    /// The member `expires` of a recording as a time, whether it is a day or a time.
    private static func expiry(_ recording: UnsafeBufferPointer<UInt8>) -> String? {
        let name: StaticString = #""expires":""#
        let length = name.utf8CodeUnitCount
        guard let start = recording.baseAddress, recording.count > length,
            let found = (0..<(recording.count - length)).first(where: {
                unsafe memcmp(start + $0, name.utf8Start, length) == 0
            })
        else { return nil }
        let offset = found + length
        let rest = unsafe recording[offset...].prefix(40)
        let text = unsafe String(decoding: rest.prefix { $0 != UInt8(ascii: "\"") }, as: UTF8.self)
        return Day(text) == nil ? Timestamp(text)?.text : text + "T00:00:00.000Z"
    }

    /// The text between the quotation marks; `nil` for what is no string.
    private static func inside(_ value: UnsafeBufferPointer<UInt8>?) -> UnsafeBufferPointer<UInt8>?
    {
        guard let value = unsafe value, unsafe value.first == UInt8(ascii: "\"") else { return nil }
        return unsafe UnsafeBufferPointer(rebasing: value[1..<(value.count - 1)])
    }

    /// Whether a time is spelled as `Timestamp` spells it, so that its text sorts as it does.
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
