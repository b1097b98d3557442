// PageText: a page of JSON cut into its records, so that they can be decoded one at a time.
internal import System

/// The text of an object, with the elements of one of its arrays apart from the rest.
///
/// To decode a page of a thousand calls at once takes ten times its size in memory; one call takes
/// next to nothing. Only brackets and strings are looked at here: the decoder finds other errors.
struct PageText {
    /// The places of the array's elements, in order.
    private(set) var elements: [Range<Int>] = []
    /// The object with an empty array.
    private(set) var rest: [UInt8] = []

    /// Cuts out the array of that name; without such an array, the rest is the whole text.
    init(_ text: [UInt8], array name: String) {
        var depth = 0
        var position = 0
        var isAtArray = false
        while position < text.count {
            let byte = text[position]
            switch byte {
            case UInt8(ascii: "\""):
                let end = PageText.endOfString(text, position)
                if depth == 1 {
                    isAtArray =
                        text[(position + 1)..<max(position + 1, end - 1)].elementsEqual(name.utf8)
                        && PageText.follows(UInt8(ascii: ":"), text, end)
                }
                position = end
                continue
            case UInt8(ascii: "["), UInt8(ascii: "{"):
                if depth == 1, isAtArray, byte == UInt8(ascii: "[") {
                    let end = cut(text, position + 1)
                    rest = Array(text[...position]) + text[end...]
                    return
                }
                depth += 1
            case UInt8(ascii: "]"), UInt8(ascii: "}"): depth -= 1
            default: break
            }
            position += 1
        }
        rest = text
    }

    /// Notes the elements up to the bracket that closes the array, and gives the bracket's place.
    private mutating func cut(_ text: [UInt8], _ first: Int) -> Int {
        var depth = 0
        var start: Int?
        var position = first
        while position < text.count {
            let byte = text[position]
            let isEnd = depth == 0 && (byte == UInt8(ascii: ",") || byte == UInt8(ascii: "]"))
            if isEnd {
                if let start { elements.append(start..<position) }
                if byte == UInt8(ascii: "]") { return position }
                start = nil
            } else if start == nil, !ASCII.isSpace(byte) {
                start = position
            }
            switch byte {
            case UInt8(ascii: "\""):
                position = PageText.endOfString(text, position)
                continue
            case UInt8(ascii: "["), UInt8(ascii: "{"): depth += 1
            case UInt8(ascii: "]"), UInt8(ascii: "}"): depth -= 1
            default: break
            }
            position += 1
        }
        return text.count
    }

    /// The place after a string's closing quotation mark.
    private static func endOfString(_ text: [UInt8], _ start: Int) -> Int {
        var position = start + 1
        while position < text.count {
            switch text[position] {
            case UInt8(ascii: "\\"): position += 2
            case UInt8(ascii: "\""): return position + 1
            default: position += 1
            }
        }
        return text.count
    }

    private static func follows(_ wanted: UInt8, _ text: [UInt8], _ start: Int) -> Bool {
        text[start...].first { !ASCII.isSpace($0) } == wanted
    }
}
