// ASCII: tests of bytes and words, and the repair of text that has to stand on one line.

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

    /// The bytes with a space in place of each line feed, so that they stand on one line.
    ///
    /// A line feed can stand between the members of a JSON text and nowhere else.
    public static func onOneLine(_ bytes: some Sequence<UInt8>) -> [UInt8] {
        bytes.map { $0 == 0x0A ? 0x20 : $0 }
    }
}
