// LineText: the text of one line where the reader has it.
public import System

/// The text of a line in the memory of a ``LineReader``, or a piece of a line that is too long.
///
/// It is valid until the reader reads again, and taking a part of it copies nothing.
@safe
public struct LineText {
    let bytes: UnsafeBufferPointer<UInt8>

    /// A line with room after it for the parser.
    public init(_ bytes: UnsafeBufferPointer<UInt8>) {
        unsafe self.bytes = unsafe bytes
    }

    /// The number of its bytes.
    public var count: Int { unsafe bytes.count }

    /// The line without the CR of CR LF, and the first one without a byte order mark.
    ///
    /// Both come from editors and spreadsheets, and neither is part of a record.
    public func content(isFirst: Bool) -> LineText {
        var text = unsafe bytes
        if unsafe text.last == 0x0D { unsafe text = .init(rebasing: text.dropLast()) }
        if isFirst, unsafe text.starts(with: [0xEF, 0xBB, 0xBF]) {
            unsafe text = .init(rebasing: text.dropFirst(3))
        }
        return unsafe LineText(text)
    }

    /// True for a line that is empty, or has spaces and tabs only.
    public var isBlank: Bool {
        guard let first = unsafe bytes.first else { return true }
        return unsafe ASCII.isBlank(first) && bytes.allSatisfy(ASCII.isBlank)
    }

    /// The id on a line without the blanks around it; `nil` for JSON, which no message repeats.
    public var bareID: String? {
        guard let first = unsafe bytes.firstIndex(where: { !ASCII.isBlank($0) }),
            let last = unsafe bytes.lastIndex(where: { !ASCII.isBlank($0) }),
            unsafe !"{[\"".utf8.contains(bytes[first])
        else { return nil }
        return unsafe String(validating: bytes[first...last], as: UTF8.self)
    }

    /// A copy to keep.
    public var copy: [UInt8] { unsafe Array(bytes) }

    /// Writes all of it as it is.
    public func write(to descriptor: Int32) throws(SystemError) {
        try unsafe Descriptor.writeAll(descriptor, UnsafeRawBufferPointer(bytes))
    }
}
