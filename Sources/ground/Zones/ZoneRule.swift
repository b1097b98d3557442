// ZoneRule: a rule such as PST8PDT,M3.2.0,M11.1.0, by which clocks change every year.
internal import Records
internal import System

/// The rule of a zone as POSIX spells it in `TZ`, and as RFC 8536 puts it at a file's end.
struct ZoneRule: Sendable {
    private let standard: Int
    private let summer: Summer?

    /// The half of the year in which the clocks are ahead.
    private struct Summer {
        let offset: Int
        let start: YearDay
        let end: YearDay
    }

    /// Clocks that never change.
    init(offset: Int) {
        standard = offset
        summer = nil
    }

    /// Reads a rule; `nil` for what is none.
    init?(_ text: String) {
        var text = RuleText(text)
        guard text.skipName(), let west = text.offset() else { return nil }
        standard = -west
        if text.isAtEnd {
            summer = nil
            return
        }
        guard text.skipName() else { return nil }
        let isSaid = !text.isAtEnd && !text.isAt(",")
        guard let summerWest = isSaid ? text.offset() : west - 3600 else { return nil }
        if text.isAtEnd {
            // POSIX leaves this open; glibc takes the rule of the United States.
            text = RuleText(",M3.2.0,M11.1.0")
        }
        guard text.skip(","), let start = YearDay(&text), text.skip(","),
            let end = YearDay(&text), text.isAtEnd
        else { return nil }
        summer = Summer(offset: -summerWest, start: start, end: end)
    }

    /// The offset from UTC at a second since 1970.
    func offset(at second: Int) -> Int {
        guard let summer else { return standard }
        let year = Timestamp(milliseconds: (second + standard) * 1000).day.year
        // Each change is told on the clock as it is before it.
        let start = summer.start.second(of: year) - standard
        let end = summer.end.second(of: year) - summer.offset
        let isSummer =
            start < end ? (start..<end).contains(second) : !(end..<start).contains(second)
        return isSummer ? summer.offset : standard
    }
}

/// A second of every year.
private struct YearDay {
    private enum Day {
        /// The weekday, 0 for Sunday, of the first to the fourth or the last (5) week of a month.
        case weekday(month: Int, week: Int, day: Int)
        /// From 1 to 365; 29 February is never counted.
        case withoutLeapDay(Int)
        /// From 0 to 365.
        case withLeapDay(Int)
    }

    private let day: Day
    /// Seconds after midnight, which may be before it or days after it.
    private let time: Int

    init?(_ text: inout RuleText) {
        if text.skip("M") {
            guard let month = text.number(1...12), text.skip("."), let week = text.number(1...5),
                text.skip("."), let day = text.number(0...6)
            else { return nil }
            self.day = .weekday(month: month, week: week, day: day)
        } else if text.skip("J") {
            guard let day = text.number(1...365) else { return nil }
            self.day = .withoutLeapDay(day)
        } else {
            guard let day = text.number(0...365) else { return nil }
            self.day = .withLeapDay(day)
        }
        guard let time = text.skip("/") ? text.offset() : 7200 else { return nil }
        self.time = time
    }

    /// Seconds since 1970 on the clock of the place.
    func second(of year: Int) -> Int {
        guard let january = Records.Day(year, 1, 1)?.daysSinceEpoch else { return 0 }
        let isLeapYear = Records.Day(year, 2, 29) != nil
        let days: Int
        switch day {
        case .withLeapDay(let number): days = january + number
        case .withoutLeapDay(let number):
            days = january + number - 1 + (isLeapYear && number > 59 ? 1 : 0)
        case .weekday(let month, let week, let weekday):
            guard let first = Records.Day(year, month, 1)?.daysSinceEpoch else { return 0 }
            // 1970-01-01 was a Thursday.
            let firstWeekday = ((first + 4) % 7 + 7) % 7
            var day = (weekday - firstWeekday + 7) % 7 + (week - 1) * 7
            while Records.Day(year, month, day + 1) == nil { day -= 7 }
            days = first + day
        }
        return days * 86_400 + time
    }
}

/// Takes a rule apart from its front.
private struct RuleText {
    private var rest: Substring.UTF8View

    init(_ text: String) {
        rest = text[...].utf8
    }

    var isAtEnd: Bool { rest.isEmpty }

    func isAt(_ mark: Unicode.Scalar) -> Bool { rest.first == UInt8(ascii: mark) }

    mutating func skip(_ mark: Unicode.Scalar) -> Bool {
        guard isAt(mark) else { return false }
        rest.removeFirst()
        return true
    }

    /// Three or more letters, or anything between angle brackets.
    mutating func skipName() -> Bool {
        if skip("<") {
            guard let end = rest.firstIndex(of: UInt8(ascii: ">")), end > rest.startIndex else {
                return false
            }
            rest = rest[rest.index(after: end)...]
            return true
        }
        let letters = rest.prefix(while: ASCII.isLetter)
        rest = rest.dropFirst(letters.count)
        return letters.count >= 3
    }

    mutating func number(_ range: ClosedRange<Int>) -> Int? {
        let digits = rest.prefix(while: ASCII.isDigit)
        guard !digits.isEmpty, digits.count < 4, let number = Int(String(Substring(digits))),
            range.contains(number)
        else { return nil }
        rest = rest.dropFirst(digits.count)
        return number
    }

    /// Hours, minutes and seconds as seconds; RFC 8536 has up to a week in either direction.
    mutating func offset() -> Int? {
        let sign = skip("-") ? -1 : 1
        if sign == 1 { _ = skip("+") }
        guard var seconds = number(0...167).map({ $0 * 3600 }) else { return nil }
        for unit in [60, 1] where skip(":") {
            guard let number = number(0...59) else { return nil }
            seconds += number * unit
        }
        return sign * seconds
    }
}
