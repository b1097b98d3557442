// FilePattern: what a file's name says of the call, by a pattern such as {from}_{to}_{start}.wav.
import Filter
import Records

/// A pattern for file names; each field stands for one or more characters.
struct FilePattern {
    static let fields = ["from", "to", "start", "direction", "extension", "id", "any"]

    private enum Piece {
        case text([Character])
        case field(String)
    }

    private let pieces: [Piece]
    /// Whether names are compared with the directories before them.
    private let hasDirectories: Bool

    init(_ pattern: String) throws(UsageError) {
        var pieces: [Piece] = []
        var rest = Substring(pattern)
        while let open = rest.firstIndex(of: "{") {
            guard let close = rest[open...].firstIndex(of: "}") else {
                throw UsageError("option --pattern has a { without its }")
            }
            let name = String(rest[rest.index(after: open)..<close])
            guard FilePattern.fields.contains(name) else {
                let known = FilePattern.fields.joined(separator: ", ")
                throw UsageError("option --pattern knows \(known), not \"\(name)\"")
            }
            if open > rest.startIndex { pieces.append(.text(Array(rest[..<open]))) }
            pieces.append(.field(name))
            rest = rest[rest.index(after: close)...]
        }
        if !rest.isEmpty { pieces.append(.text(Array(rest))) }
        self.pieces = pieces
        hasDirectories = pattern.contains("/")
    }

    /// What the fields stand for in a name; `nil` when the name is not of the pattern.
    func values(in name: String) -> [String: String]? {
        let name = hasDirectories ? Substring(name) : name.split(separator: "/").last ?? ""
        var search = Search(pieces: pieces, name: Array(name))
        return search.match(piece: 0, at: 0)
    }

    /// The search for the shortest texts that let the rest match: `{from}_{to}` splits at the first
    /// underscore.
    private struct Search {
        let pieces: [Piece]
        let name: [Character]
        /// Places that were tried in vain, so that no name can make the search long.
        private var dead: Set<[Int]> = []

        init(pieces: [Piece], name: [Character]) {
            self.pieces = pieces
            self.name = name
        }

        mutating func match(piece: Int, at place: Int) -> [String: String]? {
            guard piece < pieces.count else { return place == name.count ? [:] : nil }
            if dead.contains([piece, place]) { return nil }
            switch pieces[piece] {
            case .text(let text):
                if name[place...].starts(with: text),
                    let values = match(piece: piece + 1, at: place + text.count)
                {
                    return values
                }
            case .field(let field):
                var end = place
                while end < name.count, name[end] != "/" {
                    end += 1
                    if var values = match(piece: piece + 1, at: end) {
                        values[field] = String(name[place..<end])
                        return values
                    }
                }
            }
            dead.insert([piece, place])
            return nil
        }
    }
}

extension Timestamp {
    /// Reads the times that stand in file names: RFC 3339, seconds since 1970, or the digits of
    /// date and time with any marks between them, in UTC.
    init?(inFileName text: String) {
        let digits = text.filter { $0.isASCII && $0.isNumber }
        if let time = Timestamp(text) {
            self = time
        } else if digits.count == 10, digits == text, let seconds = Int(digits) {
            self.init(milliseconds: seconds * 1000)
        } else if digits.count == 14 || digits.count == 17 {
            let marks = ["", "-", "-", "T", ":", ":", "."]
            var rest = digits[...]
            var time = ""
            for (mark, width) in zip(marks, [4, 2, 2, 2, 2, 2, 3]) where !rest.isEmpty {
                time += mark + rest.prefix(width)
                rest = rest.dropFirst(width)
            }
            self.init(time + "Z")
        } else {
            return nil
        }
    }
}
