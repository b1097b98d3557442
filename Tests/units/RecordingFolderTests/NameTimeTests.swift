// NameTimeTests: the forms in which recorders write times.
import Records
import Testing
import Zones

@testable import RecordingFolder

@Suite struct NameTimeTests {
    /// The first reading, by its text and its time: `+` for what is said of the offset.
    private func first(_ name: String) -> String {
        let bytes = Array(name.utf8)
        guard let reading = NameTime.readings(in: bytes, at: 0).first else { return "none" }
        let taken = String(decoding: bytes[..<reading.end], as: UTF8.self)
        switch reading.time {
        case .wall(let wall): return "\(taken) \(wall.text(offset: 0).dropLast(6))"
        case .moment(let moment, let offset):
            return "\(taken) \(moment.text) \(offset.map(Offset.text) ?? "?")"
        }
    }

    @Test(
        arguments: [
            ("20240115-143311", "20240115-143311 2024-01-15T14:33:11"),
            ("20240115143311", "20240115143311 2024-01-15T14:33:11"),
            ("2024-01-15-143311", "2024-01-15-143311 2024-01-15T14:33:11"),
            ("2024-01-15 14.33.11", "2024-01-15 14.33.11 2024-01-15T14:33:11"),
            ("2024_01_15_14_33_11", "2024_01_15_14_33_11 2024-01-15T14:33:11"),
            ("2024-01-15T14:33:11Z", "2024-01-15T14:33:11Z 2024-01-15T14:33:11.000Z +00:00"),
            ("20240115T143311", "20240115T143311 2024-01-15T14:33:11"),
            ("20240115 - 14h33m11s", "20240115 - 14h33m11s 2024-01-15T14:33:11"),
            ("20240115143311123", "20240115143311123 2024-01-15T14:33:11.123"),
            (
                "20220522_122802.881926-0400",
                "20220522_122802.881926-0400 2022-05-22T16:28:02.881Z -04:00"
            ),
            ("20220522_122802.5+0530", "20220522_122802.5+0530 2022-05-22T06:58:02.500Z +05:30"),
            (
                "2024-01-15T14:33:11+01:00",
                "2024-01-15T14:33:11+01:00 2024-01-15T13:33:11.000Z +01:00"
            ),
            ("1705325591.123", "1705325591.123 2024-01-15T13:33:11.000Z ?"),
            ("1705325591", "1705325591 2024-01-15T13:33:11.000Z ?"),
            ("1705325591123", "1705325591123 2024-01-15T13:33:11.123Z ?"),
            ("202401151433", "202401151433 2024-01-15T14:33:00"),
            ("20240115-1433", "20240115-1433 2024-01-15T14:33:00"),
            // What follows is none of the time's.
            ("20240115-143311-1001", "20240115-143311 2024-01-15T14:33:11"),
            ("20240115-143311_5550100", "20240115-143311 2024-01-15T14:33:11"),
            ("20240115-143311Zoe", "20240115-143311 2024-01-15T14:33:11"),
            ("20110203104522_2", "20110203104522 2011-02-03T10:45:22"),
            ("2016-12-31T23:59:60Z", "2016-12-31T23:59:60Z 2017-01-01T00:00:00.000Z +00:00"),
        ])
    func aTimeIsReadAsItWasWritten(_ name: String, _ expected: String) {
        #expect(first(name) == expected)
    }

    @Test(
        arguments: [
            // Seconds since 1970 with a counter of four digits are not fourteen digits of a date.
            "1705325591.", "17120518231045", "20241315143311", "20240230143311", "20240115246060",
            "18991231235959", "21000101000000", "20240115", "5550100", "555010012", "2024011514",
            "99999999999999", "20240115-143311999999", "x", "", "-20240115",
        ])
    func whatIsNoTimeIsNotRead(_ name: String) {
        let found = NameTime.readings(in: Array(name.utf8), at: 0)
        // A text of which only the beginning is a time is none.
        #expect(!found.contains { $0.end == name.utf8.count }, "\(found)")
    }

    @Test(
        arguments: [
            "20110203104522_2", "20110203104522_13", "20110203104522(2)", "20110203104522 (2)",
            "20110203104522-2", "20110203104522.2",
        ])
    func aCounterBelongsToTheTime(_ name: String) {
        let whole = NameTime.readings(in: Array(name.utf8), at: 0)
            .filter { $0.end == name.utf8.count }
        #expect(!whole.isEmpty)
        for reading in whole {
            guard case .wall(let wall) = reading.time else {
                Issue.record("\(reading)")
                continue
            }
            #expect(wall.text(offset: 0).hasPrefix("2011-02-03T10:45:22"))
        }
    }

    @Test func noDigitsMakeATimeOutsideOfTwoCenturies() {
        var generator = SystemRandomNumberGenerator()
        let alphabet = Array("0123456789012345678901234567-_. T:+Z".utf8)
        for _ in 0..<20_000 {
            let name = (0..<Int.random(in: 1...30, using: &generator)).map { _ in
                alphabet[Int.random(in: 0..<alphabet.count, using: &generator)]
            }
            for reading in NameTime.readings(in: name, at: 0) {
                let moment =
                    switch reading.time {
                    case .wall(let wall): wall.moment(offset: 0)
                    case .moment(let moment, _): moment
                    }
                // An offset may bring the last day of a year into the next.
                #expect((1989...2100).contains(moment.day.year), "\(name)")
                #expect(reading.end <= name.count)
            }
        }
    }
}
