// PlainJSON: RFC 8259 read slowly and obviously, to compare the fast reader with.

/// A value as any reader understands it; numbers stay as they are spelled.
indirect enum PlainJSON: Equatable {
    case word(String)
    case number(String)
    case string(String)
    case array([PlainJSON])
    case object([Member])

    struct Member: Equatable {
        let name: String
        let value: PlainJSON
    }

    /// The value of the last member of that name.
    subscript(name: String) -> PlainJSON? {
        guard case .object(let members) = self else { return nil }
        return members.last { Array($0.name.utf8) == Array(name.utf8) }?.value
    }

    /// Reads all of the text; `nil` when that is not one JSON value of at most so many levels.
    static func read(_ text: some Collection<UInt8>, levels: Int = 1000) -> PlainJSON? {
        guard String(validating: text, as: UTF8.self) != nil else { return nil }
        var reader = Reader(rest: Array(text)[...], levels: levels)
        guard let value = reader.value(level: 1), reader.rest.isEmpty else { return nil }
        return value
    }

    private struct Reader {
        var rest: ArraySlice<UInt8>
        let levels: Int

        mutating func skipSpace() {
            rest = rest.drop { [0x20, 0x09, 0x0A, 0x0D].contains($0) }
        }

        mutating func skip(_ text: String) -> Bool {
            guard rest.starts(with: text.utf8) else { return false }
            rest = rest.dropFirst(text.utf8.count)
            return true
        }

        mutating func value(level: Int) -> PlainJSON? {
            skipSpace()
            defer { skipSpace() }
            switch rest.first {
            case UInt8(ascii: "{"): return object(level: level)
            case UInt8(ascii: "["): return array(level: level)
            case UInt8(ascii: "\""): return string().map(PlainJSON.string)
            default: break
            }
            for word in ["true", "false", "null"] where skip(word) { return .word(word) }
            return number()
        }

        mutating func object(level: Int) -> PlainJSON? {
            guard level <= levels, skip("{") else { return nil }
            var members: [Member] = []
            skipSpace()
            if skip("}") { return .object(members) }
            repeat {
                skipSpace()
                guard let name = string() else { return nil }
                skipSpace()
                guard skip(":"), let value = value(level: level + 1) else { return nil }
                members.append(Member(name: name, value: value))
            } while skip(",")
            return skip("}") ? .object(members) : nil
        }

        mutating func array(level: Int) -> PlainJSON? {
            guard level <= levels, skip("[") else { return nil }
            var values: [PlainJSON] = []
            skipSpace()
            if skip("]") { return .array(values) }
            repeat {
                guard let value = value(level: level + 1) else { return nil }
                values.append(value)
            } while skip(",")
            return skip("]") ? .array(values) : nil
        }

        mutating func digits() -> Bool {
            let count = rest.prefix { (48...57).contains($0) }.count
            rest = rest.dropFirst(count)
            return count > 0
        }

        mutating func number() -> PlainJSON? {
            let start = rest
            _ = skip("-")
            guard skip("0") || digits() else { return nil }
            if skip("."), !digits() { return nil }
            if skip("e") || skip("E") {
                _ = skip("+") || skip("-")
                guard digits() else { return nil }
            }
            return .number(String(decoding: start[..<rest.startIndex], as: UTF8.self))
        }

        /// Units of UTF-16, which is how the escapes count; half a pair reads as U+FFFD.
        mutating func string() -> String? {
            guard skip("\"") else { return nil }
            var units: [UInt16] = []
            while !skip("\"") {
                guard let byte = rest.first, byte >= 0x20 else { return nil }
                if skip("\\") {
                    guard let unit = escaped() else { return nil }
                    units.append(unit)
                } else {
                    let plain = rest.prefix { $0 >= 0x20 && $0 != 0x22 && $0 != 0x5C }
                    units += String(decoding: plain, as: UTF8.self).utf16
                    rest = rest.dropFirst(plain.count)
                }
            }
            return String(decoding: units, as: UTF16.self)
        }

        mutating func escaped() -> UInt16? {
            guard let letter = rest.popFirst() else { return nil }
            let plain: [UInt8: UInt16] = [
                0x22: 0x22, 0x5C: 0x5C, 0x2F: 0x2F, 0x62: 8, 0x66: 12, 0x6E: 10, 0x72: 13, 0x74: 9,
            ]
            if let unit = plain[letter] { return unit }
            let digits = rest.prefix(4)
            guard letter == UInt8(ascii: "u"), digits.count == 4,
                digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit })
            else { return nil }
            rest = rest.dropFirst(4)
            return UInt16(String(decoding: digits, as: UTF8.self), radix: 16)
        }
    }
}
