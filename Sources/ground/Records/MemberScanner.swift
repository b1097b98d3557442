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
    private var room = UnsafeMutableBufferPointer<csimdjson_member>.allocate(capacity: 64)

    init() {
        unsafe parser = csimdjson_parser_new()
    }

    deinit {
        unsafe csimdjson_parser_free(parser)
        unsafe room.deallocate()
    }

    /// Checks that the text is one whole JSON object and finds its members.
    ///
    /// - Parameter text: The object, with ``padding`` readable bytes after its end.
    /// - Returns: The spans; they hold until the next scan.
    /// - Throws: ``ScanError`` when the text is no object.
    func scan(_ text: UnsafeBufferPointer<UInt8>) throws(ScanError) -> Spans {
        var count = 0
        var answer = unsafe csimdjson_members(
            parser, text.baseAddress, text.count, room.baseAddress, room.count, &count)
        if answer == Int32(CSIMDJSON_TOO_MANY) {
            unsafe room.deallocate()
            unsafe room = .allocate(capacity: count)
            unsafe answer = csimdjson_members(
                parser, text.baseAddress, text.count, room.baseAddress, room.count, &count)
        }
        guard answer == 0 else {
            throw unsafe ScanError(reason: String(cString: csimdjson_reason(answer)))
        }
        return unsafe Spans(text: text, members: .init(rebasing: room[..<count]), scanner: self)
    }

    /// The members that a scan found.
    @safe
    struct Spans: ~Copyable {
        private let text: UnsafeBufferPointer<UInt8>
        private let members: UnsafeMutableBufferPointer<csimdjson_member>
        /// Keeps the memory of the members alive.
        private let scanner: MemberScanner

        fileprivate init(
            text: UnsafeBufferPointer<UInt8>,
            members: UnsafeMutableBufferPointer<csimdjson_member>, scanner: MemberScanner
        ) {
            unsafe self.text = unsafe text
            unsafe self.members = unsafe members
            self.scanner = scanner
        }

        var count: Int { unsafe members.count }

        subscript(index: Int) -> MemberSpan {
            let member = unsafe members[index]
            return MemberSpan(
                name: Int(member.name_start)..<Int(member.name_end),
                value: Int(member.value_start)..<Int(member.value_end),
                nameIsEscaped: member.name_escaped)
        }

        /// The last member of that name, found without making anything of it.
        func index(of name: StaticString) -> Int? {
            var index = count
            while index > 0 {
                index -= 1
                let member = unsafe members[index]
                if member.name_escaped {
                    let name = "\(name)".utf8
                    if unsafe JSONText.unescaped(Array(text[self[index].name])).elementsEqual(name)
                    {
                        return index
                    }
                } else if Int(member.name_end - member.name_start) == name.utf8CodeUnitCount,
                    unsafe memcmp(
                        text.baseAddress.unsafelyUnwrapped + Int(member.name_start),
                        name.utf8Start, name.utf8CodeUnitCount) == 0
                {
                    return index
                }
            }
            return nil
        }
    }
}
