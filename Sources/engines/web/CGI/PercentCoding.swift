// PercentCoding: text of an address, decoded and checked.
internal import System

/// The coding of RFC 3986, section 2.1.
enum PercentCoding {
    /// Decodes a part of an address.
    ///
    /// - Parameters:
    ///   - text: The part as it came.
    ///   - place: The place, for the message: `path` or `query`.
    ///   - plusIsSpace: True in a query.
    /// - Returns: The text.
    /// - Throws: ``Problem`` for a `%` without two hexadecimal digits, for control characters, and for
    ///   what is no UTF-8.
    static func text(
        _ text: Substring, of place: String, plusIsSpace: Bool = false
    ) throws(Problem) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count)
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "+") where plusIsSpace: bytes.append(0x20)
            case UInt8(ascii: "%"):
                guard let high = rest.popFirst().flatMap(digit),
                    let low = rest.popFirst().flatMap(digit)
                else {
                    throw Problem(
                        .badRequest, "The \(place) has a % without two hexadecimal digits.")
                }
                bytes.append(high << 4 | low)
            default: bytes.append(byte)
            }
        }
        guard let decoded = String(validating: bytes, as: UTF8.self) else {
            throw Problem(.badRequest, "The \(place) is not UTF-8.")
        }
        return try checked(decoded, of: place)
    }

    /// The text, unless it has control characters.
    static func checked(_ text: String, of place: String) throws(Problem) -> String {
        // U+FFFD is left where bytes of the environment were no UTF-8.
        let isClean = text.unicodeScalars.allSatisfy {
            $0.value >= 0x20 && !(0x7F...0x9F).contains($0.value) && $0.value != 0xFFFD
        }
        guard isClean else {
            throw Problem(.badRequest, "The \(place) has characters that are no text.")
        }
        return text
    }

    /// Encodes a value for a query.
    static func encode(_ text: String) -> String {
        var bytes: [UInt8] = []
        let digits = Array("0123456789ABCDEF".utf8)
        for byte in text.utf8 {
            if ASCII.isLetter(byte) || ASCII.isDigit(byte) || "-._~:".utf8.contains(byte) {
                bytes.append(byte)
            } else {
                bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
