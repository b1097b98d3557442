// JSON: a value to write, its members in the order they were given.
internal import System

/// A JSON value that a tool writes; members keep their order, which `JSONEncoder` does not promise.
public enum JSON: Sendable, Equatable {
    case null
    case bool(Bool)
    case int(Int)
    case double(Double)
    case string(String)
    case array([JSON])
    case object([Member])
    /// Text that is JSON already and is written as it stands, but on one line.
    case raw([UInt8])

    /// A name and its value.
    public struct Member: Sendable, Equatable {
        /// The member's name.
        public let name: String
        /// The member's value.
        public let value: JSON

        /// A member of that name.
        public init(_ name: String, _ value: JSON) {
            self.name = name
            self.value = value
        }
    }

    /// An object whose members without a value are left out.
    public static func members(_ pairs: KeyValuePairs<String, JSON?>) -> JSON {
        .object(pairs.compactMap { pair in pair.value.map { Member(pair.key, $0) } })
    }

    /// An object whose members stand in the order of their names.
    public static func sorted(_ members: [String: JSON]) -> JSON {
        .object(members.sorted { $0.key < $1.key }.map { Member($0.key, $0.value) })
    }

    /// A string, or nothing for nothing.
    public static func text(_ value: String?) -> JSON? { value.map(JSON.string) }
    /// A whole number, or nothing for nothing.
    public static func whole(_ value: Int?) -> JSON? { value.map(JSON.int) }
    /// A number, or nothing for nothing.
    public static func number(_ value: Double?) -> JSON? { value.map(JSON.double) }

    /// The value as UTF-8 text without spaces or line breaks.
    public var bytes: [UInt8] {
        var bytes: [UInt8] = []
        write(to: &bytes)
        return bytes
    }

    /// The value as text without spaces or line breaks.
    public var text: String { String(decoding: bytes, as: UTF8.self) }

    /// Adds the value's text to a longer text.
    func write(to bytes: inout [UInt8]) {
        switch self {
        case .null: bytes += "null".utf8
        case .bool(let value): bytes += (value ? "true" : "false").utf8
        case .int(let value): bytes += String(value).utf8
        case .double(let value): JSON.write(value, to: &bytes)
        case .string(let value): JSON.write(value, to: &bytes)
        case .raw(let value): JSON.write(raw: value, to: &bytes)
        case .array(let values):
            bytes.append(UInt8(ascii: "["))
            for (index, value) in values.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                value.write(to: &bytes)
            }
            bytes.append(UInt8(ascii: "]"))
        case .object(let members):
            bytes.append(UInt8(ascii: "{"))
            for (index, member) in members.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                JSON.write(member.name, to: &bytes)
                bytes.append(UInt8(ascii: ":"))
                member.value.write(to: &bytes)
            }
            bytes.append(UInt8(ascii: "}"))
        }
    }

    private static func write(raw value: [UInt8], to bytes: inout [UInt8]) {
        let start = bytes.count
        bytes += value
        ASCII.putOnOneLine(&bytes, from: start)
    }

    /// Whole numbers lose their ".0"; what JSON cannot say (infinity, not a number) is null.
    private static func write(_ value: Double, to bytes: inout [UInt8]) {
        guard value.isFinite else {
            bytes += "null".utf8
            return
        }
        if value == value.rounded(), abs(value) < 1e15 {
            bytes += String(Int(value)).utf8
        } else {
            bytes += value.description.utf8
        }
    }

    private static func write(_ value: String, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        let start = bytes.count
        bytes += value.utf8
        if bytes[start...].contains(where: needsEscape) {
            bytes.removeSubrange(start...)
            write(escaping: value, to: &bytes)
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private static func needsEscape(_ byte: UInt8) -> Bool {
        byte < 0x20 || byte == 0x7F || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
    }

    private static func write(escaping value: String, to bytes: inout [UInt8]) {
        for byte in value.utf8 {
            switch byte {
            case UInt8(ascii: "\""): bytes += "\\\"".utf8
            case UInt8(ascii: "\\"): bytes += "\\\\".utf8
            case UInt8(ascii: "\n"): bytes += "\\n".utf8
            case UInt8(ascii: "\r"): bytes += "\\r".utf8
            case UInt8(ascii: "\t"): bytes += "\\t".utf8
            case 0..<0x20, 0x7F:
                let digits = Array("0123456789abcdef".utf8)
                bytes += "\\u00".utf8
                bytes += [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            default: bytes.append(byte)
            }
        }
    }
}
