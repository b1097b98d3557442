// MemberScanner: where the members of one JSON object begin and end.
internal import CSimdjson
internal import Glibc

/// The place of one member in the text of an object; the name is without quotation marks.
struct MemberSpan: Sendable, Equatable {
    let name: Range<Int>
    let value: Range<Int>
    /// The name has escape sequences, so that it must be decoded before it is compared.
    let nameIsEscaped: Bool
}

/// Why a text is not a record.
struct ScanError: Error, Equatable {
    let reason: String
}

/// A simdjson parser, kept from text to text so that its memory is.
@safe
final class MemberScanner {
    /// Bytes that must be readable after the text that is scanned.
    static let padding = csimdjson_padding()

    private let parser: OpaquePointer
    private var room = [csimdjson_member](repeating: csimdjson_member(), count: 64)

    init() {
        unsafe parser = csimdjson_parser_new()
    }

    deinit {
        unsafe csimdjson_parser_free(parser)
    }

    /// Checks that the text is one whole JSON object and gives the members to the closure.
    ///
    /// - Parameters:
    ///   - text: The object, with ``padding`` readable bytes after its end.
    ///   - body: Gets the spans; they hold until the next scan.
    /// - Returns: What the closure returned.
    /// - Throws: ``ScanError`` when the text is no object.
    func scan<Result>(
        _ text: UnsafeBufferPointer<UInt8>, _ body: (borrowing Spans) -> Result
    ) throws(ScanError) -> Result {
        var count = 0
        var answer = unsafe csimdjson_members(
            parser, text.baseAddress, text.count, &room, room.count, &count)
        if answer == Int32(CSIMDJSON_TOO_MANY) {
            room = [csimdjson_member](repeating: csimdjson_member(), count: count)
            unsafe answer = csimdjson_members(
                parser, text.baseAddress, text.count, &room, room.count, &count)
        }
        guard answer == 0 else {
            throw unsafe ScanError(reason: String(cString: csimdjson_reason(answer)))
        }
        return unsafe room.withUnsafeBufferPointer { members in
            body(unsafe Spans(text: text, members: .init(rebasing: members[..<count])))
        }
    }

    /// The members that a scan found, valid inside the closure that got them.
    @safe
    struct Spans: ~Copyable {
        fileprivate let text: UnsafeBufferPointer<UInt8>
        fileprivate let members: UnsafeBufferPointer<csimdjson_member>

        fileprivate init(
            text: UnsafeBufferPointer<UInt8>, members: UnsafeBufferPointer<csimdjson_member>
        ) {
            unsafe self.text = unsafe text
            unsafe self.members = unsafe members
        }

        var count: Int { unsafe members.count }

        subscript(index: Int) -> MemberSpan {
            let member = unsafe members[index]
            return MemberSpan(
                name: Int(member.name_start)..<Int(member.name_end),
                value: Int(member.value_start)..<Int(member.value_end),
                nameIsEscaped: member.name_escaped)
        }

        /// Whether a member of that name is there, without making anything of it.
        func contains(_ name: StaticString) -> Bool {
            for index in 0..<count {
                let member = unsafe members[index]
                let length = Int(member.name_end - member.name_start)
                if member.name_escaped {
                    if unescaped(self[index].name).elementsEqual("\(name)".utf8) { return true }
                } else if length == name.utf8CodeUnitCount,
                    unsafe memcmp(
                        text.baseAddress.unsafelyUnwrapped + Int(member.name_start),
                        name.utf8Start, length) == 0
                {
                    return true
                }
            }
            return false
        }

        private func unescaped(_ name: Range<Int>) -> [UInt8] {
            JSONText.unescaped(unsafe Array(text[name]))
        }
    }
}
