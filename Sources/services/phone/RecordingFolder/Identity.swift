// Identity: which files are the same recording.
internal import Crypto
internal import Records

/// The property that makes two files the same recording.
public enum Identity: String, CaseIterable, Sendable {
    /// The content, with the date and time in the name: a file that is moved or renamed
    /// stays the same recording.
    case content
    /// The name without directories and ending: a file that is moved or compressed stays the same
    /// recording.
    case name
    /// The text of the pattern's `{id}` or `{uniqueid}`.
    case pattern
}

/// Finds the id of a recording, from nothing but the file, so that no state can change it.
struct Identifier {
    /// `nil` decides by the name: one that a recorder gives only once is the identity, else the
    /// content is.
    let identity: Identity?

    /// The source of an id.
    enum Basis: Equatable {
        case content, name, pattern
    }

    /// So small a file holds no more than half a second of speech, and may be the same for all the
    /// calls that were not taken.
    private static let least = 4096

    /// The id that the recording has in its source, and what it was made from.
    ///
    /// - Parameters:
    ///   - name: The file's name.
    ///   - bytes: The file's size.
    ///   - sha256: The hash of the content.
    ///   - id: The id by the pattern.
    ///   - byContent: True where the name is known not to tell this recording from another.
    /// - Returns: The id without the source before it.
    func id(
        of name: FileName, bytes: Int, sha256: String, id: String?, byContent: Bool
    ) -> (native: String, basis: Basis) {
        if identity == .pattern, let id { return (id, .pattern) }
        let stem = name.stem
        let marks = NameMarks(stem)
        let isGivenOnce = identity == nil && marks.isGivenOnce && !byContent
        if isGivenOnce || identity == .name {
            // The copy that somebody made of a recording is no other one.
            let own = stem.dropLast(isGivenOnce ? FileName.lengthOfCopyMark(stem) : 0)
            return (Identifier.hash(["name", String(decoding: own, as: UTF8.self)]), .name)
        }
        var parts = ["content", sha256]
        if let moment = marks.moment { parts.append(moment) }
        if bytes < Identifier.least { parts.append(String(decoding: stem, as: UTF8.self)) }
        return (parts.count == 2 ? String(sha256.prefix(32)) : Identifier.hash(parts), .content)
    }

    private static func hash(_ parts: [String]) -> String {
        String(Digest.sha256(Array(parts.joined(separator: "\n").utf8)).prefix(32))
    }
}

/// The part of a name that the recorder made, for any pattern of the user.
struct NameMarks: Equatable {
    /// The first date with a time to the second, or the first unique id, as it stands there.
    private(set) var moment: String?
    /// True when the recorder gives the name only once: it has a unique id, or a time to the second
    /// and a number.
    private(set) var isGivenOnce = false

    init(_ stem: ArraySlice<UInt8>) {
        let name = Array(stem)
        var hasNumber = false
        var hasTime = false
        var place = 0
        while place < name.count {
            guard name[place].isDigit else {
                place += 1
                continue
            }
            let width = name[place...].prefix(while: \.isDigit).count
            if name[place] == UInt8(ascii: "1"), let end = UniqueID.end(in: name, at: place) {
                // Numbers of telephones begin with other digits, so that these seconds reach from
                // 2001 to 2033.
                note(String(decoding: name[place..<end], as: UTF8.self))
                isGivenOnce = true
                place = end
            } else if !hasTime, let (end, digits) = NameMarks.time(name, place) {
                note(digits)
                hasTime = true
                place = end
            } else if !hasTime, width == 10, name[place] == UInt8(ascii: "1") {
                // Seconds since 1970, as in auto-1705325591-101-5550100.
                hasTime = true
                place += width
            } else {
                hasNumber = hasNumber || width > 2
                place += width
            }
        }
        if hasTime, hasNumber { isGivenOnce = true }
    }

    private mutating func note(_ found: String) {
        moment = moment ?? found
    }

    /// The fourteen digits of a date and a time to the second, and the place after all of it.
    private static func time(_ name: [UInt8], _ place: Int) -> (end: Int, digits: String)? {
        var reader = NameReader(name: name, place: place)
        guard reader.day(marks: .date) != nil else { return nil }
        reader.skipGap()
        guard let clock = reader.clock(), clock.hasSeconds else { return nil }
        let digits = name[place..<reader.place].filter(\.isDigit)
        if reader.fraction() == nil, reader.isAtDigit { return nil }
        _ = reader.offset()
        return (reader.place, String(decoding: digits, as: UTF8.self))
    }
}
