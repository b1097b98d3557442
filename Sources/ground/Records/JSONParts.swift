// JSONParts: JSON text taken apart without changing what is not looked at.
internal import FoundationEssentials
internal import System

extension JSON {
    /// The members of an object, each value as it stands; `nil` for what is no JSON object.
    public static func members(of text: some Collection<UInt8>) -> [Member]? {
        guard let object = try? JSONObject(text) else { return nil }
        return object.members.map { member in
            Member(
                JSONText.string(object.bytes[member.name]), .raw(Array(object.bytes[member.value])))
        }
    }

    /// The elements of an array, each as it stands; `nil` for what is no JSON array.
    public static func elements(of text: some Collection<UInt8>) -> [JSON]? {
        // As a member its text is checked, and has no space around it.
        let object = Array(#"{"":"#.utf8) + Array(text) + Array("}".utf8)
        guard let members = members(of: object), members.count == 1 else { return nil }
        let array = members[0].value.bytes
        guard array.first == UInt8(ascii: "[") else { return nil }
        let inside = array[1..<(array.count - 1)]
        guard inside.contains(where: { !ASCII.isSpace($0) }) else { return [] }
        return parts(of: inside).map { .raw(Array(inside[$0])) }
    }

    /// The value as a type; `nil` when it is another or `null`.
    public func decoded<Value: Decodable>(as type: Value.Type) -> Value? {
        try? JSONDecoder().decode(type, from: Data(bytes))
    }

    /// The parts between the commas that no bracket and no string encloses, without space.
    private static func parts(of text: ArraySlice<UInt8>) -> [Range<Int>] {
        var parts: [Range<Int>] = []
        var (depth, isString, start, at) = (0, false, text.startIndex, text.startIndex)
        while at < text.endIndex {
            switch text[at] {
            case UInt8(ascii: "\\"): at += 1
            case UInt8(ascii: "\""): isString.toggle()
            case _ where isString: break
            case UInt8(ascii: "["), UInt8(ascii: "{"): depth += 1
            case UInt8(ascii: "]"), UInt8(ascii: "}"): depth -= 1
            case UInt8(ascii: ",") where depth == 0:
                parts.append(trimmed(start..<at, text))
                start = at + 1
            default: break
            }
            at += 1
        }
        return parts + [trimmed(start..<text.endIndex, text)]
    }

    private static func trimmed(_ range: Range<Int>, _ text: ArraySlice<UInt8>) -> Range<Int> {
        let first = text[range].firstIndex { !ASCII.isSpace($0) } ?? range.upperBound
        let last = text[range].lastIndex { !ASCII.isSpace($0) } ?? first
        return first..<max(first, min(last + 1, range.upperBound))
    }
}
