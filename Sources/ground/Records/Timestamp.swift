// Timestamp: RFC 3339 in and out, days in UTC.
internal import Glibc
internal import Synchronization
internal import System

/// A moment with milliseconds, in UTC.
public struct Timestamp: Sendable, Comparable, Hashable {
    /// Milliseconds since 1970-01-01T00:00:00Z.
    public let milliseconds: Int

    /// Seconds since then.
    public var seconds: Double { Double(milliseconds) / 1000 }

    /// The moment so many milliseconds after the epoch.
    public init(milliseconds: Int) {
        self.milliseconds = milliseconds
    }

    /// The moment so many seconds after the epoch.
    public init(seconds: Double) {
        milliseconds = Timestamp.milliseconds(seconds)
    }

    /// The system's clock, unless ``pretend(now:)`` has set another.
    ///
    public static var now: Timestamp {
        let ahead = Timestamp.ahead.load(ordering: .relaxed)
        return Timestamp(milliseconds: system.milliseconds + ahead)
    }

    /// Lets time go on from another moment in this process, so that tests can live through a week.
    public static func pretend(now moment: Timestamp) {
        ahead.store(moment.milliseconds - system.milliseconds, ordering: .relaxed)
    }

    private static let ahead = Atomic(0)

    private static var system: Timestamp { Timestamp(milliseconds: SystemClock.milliseconds) }

    /// Reads an RFC 3339 time: `2024-01-15T14:03:11.120Z`, `…+01:00`.
    ///
    /// Fractions beyond milliseconds are cut off; a leap second is the first of the next minute.
    /// `nil` for what is no time, and for a year that four digits cannot write.
    public init?(_ text: some StringProtocol) {
        var digits = TextCursor(text)
        guard let year = digits.number(4), digits.skip("-"), let month = digits.number(2),
            digits.skip("-"), let day = digits.number(2), let date = Day(year, month, day),
            digits.skip("T") || digits.skip("t") || digits.skip(" "),
            let hour = digits.number(2), hour < 24, digits.skip(":"),
            let minute = digits.number(2), minute < 60, digits.skip(":"),
            let second = digits.number(2), second < 61
        else { return nil }
        let fraction = digits.skip(".") ? digits.fraction() : 0
        guard let fraction, let offset = digits.offset(), digits.isAtEnd else { return nil }
        let seconds = date.daysSinceEpoch * 86_400 + hour * 3600 + minute * 60 + second - offset
        milliseconds = seconds * 1000 + fraction
        guard Timestamp.years.contains(milliseconds) else { return nil }
    }

    /// From the year 0 to the year 9999.
    private static let years = -62_167_219_200_000..<253_402_300_800_000

    /// The day in UTC on which it falls.
    public var day: Day { Day(daysSinceEpoch: milliseconds.floored(by: 86_400_000)) }

    /// RFC 3339 in UTC with milliseconds.
    public var text: String { text(zone: "Z", withMilliseconds: true) }

    /// RFC 3339 with the zone's letter or offset as it is given.
    public func text(zone: String, withMilliseconds hasFraction: Bool) -> String {
        let inDay = milliseconds - day.daysSinceEpoch * 86_400_000
        var text: [UInt8] = []
        text.reserveCapacity(32)
        day.write("-", to: &text)
        text.append(UInt8(ascii: "T"))
        write(inDay / 3_600_000, digits: 2, to: &text)
        text.append(UInt8(ascii: ":"))
        write(inDay / 60_000 % 60, digits: 2, to: &text)
        text.append(UInt8(ascii: ":"))
        write(inDay / 1000 % 60, digits: 2, to: &text)
        if hasFraction {
            text.append(UInt8(ascii: "."))
            write(inDay % 1000, digits: 3, to: &text)
        }
        text += zone.utf8
        return String(decoding: text, as: UTF8.self)
    }

    /// The moment so many seconds later.
    public func adding(seconds: Double) -> Timestamp {
        Timestamp(milliseconds: milliseconds + Timestamp.milliseconds(seconds))
    }

    /// A number from outside may be anything; what no calendar holds becomes the nearest thing.
    private static func milliseconds(_ seconds: Double) -> Int {
        let bound = 1e15
        return seconds.isNaN ? 0 : Int((min(max(seconds * 1000, -bound), bound)).rounded())
    }

    /// Earlier is less.
    public static func < (a: Timestamp, b: Timestamp) -> Bool { a.milliseconds < b.milliseconds }
}

/// A day of the Gregorian calendar, in UTC.
public struct Day: Sendable, Comparable, Hashable {
    /// Days since 1970-01-01.
    public let daysSinceEpoch: Int

    /// The day so many days after the epoch.
    public init(daysSinceEpoch: Int) {
        self.daysSinceEpoch = daysSinceEpoch
    }

    /// A day by its numbers; `nil` for one that the calendar does not have.
    public init?(_ year: Int, _ month: Int, _ day: Int) {
        guard (1...12).contains(month), (1...31).contains(day) else { return nil }
        daysSinceEpoch = Day.days(year, month, day)
        guard numbers == (year, month, day) else { return nil }
    }

    /// Reads `YYYY-MM-DD`.
    public init?(_ text: some StringProtocol) {
        var digits = TextCursor(text)
        guard let year = digits.number(4), digits.skip("-"), let month = digits.number(2),
            digits.skip("-"), let day = digits.number(2), digits.isAtEnd
        else { return nil }
        self.init(year, month, day)
    }

    /// `YYYY-MM-DD`.
    public var text: String { joined("-") }
    /// `YYYY/MM/DD`.
    public var path: String { joined("/") }
    /// The year of the calendar.
    public var year: Int { numbers.year }
    /// Midnight at which it begins.
    public var start: Timestamp { Timestamp(milliseconds: daysSinceEpoch * 86_400_000) }

    /// The day so many days later.
    public func adding(days: Int) -> Day { Day(daysSinceEpoch: daysSinceEpoch + days) }

    /// Earlier is less.
    public static func < (a: Day, b: Day) -> Bool { a.daysSinceEpoch < b.daysSinceEpoch }

    private func joined(_ separator: Unicode.Scalar) -> String {
        var text: [UInt8] = []
        write(separator, to: &text)
        return String(decoding: text, as: UTF8.self)
    }

    fileprivate func write(_ separator: Unicode.Scalar, to text: inout [UInt8]) {
        let (year, month, day) = numbers
        Records.write(year, digits: 4, to: &text)
        text.append(UInt8(ascii: separator))
        Records.write(month, digits: 2, to: &text)
        text.append(UInt8(ascii: separator))
        Records.write(day, digits: 2, to: &text)
    }

    // Both ways count years from March, so that the leap day is the last of the year, in eras of
    // 400 years, which all have 146,097 days.
    private static func days(_ year: Int, _ month: Int, _ day: Int) -> Int {
        let year = month <= 2 ? year - 1 : year
        let era = year.floored(by: 400)
        let yearOfEra = year - era * 400
        let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    private var numbers: (year: Int, month: Int, day: Int) {
        let shifted = daysSinceEpoch + 719_468
        let era = shifted.floored(by: 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra =
            (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = (shiftedMonth + 2) % 12 + 1
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (year, month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    }
}

extension Int {
    fileprivate func floored(by divisor: Int) -> Int {
        (self >= 0 ? self : self - divisor + 1) / divisor
    }
}

/// Writes a number with zeros before it, up to a width; a longer one stands there whole.
private func write(_ number: Int, digits width: Int, to text: inout [UInt8]) {
    let digits = String(number).utf8
    text += repeatElement(UInt8(ascii: "0"), count: max(0, width - digits.count))
    text += digits
}

/// Takes numbers and marks off the front of a text.
private struct TextCursor {
    private var rest: ArraySlice<UInt8>

    init(_ text: some StringProtocol) {
        rest = Array(text.utf8)[...]
    }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func skip(_ mark: Unicode.Scalar) -> Bool {
        guard rest.first == UInt8(ascii: mark) else { return false }
        rest.removeFirst()
        return true
    }

    mutating func number(_ width: Int) -> Int? {
        let digits = rest.prefix(width)
        guard digits.count == width, digits.allSatisfy(ASCII.isDigit) else {
            return nil
        }
        rest.removeFirst(width)
        return digits.reduce(0) { $0 * 10 + Int($1) - 48 }
    }

    /// The digits after the point as milliseconds.
    mutating func fraction() -> Int? {
        let digits = rest.prefix(while: ASCII.isDigit)
        guard !digits.isEmpty else { return nil }
        rest.removeFirst(digits.count)
        let three = digits.prefix(3) + repeatElement(48, count: max(0, 3 - digits.count))
        return three.reduce(0) { $0 * 10 + Int($1) - 48 }
    }

    /// The zone's distance from UTC in seconds.
    mutating func offset() -> Int? {
        if skip("Z") || skip("z") { return 0 }
        let sign = skip("+") ? 1 : skip("-") ? -1 : 0
        guard sign != 0, let hours = number(2), hours < 24, skip(":"), let minutes = number(2),
            minutes < 60
        else { return nil }
        return sign * (hours * 3600 + minutes * 60)
    }
}
