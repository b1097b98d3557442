// ASCII: tests of bytes and words, and the repair of text that has to stand on one line.
internal import Glibc

/// Bytes of ASCII text.
public enum ASCII {
    /// True for `a` to `z` and `A` to `Z`.
    public static func isLetter(_ byte: UInt8) -> Bool {
        UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte | 0x20
    }

    /// True for `0` to `9`.
    public static func isDigit(_ byte: UInt8) -> Bool {
        UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte
    }

    /// True for a space and a tab.
    public static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

    /// True for the white space of JSON: space, tab, line feed and carriage return.
    public static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D
    }

    /// True for a character that is seen: neither space nor control character.
    public static func isVisible(_ byte: UInt8) -> Bool { 0x21...0x7E ~= byte }

    /// True for a text of letters, digits and some marks, of a length in a range.
    ///
    /// Such a word may be shown, and it steers no terminal.
    ///
    /// - Parameters:
    ///   - text: The text.
    ///   - marks: The other characters that it may have, such as `"-_"`.
    ///   - lengths: The bytes that it may have.
    /// - Returns: False for an empty text.
    public static func isWord(
        _ text: some StringProtocol, marks: StaticString = "", lengths: ClosedRange<Int> = 1...64
    ) -> Bool {
        let marks = marks.description.utf8
        return lengths.contains(text.utf8.count)
            && text.utf8.allSatisfy { isLetter($0) || isDigit($0) || marks.contains($0) }
    }

    /// Puts spaces in place of line ends, LF or CR LF, so that a JSON text stands on one line.
    ///
    /// A line end can stand between the members of a JSON text and nowhere else.
    ///
    /// - Parameters:
    ///   - bytes: The text, which is not copied.
    ///   - start: The index of the first byte to look at.
    public static func putOnOneLine(_ bytes: inout [UInt8], from start: Int = 0) {
        let hasLineFeed = unsafe bytes.withUnsafeBytes { bytes in
            let rest = unsafe UnsafeRawBufferPointer(rebasing: bytes[start...])
            return unsafe rest.baseAddress.map { unsafe memchr($0, 0x0A, rest.count) } != nil
        }
        guard hasLineFeed else { return }
        for index in start..<bytes.count where bytes[index] == 0x0A {
            bytes[index] = 0x20
            if index > start, bytes[index - 1] == 0x0D { bytes[index - 1] = 0x20 }
        }
    }
}
