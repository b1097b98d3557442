// RandomObject: JSON objects as nobody writes them, with what they are made of.

/// An object's text in pieces, so that what a change should make of it can be put together again.
struct RandomObject {
    struct Member {
        var lead: String
        /// As it is spelled, with quotation marks.
        var key: String
        /// The value that the spelling stands for.
        var name: String
        var colon: String
        var value: String
        var trail: String

        var text: String { lead + key + colon + value + trail }
    }

    var before: String
    var members: [Member]
    var after: String

    var text: String { before + "{" + members.map(\.text).joined(separator: ",") + "}" + after }
    var bytes: [UInt8] { Array(text.utf8) }

    /// The object with that member replaced or appended, as `callpipe-record(5)` promises it.
    func setting(_ name: String, _ value: String) -> String {
        var changed = self
        if let index = members.lastIndex(where: { $0.name.utf8.elementsEqual(name.utf8) }) {
            changed.members[index].value = value
            return changed.text
        }
        let key = String(decoding: Array("\"\(name)\"".utf8), as: UTF8.self)
        let all = members.map(\.text).joined(separator: ",")
        return before + "{" + all + ",\(key):\(value)}" + after
    }

    /// An object with an `id` and whatever else.
    static func random(using chance: inout Chance) -> RandomObject {
        var members = (0..<chance.number(below: 8)).map { _ in member(using: &chance) }
        var id = member(using: &chance)
        (id.name, id.key) = ("id", chance.one(of: [#""id""#, #""i\u0064""#, #""\u0069\u0064""#]))
        id.value = chance.one(of: [#""rc:1""#, #""\u0072c:1""#, #""dir:\ud83d\ude00""#])
        members.insert(id, at: chance.number(below: members.count + 1))
        // The last one counts, so an earlier id may be anything.
        if chance.number(below: 4) == 0 {
            id.value = value(levels: 2, using: &chance)
            members.insert(id, at: 0)
        }
        return RandomObject(
            before: space(using: &chance), members: members, after: space(using: &chance))
    }

    private static func member(using chance: inout Chance) -> Member {
        let (key, name) = chance.one(of: names)
        return Member(
            lead: space(using: &chance), key: key, name: name,
            colon: space(using: &chance) + ":" + space(using: &chance),
            value: value(levels: 4, using: &chance), trail: space(using: &chance))
    }

    private static let names = [
        (#""start""#, "start"), (#""start""#, "start"), (#""st\u0061rt""#, "start"),
        (#""audio""#, "audio"), (#""""#, ""), (#""a\"b""#, "a\"b"), (#""a\\""#, "a\\"),
        (#""\/""#, "/"), (#""größe""#, "größe"), (#""gr\u00f6\u00dfe""#, "größe"),
        (#""\ud83d\ude00""#, "😀"), (#""😀""#, "😀"), (#""\ud83d""#, "\u{FFFD}"),
        (#""{}[],:""#, "{}[],:"), (#""error2""#, "error2"), (#""i\\u0064""#, "i\\u0064"),
    ]

    private static func space(using chance: inout Chance) -> String {
        // No line feed: a record is a line.
        chance.one(of: ["", "", "", "", " ", "  ", "\t", "\r", " \t\r "])
    }

    private static func value(levels: Int, using chance: inout Chance) -> String {
        let kind = chance.number(below: levels > 0 ? 5 : 3)
        switch kind {
        case 0: return chance.one(of: strings)
        case 1: return chance.one(of: numbers)
        case 2: return chance.one(of: ["true", "false", "null"])
        default:
            let count = chance.number(below: 4)
            let parts = (0..<count).map { _ in
                (kind == 3 ? "" : chance.one(of: names).0 + space(using: &chance) + ":")
                    + space(using: &chance) + value(levels: levels - 1, using: &chance)
                    + space(using: &chance)
            }
            let inner = parts.isEmpty ? space(using: &chance) : parts.joined(separator: ",")
            return kind == 3 ? "[\(inner)]" : "{\(inner)}"
        }
    }

    static let numbers = [
        "0", "-0", "-0.0", "1", "-1", "10", "1E+2", "1e-2", "1.50", "9007199254740993", "1e400",
        "-1E400", "123456789012345678901234567890", "0.1e0", "5e-324", "3.141592653589793238",
    ]

    private static let strings = [
        #""""#, #""a""#, #"" ""#, #""\"""#, #""\\""#, #""\\\"""#, #""\u0000""#, #""\u001F\u007f""#,
        #""\b\f\n\r\t\/""#, #""\ud83d\ude00""#, #""\ud83d""#, #""\ude00""#,
        #""\ud83d\ud83d\ude00""#,
        #""größe""#, #""日本語""#, #""😀""#, #""e\u0301""#, #""{\"id\":\"x\"}""#, #""[1,2""#,
        #"""# + String(repeating: "x", count: 200) + #"""#, #"""# + "\u{7f}\u{85}\u{2028}" + #"""#,
    ]
}
