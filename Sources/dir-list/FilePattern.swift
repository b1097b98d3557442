// FilePattern: what a file's name says of the call, by a pattern such as {from}_{to}_{start}.wav.
import Filter
import Records

/// A pattern for file names; each placeholder stands for one or more characters.
struct FilePattern {
    static let placeholders = ["from", "to", "start", "direction", "extension", "id", "any"]

    private enum Piece {
        case text([Character])
        case placeholder(String)
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
            guard FilePattern.placeholders.contains(name) else {
                let known = FilePattern.placeholders.joined(separator: ", ")
                throw UsageError("option --pattern knows \(known), not \"\(name)\"")
            }
            if open > rest.startIndex { pieces.append(.text(Array(rest[..<open]))) }
            pieces.append(.placeholder(name))
            rest = rest[rest.index(after: close)...]
        }
        if !rest.isEmpty { pieces.append(.text(Array(rest))) }
        self.pieces = pieces
        hasDirectories = pattern.contains("/")
    }

    /// What the placeholders stand for in a name; `nil` when the name is not of the pattern.
    func values(in name: String) -> [String: String]? {
        let name = hasDirectories ? Substring(name) : name.split(separator: "/").last ?? ""
        return FilePattern.match(pieces[...], Array(name)[...])
    }

    /// The shortest text that lets the rest match: `{from}_{to}` splits at the first underscore.
    private static func match(
        _ pieces: ArraySlice<Piece>, _ name: ArraySlice<Character>
    ) -> [String: String]? {
        guard let piece = pieces.first else { return name.isEmpty ? [:] : nil }
        switch piece {
        case .text(let text):
            guard name.starts(with: text) else { return nil }
            return match(pieces.dropFirst(), name.dropFirst(text.count))
        case .placeholder(let placeholder):
            for length in stride(from: 1, through: name.count, by: 1) {
                let value = name.prefix(length)
                if value.last == "/" { return nil }
                if var values = match(pieces.dropFirst(), name.dropFirst(length)) {
                    values[placeholder] = String(value)
                    return values
                }
            }
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
