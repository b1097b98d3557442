// Line: a record that was checked where it lies, without a copy of it.

/// One record in the reader's memory.
///
/// A stage that passes a record on untouched never makes a ``Record`` of it. Pointers that a line
/// gives are valid until the next line is asked for.
@safe
public struct Line: ~Copyable {
    private let text: UnsafeBufferPointer<UInt8>
    private let spans: MemberScanner.Spans
    /// Finds the members of a member, without losing those of the line.
    private let inner: MemberScanner

    init(
        text: UnsafeBufferPointer<UInt8>, spans: consuming MemberScanner.Spans, inner: MemberScanner
    ) {
        unsafe self.text = unsafe text
        self.spans = spans
        self.inner = inner
    }

    /// The number of its bytes, without its end.
    public var count: Int { unsafe text.count }

    /// The whole line without its end.
    public var bytes: UnsafeBufferPointer<UInt8> { unsafe text }

    /// `<source>:<native recording id>`; never empty.
    public var id: String { string("id") ?? "" }

    /// True when an earlier stage failed on this record; `"error":null` is no failure.
    public var hasError: Bool { has("error") }

    /// True when a member of that name is there, and is not `null`.
    public func has(_ name: StaticString) -> Bool {
        guard let value = unsafe raw(name) else { return false }
        return unsafe !value.elementsEqual("null".utf8)
    }

    /// The text of a member's value as it stands on the line.
    public func raw(_ name: StaticString) -> UnsafeBufferPointer<UInt8>? {
        guard let index = spans.index(of: name) else { return nil }
        return unsafe UnsafeBufferPointer(rebasing: text[spans[index].value])
    }

    /// A member that is a string.
    public func string(_ name: StaticString) -> String? {
        unsafe raw(name).flatMap(Line.string)
    }

    /// A member of a member that is a string, such as `expires` of `recording`.
    public func string(_ outer: StaticString, _ name: StaticString) -> String? {
        guard let object = unsafe raw(outer) else { return nil }
        do throws(ScanError) {
            // The bytes after the object are those of the line, so there is room for the parser.
            let members = try unsafe inner.scan(object)
            guard let index = members.index(of: name) else { return nil }
            return unsafe Line.string(UnsafeBufferPointer(rebasing: object[members[index].value]))
        } catch {
            return nil
        }
    }

    /// The string that a value is; `nil` for another value.
    private static func string(_ value: UnsafeBufferPointer<UInt8>) -> String? {
        guard unsafe value.first == UInt8(ascii: "\"") else { return nil }
        return unsafe JSONText.string(Array(value.dropFirst().dropLast())[...])
    }

    /// The names of the members in their order, unescaped.
    public var names: [String] {
        (0..<spans.count).map { index in
            unsafe JSONText.string(Array(text[spans[index].name])[...])
        }
    }

    /// Adds the whole line without its end to the text.
    public func append(to text: inout [UInt8]) {
        unsafe text.append(contentsOf: self.text)
    }

    /// A copy to work on.
    public func record() -> Record {
        unsafe Record(bytes: Array(text), members: (0..<spans.count).map { spans[$0] })
    }

    fileprivate var isRecord: Bool {
        guard let value = unsafe raw("id") else { return false }
        return unsafe value.count > 2 && value.first == UInt8(ascii: "\"")
    }
}

/// Tells records from lines that are none.
public final class LineParser {
    private let scanner = MemberScanner()
    private let inner = MemberScanner()

    /// A parser with its own memory, kept from line to line.
    public init() {}

    /// Checks a line and gives it to the closure as a record.
    ///
    /// - Parameters:
    ///   - text: A line that a ``LineReader`` gave, which has room after it for the parser.
    ///   - body: Gets the line; it must not keep it.
    /// - Returns: The closure's result.
    /// - Throws: ``Record/Malformed`` when the line is no record, and what the closure throws.
    public func parse<Result>(
        _ text: LineText, _ body: (borrowing Line) throws -> Result
    ) throws -> Result {
        let spans: MemberScanner.Spans
        do {
            spans = try unsafe scanner.scan(text.bytes)
        } catch {
            throw Record.Malformed(reason: error.reason)
        }
        let line = unsafe Line(text: text.bytes, spans: spans, inner: inner)
        guard line.isRecord else { throw Record.Malformed(reason: Record.Malformed.noID) }
        return try body(line)
    }
}
