// NameTime: the forms in which recorders write a time into the name of a file.
import Records
import Zones

/// A time that stands in a name.
enum NameTime: Equatable {
    /// A date and a time of day; the zone is not said.
    case wall(WallTime)
    /// A moment, with the seconds by which the recorder's clock is ahead of UTC where it says so.
    case moment(Timestamp, offset: Int?)

    /// A time outside these years was never meant.
    static let years = 1990..<2100

    /// A reading of the bytes from a place on.
    struct Reading: Equatable {
        /// The place after the last byte.
        let end: Int
        let time: NameTime
    }

    /// The ways to read a time that begins at a place, the likelier ones first.
    ///
    /// These are known: RFC 3339; date and time to the second or the minute, with one mark, none or
    /// several between their parts, with a fraction, and with an offset from UTC; seconds since
    /// 1970, alone or with the counter of a unique id; milliseconds since 1970. A mark may
    /// follow, such as `_2` or `(2)`, by which recorders tell two calls of one second apart.
    static func readings(in name: [UInt8], at place: Int) -> [Reading] {
        guard place < name.count, name[place].isDigit else { return [] }
        var readings = DateReader(name: name, place: place).readings
        if let reading = sinceEpoch(name, place) { readings.append(reading) }
        return readings
            + readings.compactMap { reading in
                counter(name, reading.end).map { Reading(end: $0, time: reading.time) }
            }
    }

    /// The ways to read a date alone, in days since 1970; a slash may stand between its parts.
    static func days(in name: [UInt8], at place: Int) -> [(end: Int, day: Day)] {
        var reader = NameReader(name: name, place: place)
        guard let day = reader.day(marks: .datePath) else { return [] }
        return reader.isAtDigit ? [] : [(reader.place, day)]
    }

    /// The ways to read a time of day alone, in milliseconds since midnight.
    static func clocks(in name: [UInt8], at place: Int) -> [(end: Int, milliseconds: Int)] {
        var reader = NameReader(name: name, place: place)
        guard let clock = reader.clock(), clock.hasSeconds else { return [] }
        var found: [(end: Int, milliseconds: Int)] = []
        var longer = reader
        if let fraction = longer.fraction() {
            found = [(longer.place, clock.seconds * 1000 + fraction)]
        }
        if !reader.isAtDigit { found.append((reader.place, clock.seconds * 1000)) }
        return found
    }

    /// Ten digits are seconds since 1970, thirteen are milliseconds.
    private static func sinceEpoch(_ name: [UInt8], _ place: Int) -> Reading? {
        var reader = NameReader(name: name, place: place)
        guard let (number, width) = reader.digits(), width == 10 || width == 13 else { return nil }
        let moment = Timestamp(milliseconds: width == 10 ? number * 1000 : number)
        guard years.contains(moment.day.year), width == 13 || !isHour(number) else { return nil }
        if width == 10 { _ = reader.uniqueCounter() }
        return Reading(end: reader.place, time: .moment(moment, offset: nil))
    }

    /// Ten digits may also be a date and an hour, from which no moment can be told.
    private static func isHour(_ number: Int) -> Bool {
        let (day, hour) = (number / 100, number % 100)
        return hour < 24 && years.contains(day / 10_000)
            && Day(day / 10_000, day / 100 % 100, day % 100) != nil
    }

    /// The places after what has the digits of a date and a time to the second, as the clock of a
    /// recorder without a battery writes them, and perhaps a fraction and an offset.
    static func brokenEnds(in name: [UInt8], at place: Int) -> [Int] {
        guard place < name.count, name[place].isDigit else { return [] }
        var ends: [Int] = []
        var digits = 0
        for (index, byte) in name[place...].enumerated() {
            guard byte.isDigit || Marks.gap.contains(byte) || byte == UInt8(ascii: ":"), digits < 23
            else { break }
            guard byte.isDigit else { continue }
            digits += 1
            guard digits >= 14 else { continue }
            var reader = NameReader(name: name, place: place + index + 1)
            if reader.offset() != nil { ends.append(reader.place) }
            ends.append(place + index + 1)
        }
        return ends
    }

    /// The place after a counter of one or two digits, in brackets or after a mark.
    private static func counter(_ name: [UInt8], _ place: Int) -> Int? {
        var reader = NameReader(name: name, place: place)
        _ = reader.skip(" ")
        let isBracketed = reader.skip("(")
        guard isBracketed || reader.skip(oneOf: .counter),
            let (_, width) = reader.digits(), width < 3, !isBracketed || reader.skip(")")
        else { return nil }
        return reader.place
    }
}

/// Reads a date with the time of day that follows it.
private struct DateReader {
    let name: [UInt8]
    let place: Int

    var readings: [NameTime.Reading] {
        var reader = NameReader(name: name, place: place)
        guard let day = reader.day(marks: .date) else { return [] }
        reader.skipGap()
        guard let clock = reader.clock() else { return [] }
        let seconds = day.daysSinceEpoch * 86_400 + clock.seconds
        guard clock.hasSeconds else {
            return reader.isAtDigit ? [] : [plain(reader, seconds * 1000)]
        }
        var readings: [NameTime.Reading] = []
        var longer = reader
        if let fraction = longer.fraction() {
            let milliseconds = seconds * 1000 + fraction
            if let zoned = zoned(longer, milliseconds) { readings.append(zoned) }
            readings.append(plain(longer, milliseconds))
        }
        guard !reader.isAtDigit else { return readings }
        let withOffset = zoned(reader, seconds * 1000)
        // A hyphen with four digits is more often the next part of the name than an offset.
        let isHyphen = reader.isAt("-")
        if let withOffset, !isHyphen { readings.append(withOffset) }
        readings.append(plain(reader, seconds * 1000))
        if let withOffset, isHyphen { readings.append(withOffset) }
        if let milliseconds = thousandths(reader, seconds * 1000) { readings.append(milliseconds) }
        return readings
    }

    private func plain(_ reader: NameReader, _ milliseconds: Int) -> NameTime.Reading {
        NameTime.Reading(
            end: reader.place, time: .wall(WallTime(milliseconds: milliseconds)))
    }

    private func zoned(_ reader: NameReader, _ milliseconds: Int) -> NameTime.Reading? {
        var reader = reader
        guard let offset = reader.offset() else { return nil }
        let moment = WallTime(milliseconds: milliseconds).moment(offset: offset)
        return NameTime.Reading(end: reader.place, time: .moment(moment, offset: offset))
    }

    /// Three digits after a mark that is not a point.
    private func thousandths(_ reader: NameReader, _ milliseconds: Int) -> NameTime.Reading? {
        var reader = reader
        guard reader.skip(oneOf: .thousandth), let (number, width) = reader.digits(),
            width == 3
        else { return nil }
        return plain(reader, milliseconds + number)
    }
}
