// NamePattern: what a file's name says of the call, by a pattern such as {from}_{to}_{start}.wav.
import Records
import Zones

/// A field of a pattern.
public enum NameField: String, CaseIterable, Sendable {
    case from, to, phone, name, start, date, time, direction, `extension`, id, uniqueid, any
}

/// A fault of a pattern.
public struct PatternError: Error, Equatable, Sendable {
    /// The tail of "option --pattern …".
    public let message: String
}

/// A pattern for file names; each field stands for one or more characters.
struct NamePattern: Sendable {
    enum Piece: Sendable {
        case text([UInt8])
        case field(NameField)
    }

    let pieces: [Piece]
    /// True when names are compared with the directories before them.
    let hasDirectories: Bool

    init(_ pattern: String) throws(PatternError) {
        var pieces: [Piece] = []
        var rest = Substring(pattern)
        while let open = rest.firstIndex(of: "{") {
            guard let close = rest[open...].firstIndex(of: "}") else {
                throw PatternError(message: "has a { without its }")
            }
            let name = String(rest[rest.index(after: open)..<close])
            guard let field = NameField(rawValue: name) else {
                let known = NameField.allCases.map(\.rawValue).joined(separator: ", ")
                throw PatternError(message: "knows \(known), not \"\(name)\"")
            }
            if open > rest.startIndex { pieces.append(.text(Array(rest[..<open].utf8))) }
            pieces.append(.field(field))
            rest = rest[rest.index(after: close)...]
        }
        if !rest.isEmpty { pieces.append(.text(Array(rest.utf8))) }
        self.pieces = pieces
        hasDirectories = pattern.contains("/")
    }

    /// True when the pattern leaves the ending of the name open.
    var endsWithField: Bool {
        if case .field = pieces.last { return true }
        return false
    }

    func has(_ fields: NameField...) -> Bool {
        pieces.contains {
            if case .field(let field) = $0 { return fields.contains(field) }
            return false
        }
    }

    /// The texts of the fields in a name; `nil` when the name is not of the pattern.
    ///
    /// Fields that have a form, such as a time, stand for nothing else where that is possible. Where
    /// it is not, the name still is of the pattern, and the match says which fields are unread.
    func match(_ name: [UInt8]) -> NameMatch? {
        for strictness in [Strictness.all, .times, .nothing] {
            if let match = match(name, strictness) { return match }
            // Laxer ways only differ where a field has a form.
            if !has(.start, .date, .time, .uniqueid, .direction, .phone) { return nil }
        }
        return nil
    }

    /// The same, with so much asked of the fields.
    func match(_ name: [UInt8], _ strictness: Strictness) -> NameMatch? {
        var search = NameSearch(pieces: pieces, name: name, strictness: strictness)
        return search.match(piece: 0, at: 0) ? search.found : nil
    }
}

/// How much is asked of the fields that have a form.
enum Strictness {
    /// Times are times, directions are words for directions, numbers are numbers.
    case all
    /// Times are times.
    case times
    /// Times have the digits of a date and a time, if of one that never was.
    case digits
    /// A field is any text.
    case nothing
}

/// The texts of the fields of a pattern in a name.
struct NameMatch {
    /// They are few, so that a search takes less time than a dictionary.
    private var values: [(field: NameField, range: Range<Int>)] = []
    private(set) var start: NameTime?
    private(set) var day: Day?
    /// Milliseconds since midnight.
    private(set) var clock: Int?
    /// The fields whose text has not their form.
    private(set) var unread: Set<NameField> = []

    /// Of a field that the pattern has twice, the first counts.
    mutating func take(_ field: NameField, _ range: Range<Int>, as reading: NameSearch.Reading) {
        values.append((field, range))
        unread.remove(field)
        switch reading {
        case .text: break
        case .time(let time): start = time
        case .day(let found): day = found
        case .clock(let found): clock = found
        case .unread: unread.insert(field)
        }
    }

    /// The text of a field; `nil` when the pattern has none.
    subscript(field: NameField) -> Range<Int>? { values.last { $0.field == field }?.range }

    /// The time that date and time of day make together, or the one that stands alone.
    var time: NameTime? {
        if let start { return start }
        guard let day, let clock else { return nil }
        return .wall(WallTime(milliseconds: day.daysSinceEpoch * 86_400_000 + clock))
    }
}

/// The search for the texts that let a whole name match: `{from}_{to}` splits at the first
/// underscore, since a field without a form takes as few characters as will do.
struct NameSearch {
    /// The value of a field's text.
    enum Reading {
        case text
        case time(NameTime)
        case day(Day)
        case clock(Int)
        case unread
    }

    private let pieces: [NamePattern.Piece]
    private let name: [UInt8]
    private let strictness: Strictness
    /// A bit for each place that was tried in vain, so that no name can make the search long.
    private var dead: [UInt64]
    private(set) var found = NameMatch()

    init(pieces: [NamePattern.Piece], name: [UInt8], strictness: Strictness) {
        self.pieces = pieces
        self.name = name
        self.strictness = strictness
        dead = Array(repeating: 0, count: (pieces.count * (name.count + 1)) / 64 + 1)
    }

    mutating func match(piece: Int, at place: Int) -> Bool {
        guard piece < pieces.count else { return place == name.count }
        let bit = piece * (name.count + 1) + place
        if dead[bit / 64] >> UInt64(bit % 64) & 1 == 1 { return false }
        switch pieces[piece] {
        case .text(let text):
            if isAt(text, place), match(piece: piece + 1, at: place + text.count) { return true }
        case .field(let field):
            if match(field, piece, place) { return true }
        }
        dead[bit / 64] |= 1 << UInt64(bit % 64)
        return false
    }

    private mutating func match(_ field: NameField, _ piece: Int, _ place: Int) -> Bool {
        if strictness != .nothing {
            switch field {
            case .start:
                for reading in NameTime.readings(in: name, at: place)
                where match(piece: piece + 1, at: reading.end) {
                    found.take(field, place..<reading.end, as: .time(reading.time))
                    return true
                }
                guard strictness == .digits else { return false }
                for end in NameTime.brokenEnds(in: name, at: place)
                where match(piece: piece + 1, at: end) {
                    found.take(field, place..<end, as: .unread)
                    return true
                }
                return false
            case .date:
                for (end, day) in NameTime.days(in: name, at: place)
                where match(piece: piece + 1, at: end) {
                    found.take(field, place..<end, as: .day(day))
                    return true
                }
                return false
            case .time:
                for (end, clock) in NameTime.clocks(in: name, at: place)
                where match(piece: piece + 1, at: end) {
                    found.take(field, place..<end, as: .clock(clock))
                    return true
                }
                return false
            case .uniqueid:
                guard let end = UniqueID.end(in: name, at: place),
                    match(piece: piece + 1, at: end)
                else { return false }
                found.take(field, place..<end, as: .text)
                return true
            default: break
            }
        }
        return matchText(field, piece, place)
    }

    private mutating func matchText(_ field: NameField, _ piece: Int, _ place: Int) -> Bool {
        var end = place
        while end < name.count, name[end] != UInt8(ascii: "/") {
            end += 1
            // Half of a character is none.
            if end < name.count, name[end] & 0xC0 == 0x80 { continue }
            let form = form(field, place..<end)
            if form == .broken { return false }
            if form == .unfinished && strictness == .all { continue }
            if match(piece: piece + 1, at: end) {
                found.take(field, place..<end, as: form == .unfinished ? .unread : .text)
                return true
            }
        }
        return false
    }

    private enum Form {
        /// The text is what the field asks for.
        case good
        /// It is not, but with more characters it may be.
        case unfinished
        /// It is not, and no more characters will help.
        case broken
    }

    private func form(_ field: NameField, _ range: Range<Int>) -> Form {
        switch field {
        case .direction: return CallDirection.isKnown(name[range]) ? .good : .unfinished
        case .phone:
            guard strictness == .all else {
                return PhoneText.isNumber(name[range]) ? .good : .unfinished
            }
            if !PhoneText.canBeNumber(name[range]) { return .broken }
            return PhoneText.isNumber(name[range]) ? .good : .unfinished
        case .start, .date, .time, .uniqueid: return .unfinished
        default: return .good
        }
    }

    /// Letters of both cases are the same: a recorder's `.WAV` is its `.wav`.
    private func isAt(_ text: [UInt8], _ place: Int) -> Bool {
        guard place + text.count <= name.count else { return false }
        for (index, byte) in text.enumerated() {
            let other = name[place + index]
            if byte != other, !(byte.isLetter && other.isLetter && byte | 0x20 == other | 0x20) {
                return false
            }
        }
        return true
    }
}
