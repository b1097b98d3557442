// TimestampTests: moments and days against what other calendars say.
import Records
import Testing

struct TimestampTests {
    @Test(
        "A time is read as `date -u +%s%3N` reads it and written in UTC",
        arguments: [
            ("1970-01-01T00:00:00Z", 0, "1970-01-01T00:00:00.000Z"),
            ("2024-01-15T14:03:11.120Z", 1_705_327_391_120, "2024-01-15T14:03:11.120Z"),
            ("2024-01-15T15:03:11.12+01:00", 1_705_327_391_120, "2024-01-15T14:03:11.120Z"),
            ("2024-01-15t09:33:11.1209999-04:30", 1_705_327_391_120, "2024-01-15T14:03:11.120Z"),
            ("2024-01-15 14:03:11z", 1_705_327_391_000, "2024-01-15T14:03:11.000Z"),
            ("1969-12-31T23:59:59.999Z", -1, "1969-12-31T23:59:59.999Z"),
            ("1969-07-20T20:17:40Z", -14_182_940_000, "1969-07-20T20:17:40.000Z"),
            ("2000-02-29T12:00:00Z", 951_825_600_000, "2000-02-29T12:00:00.000Z"),
            ("2016-12-31T23:59:60Z", 1_483_228_800_000, "2017-01-01T00:00:00.000Z"),
            ("9999-12-31T23:59:59.999Z", 253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
            ("0000-01-01T00:00:00Z", -62_167_219_200_000, "0000-01-01T00:00:00.000Z"),
            ("2023-12-31T23:30:00-01:00", 1_704_069_000_000, "2024-01-01T00:30:00.000Z"),
        ])
    func reading(_ text: String, _ milliseconds: Int, _ written: String) throws {
        let timestamp = try #require(Timestamp(text))
        #expect(timestamp.milliseconds == milliseconds)
        #expect(timestamp.text == written)
        #expect(Timestamp(written) == timestamp)
        #expect(timestamp.day.text == written.prefix(10))
    }

    @Test(
        "What is no time is none",
        arguments: [
            "", "2024-01-15", "2024-01-15T14:03:11", "2024-01-15T14:03Z", "2024-1-15T14:03:11Z",
            "2024-02-30T00:00:00Z", "2023-02-29T00:00:00Z", "2024-13-01T00:00:00Z",
            "2024-01-15T24:00:00Z", "2024-01-15T14:60:00Z", "2024-01-15T14:03:61Z",
            "2024-01-15T14:03:11.Z", "2024-01-15T14:03:11+1:00", "2024-01-15T14:03:11+01",
            "2024-01-15T14:03:11Zx", " 2024-01-15T14:03:11Z", "+024-01-15T14:03:11Z",
            "२०२४-01-15T14:03:11Z", "9999-12-31T23:30:00-01:00", "0000-01-01T00:30:00+01:00",
        ])
    func nonsense(_ text: String) {
        #expect(Timestamp(text) == nil)
    }

    @Test("Any number of seconds makes a moment")
    func anySeconds() {
        #expect(Timestamp(seconds: 1.0005).milliseconds == 1001)
        #expect(Timestamp(seconds: -0.001).milliseconds == -1)
        for seconds in [Double.infinity, -.infinity, .nan, 1e300, -1e300] {
            #expect(!Timestamp(seconds: seconds).text.isEmpty)
            #expect(!Timestamp.now.adding(seconds: seconds).text.isEmpty)
        }
        #expect(Timestamp(seconds: 1).adding(seconds: -1.5).milliseconds == -500)
        #expect(Timestamp(seconds: 1) < Timestamp(seconds: 2))
    }

    @Test("Every day of eight hundred years follows the one before it")
    func days() throws {
        var expected = (year: 1599, month: 12, day: 31)
        for number in -135_140..<157_054 {
            let year = expected.year
            let isLeap = year % 4 == 0 && year % 100 != 0 || year % 400 == 0
            let lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
            expected.day += 1
            if expected.day > lengths[expected.month - 1] {
                expected = (expected.year, expected.month + 1, 1)
            }
            if expected.month > 12 { expected = (expected.year + 1, 1, 1) }
            let day = try #require(Day(expected.year, expected.month, expected.day))
            guard day.daysSinceEpoch == number else {
                Issue.record("\(expected) is day \(day.daysSinceEpoch), not \(number)")
                return
            }
            guard number % 97 == 0 else { continue }
            #expect(Day(day.text) == day)
            #expect(Day(daysSinceEpoch: number).text == day.text)
        }
        #expect(expected == (2399, 12, 31))
    }

    @Test("Days have a path, a start and neighbours")
    func day() throws {
        let day = try #require(Day("2024-02-28"))
        #expect(day.path == "2024/02/28")
        #expect(day.adding(days: 2).text == "2024-03-01")
        #expect(day.start.text == "2024-02-28T00:00:00.000Z")
        #expect(day < day.adding(days: 1))
        for text in [
            "2024-02-30", "2023-02-29", "1900-02-29", "2024-00-01", "2024-01-00", "24-1-1",
        ] {
            #expect(Day(text) == nil)
        }
    }
}
