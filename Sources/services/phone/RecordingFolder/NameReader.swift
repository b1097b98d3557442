// NameReader: takes the parts of dates and times off the bytes of a name.
import Records
import System

extension UInt8 {
    var isDigit: Bool { ASCII.isDigit(self) }
    var isLetter: Bool { ASCII.isLetter(self) }
}

/// A set of ASCII characters.
struct Marks {
    private let bits: (low: UInt64, high: UInt64)

    init(_ marks: String) {
        bits = marks.utf8.reduce((0, 0)) { bits, byte in
            byte < 64
                ? (bits.0 | 1 << UInt64(byte), bits.1)
                : (bits.0, bits.1 | 1 << UInt64(byte - 64))
        }
    }

    func contains(_ byte: UInt8) -> Bool {
        byte < 64
            ? bits.low >> UInt64(byte) & 1 == 1
            : byte < 128 && bits.high >> UInt64(byte - 64) & 1 == 1
    }

    /// The mark between the parts of a date.
    static let date = Marks("-_. ")
    /// The same, with the slash of a folder.
    static let datePath = Marks("-_. /")
    /// The mark between the parts of a time of day.
    static let hour = Marks("-_.:hH ")
    static let minute = Marks("-_.:hHmM ")
    static let second = Marks("sS")
    /// The marks between date and time.
    static let gap = Marks("-_. ,@Tt")
    static let point = Marks(".,")
    static let thousandth = Marks("-_:")
    static let counter = Marks("_-.")
}

/// A place in a name.
struct NameReader {
    let name: [UInt8]
    private(set) var place: Int

    var isAtDigit: Bool { place < name.count && name[place].isDigit }

    func isAt(_ mark: Unicode.Scalar) -> Bool {
        place < name.count && name[place] == UInt8(ascii: mark)
    }

    mutating func skip(_ mark: Unicode.Scalar) -> Bool {
        guard isAt(mark) else { return false }
        place += 1
        return true
    }

    mutating func skip(oneOf marks: Marks) -> Bool {
        guard place < name.count, marks.contains(name[place]) else { return false }
        place += 1
        return true
    }

    /// A number of so many digits; more digits may follow.
    mutating func number(_ width: Int) -> Int? {
        guard place + width <= name.count else { return nil }
        var number = 0
        for byte in name[place..<(place + width)] {
            guard byte.isDigit else { return nil }
            number = number * 10 + Int(byte) - 48
        }
        place += width
        return number
    }

    /// All the digits that stand here; `nil` for more than eighteen.
    mutating func digits() -> (number: Int, width: Int)? {
        let width = name[place...].prefix { $0.isDigit }.count
        guard (1...18).contains(width), let number = number(width) else { return nil }
        return (number, width)
    }

    /// Year, month and day; either one of the marks stands at both places or nothing does.
    mutating func day(marks: Marks) -> Day? {
        guard let year = number(4), NameTime.years.contains(year) else { return nil }
        let isMarked = skip(oneOf: marks)
        guard let month = number(2), skip(oneOf: marks) == isMarked, let day = number(2) else {
            return nil
        }
        return Day(year, month, day)
    }

    /// The marks between date and time: up to three marks, or the T of RFC 3339.
    mutating func skipGap() {
        for _ in 0..<3 where !skip(oneOf: .gap) { return }
    }

    /// Hours and minutes, and the seconds where they are there.
    mutating func clock() -> (seconds: Int, hasSeconds: Bool)? {
        guard let hour = number(2), hour < 24 else { return nil }
        let isMarked = skip(oneOf: .hour)
        guard let minute = number(2), minute < 60 else { return nil }
        let minutes = hour * 3600 + minute * 60
        var longer = self
        guard longer.skip(oneOf: .minute) == isMarked,
            let second = longer.number(2), second < 61
        else { return (minutes, false) }
        if isMarked, !longer.isAtLetterAfterUnit { _ = longer.skip(oneOf: .second) }
        self = longer
        // As with RFC 3339, a leap second is the first of the next minute.
        return (minutes + second, true)
    }

    /// The unit of the seconds, as in `14h33m11s`, is none where a word begins with it.
    private var isAtLetterAfterUnit: Bool { place + 1 < name.count && name[place + 1].isLetter }

    /// Digits after a point or a comma as milliseconds, or the three that follow without a mark.
    mutating func fraction() -> Int? {
        var reader = self
        let isMarked = reader.skip(oneOf: .point)
        let start = reader.place
        guard let (_, width) = reader.digits(), width <= 9, isMarked || width == 3 else {
            return nil
        }
        let three = (0..<3).map { $0 < width ? Int(name[start + $0]) - 48 : 0 }
        self = reader
        return three[0] * 100 + three[1] * 10 + three[2]
    }

    /// `Z`, `+07:00`, `-0400` or `+01` as seconds; zones have whole quarters of an hour.
    mutating func offset() -> Int? {
        var reader = self
        if reader.skip("Z") {
            let isWord = reader.place < name.count && name[reader.place].isLetter
            if !isWord { self = reader }
            return isWord ? nil : 0
        }
        let sign = reader.skip("+") ? 1 : reader.skip("-") ? -1 : 0
        guard sign != 0, let hours = reader.number(2), hours <= 14 else { return nil }
        var longer = reader
        let isMarked = longer.skip(":")
        if let minutes = longer.number(2), minutes % 15 == 0, minutes < 60, !longer.isAtDigit {
            self = longer
            return sign * (hours * 3600 + minutes * 60)
        }
        guard !isMarked, !reader.isAtDigit else { return nil }
        self = reader
        return sign * hours * 3600
    }

    /// The counter of a unique id: a point and one to nine digits.
    mutating func uniqueCounter() -> Bool {
        var reader = self
        guard reader.skip("."), let (_, width) = reader.digits(), width < 10 else { return false }
        self = reader
        return true
    }
}
