// JSONText: the inside of a JSON string as text.

/// Undoes the escape sequences of RFC 8259, section 7.
enum JSONText {
    /// The string that the text between two quotation marks stands for.
    static func string(_ text: ArraySlice<UInt8>) -> String {
        text.contains(UInt8(ascii: "\\"))
            ? String(decoding: unescaped(Array(text)), as: UTF8.self)
            : String(decoding: text, as: UTF8.self)
    }

    /// The same as UTF-8; half of a surrogate pair becomes U+FFFD.
    static func unescaped(_ text: [UInt8]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count)
        var at = 0
        while at < text.count {
            guard text[at] == UInt8(ascii: "\\"), at + 1 < text.count else {
                bytes.append(text[at])
                at += 1
                continue
            }
            switch text[at + 1] {
            case UInt8(ascii: "b"): bytes.append(0x08)
            case UInt8(ascii: "f"): bytes.append(0x0C)
            case UInt8(ascii: "n"): bytes.append(0x0A)
            case UInt8(ascii: "r"): bytes.append(0x0D)
            case UInt8(ascii: "t"): bytes.append(0x09)
            case UInt8(ascii: "u"):
                let (scalar, length) = scalar(in: text, at: at)
                bytes += String(Character(scalar)).utf8
                at += length
                continue
            case let other: bytes.append(other)
            }
            at += 2
        }
        return bytes
    }

    /// The scalar of a `\u` sequence, or of two that are a surrogate pair, and their length.
    private static func scalar(in text: [UInt8], at: Int) -> (Unicode.Scalar, Int) {
        let first = unit(in: text, at: at)
        if let first, let scalar = Unicode.Scalar(first) { return (scalar, 6) }
        if let first, first < 0xDC00, let second = unit(in: text, at: at + 6),
            (0xDC00..<0xE000).contains(second),
            let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
        {
            return (scalar, 12)
        }
        return ("\u{FFFD}", min(6, text.count - at))
    }

    private static func unit(in text: [UInt8], at: Int) -> UInt32? {
        guard at + 6 <= text.count, text[at] == UInt8(ascii: "\\"),
            text[at + 1] == UInt8(ascii: "u")
        else { return nil }
        return UInt32(String(decoding: text[(at + 2)..<(at + 6)], as: UTF8.self), radix: 16)
    }
}
