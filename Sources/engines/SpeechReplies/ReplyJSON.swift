// ReplyJSON: the JSON of a speech service or program, or the failure to find JSON.
internal import FoundationEssentials
package import Records

/// An answer in JSON, with the names and remedies that its failures need.
///
/// The first byte tells the format, because servers call JSON `text/plain` and web pages JSON.
package struct ReplyJSON: Sendable {
    private let bytes: [UInt8]
    private let title: String
    private let remedy: String
    private let status: Int?

    /// Takes the bytes of an answer.
    ///
    /// - Parameters:
    ///   - bytes: The body, or a program's output.
    ///   - title: The service or program, for the message.
    ///   - remedy: The remedy when this is no transcription.
    ///   - status: The HTTP status, if there is one.
    package init(
        _ bytes: [UInt8], of title: String,
        remedy: String = "check that --url and --dialect are those of the server",
        status: Int? = nil
    ) {
        self.bytes = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes.dropFirst(3)) : bytes
        self.title = title
        self.remedy = remedy
        self.status = status
    }

    /// Decodes an object.
    ///
    /// - Parameter type: The members that are read; others are not looked at.
    /// - Returns: The members.
    /// - Throws: `Failure` of scope `temporary`, kind `bad_response`.
    package func decode<Body: Decodable>(_ type: Body.Type) throws(Failure) -> Body {
        switch bytes.first(where: { $0 > 0x20 }) {
        case UInt8(ascii: "{"): break
        case UInt8(ascii: "<"): throw unusable("a page of HTML or XML, not JSON")
        case nil: throw unusable("empty")
        default: throw unusable("not JSON")
        }
        do {
            return try JSONDecoder().decode(type, from: Data(JSONRepair.repaired(bytes)))
        } catch DecodingError.dataCorrupted {
            throw unusable("no whole JSON (\(bytes.count) bytes)")
        } catch {
            throw unusable("JSON of another kind than a transcription")
        }
    }

    /// The failure of an answer that is no transcription.
    ///
    /// - Parameter reason: The description of the answer: `it is HTML`.
    /// - Returns: A failure of scope `temporary`, kind `bad_response`.
    package func unusable(_ reason: String) -> Failure {
        Failure(
            .temporary, .badResponse, "read the answer of \(title): it is \(reason)",
            remedy: remedy, status: status)
    }
}

/// Mends the faults of JSON that speech programs really print.
enum JSONRepair {
    private static let hexadecimal = Set("0123456789abcdefABCDEF".utf8)

    /// Valid UTF-8 with `null` for numbers such as NaN, U+FFFD for half of a surrogate pair, and a
    /// space for each control character.
    static func repaired(_ bytes: [UInt8]) -> [UInt8] {
        // Servers cut text between the bytes of a character.
        let source = Array(String(decoding: bytes, as: UTF8.self).utf8)
        var result: [UInt8] = []
        result.reserveCapacity(source.count)
        var isInString = false
        var index = 0
        while index < source.count {
            let byte = source[index]
            if byte == UInt8(ascii: "\\"), isInString {
                let escape = escape(in: source, at: index)
                result += escape.text
                index += escape.length
                continue
            }
            if byte == UInt8(ascii: "\"") { isInString.toggle() }
            if !isInString, let length = lengthOfNoNumber(in: source, at: index) {
                result += Array("null".utf8)
                index += length
                continue
            }
            result.append(byte < 0x20 ? 0x20 : byte)
            index += 1
        }
        return result
    }

    /// The text for an escape, and its length in the source.
    private static func escape(
        in source: [UInt8], at index: Int
    ) -> (text: [UInt8], length: Int) {
        let plain = Array(source[index..<min(index + 2, source.count)])
        guard let first = codeUnit(in: source, at: index) else { return (plain, plain.count) }
        switch first {
        case 0xD800...0xDBFF:
            if let second = codeUnit(in: source, at: index + 6), 0xDC00...0xDFFF ~= second {
                return (Array(source[index..<(index + 12)]), 12)
            }
            return (Array("\\uFFFD".utf8), 6)
        case 0xDC00...0xDFFF: return (Array("\\uFFFD".utf8), 6)
        default: return (Array(source[index..<(index + 6)]), 6)
        }
    }

    /// The value of an escape of `\u` and four hexadecimal digits.
    private static func codeUnit(in source: [UInt8], at index: Int) -> UInt32? {
        guard index + 6 <= source.count, source[index] == UInt8(ascii: "\\"),
            source[index + 1] == UInt8(ascii: "u"),
            source[(index + 2)..<(index + 6)].allSatisfy(hexadecimal.contains)
        else { return nil }
        return UInt32(String(decoding: source[(index + 2)..<(index + 6)], as: UTF8.self), radix: 16)
    }

    /// Python's `json` writes NaN and infinities as words, which are no JSON.
    private static func lengthOfNoNumber(in source: [UInt8], at index: Int) -> Int? {
        guard [UInt8(ascii: "N"), UInt8(ascii: "I"), UInt8(ascii: "-")].contains(source[index])
        else { return nil }
        return ["NaN", "Infinity", "-Infinity"].map { Array($0.utf8) }
            .first { source[index...].starts(with: $0) }?.count
    }
}

/// A number, or a string that holds a number; `nil` for anything else.
package struct LenientNumber: Decodable, Sendable, Equatable {
    package let value: Double?

    package init(_ value: Double?) { self.value = value }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let number =
            (try? container.decode(Double.self))
            ?? (try? container.decode(String.self)).flatMap { Double($0) }
        value = number.flatMap { $0.isFinite ? $0 : nil }
    }
}

/// A text; `nil` for anything else, because a number is nothing that was said.
package struct LenientString: Decodable, Sendable, Equatable {
    package let text: String?

    package init(from decoder: any Decoder) throws {
        text = try? decoder.singleValueContainer().decode(String.self)
    }
}

/// A text, or a whole number that stands for one; `nil` for anything else.
package struct LenientText: Decodable, Sendable, Equatable {
    package let text: String?

    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let number = try? container.decode(Int.self)
        text = (try? container.decode(String.self)) ?? number.map { String($0) }
    }
}
