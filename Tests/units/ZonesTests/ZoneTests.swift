// ZoneTests: offsets of zones, held against the system's own date(1), and the hours that clocks
// leave out or show twice.
import Foundation
import Records
import TestSupport
import Testing

@testable import Zones

@Suite struct ZoneTests {
    private func moments(_ zone: String, _ wall: String) throws -> Zone.Moments {
        let time = try #require(Timestamp(wall + "Z"))
        return try Zone(zone).moments(of: WallTime(milliseconds: time.milliseconds))
    }

    private func moment(_ text: String) throws -> Timestamp { try #require(Timestamp(text)) }

    @Test(
        arguments: [
            ("America/Los_Angeles", "2024-07-10T20:30:00", "2024-07-11T03:30:00Z"),
            ("America/Los_Angeles", "2024-01-10T20:30:00", "2024-01-11T04:30:00Z"),
            ("Asia/Jakarta", "2025-03-27T09:25:17", "2025-03-27T02:25:17Z"),
            ("Asia/Kathmandu", "2024-05-01T12:00:00", "2024-05-01T06:15:00Z"),
            (":Europe/Berlin", "2024-05-01T12:00:00", "2024-05-01T10:00:00Z"),
            ("Europe/Dublin", "2024-12-01T12:00:00", "2024-12-01T12:00:00Z"),
            ("Europe/Dublin", "2024-06-01T12:00:00", "2024-06-01T11:00:00Z"),
            // Beyond the last change that a file lists, the rule at its end holds.
            ("America/Los_Angeles", "2061-07-01T12:00:00", "2061-07-01T19:00:00Z"),
            ("Australia/Sydney", "2061-01-01T12:00:00", "2061-01-01T01:00:00Z"),
            ("", "2024-05-01T12:00:00", "2024-05-01T12:00:00Z"),
            ("PST8PDT,M3.2.0,M11.1.0", "2024-07-10T20:30:00", "2024-07-11T03:30:00Z"),
            ("<+0730>-7:30", "2024-07-10T20:30:00", "2024-07-10T13:00:00Z"),
            ("IST-1GMT0,M10.5.0,M3.5.0/1", "2024-12-01T12:00:00", "2024-12-01T12:00:00Z"),
            ("NZST-12NZDT,M9.5.0,M4.1.0/3", "2024-12-01T12:00:00", "2024-11-30T23:00:00Z"),
        ])
    func aClockShowsATimeOnce(_ zone: String, _ wall: String, _ expected: String) throws {
        #expect(try moments(zone, wall) == .one(moment(expected)))
    }

    @Test(
        arguments: [
            ("Europe/Berlin", "2024-03-31T02:30:00", "2024-03-31T01:30:00Z"),
            ("America/New_York", "2024-03-10T02:00:00", "2024-03-10T07:00:00Z"),
            ("Australia/Lord_Howe", "2024-10-06T02:15:00", "2024-10-05T15:45:00Z"),
        ])
    func aTimeThatWasLeftOutCountsAsIfItHadNot(
        _ zone: String, _ wall: String, _ expected: String
    ) throws {
        #expect(try moments(zone, wall) == .skipped(moment(expected)))
    }

    @Test(
        arguments: [
            (
                "Europe/Berlin", "2024-10-27T02:30:00", "2024-10-27T00:30:00Z",
                "2024-10-27T01:30:00Z"
            ),
            (
                "America/New_York", "2024-11-03T01:59:59", "2024-11-03T05:59:59Z",
                "2024-11-03T06:59:59Z"
            ),
            (
                "Australia/Lord_Howe", "2024-04-07T01:45:00", "2024-04-06T14:45:00Z",
                "2024-04-06T15:15:00Z"
            ),
        ])
    func aTimeThatWasShownTwiceIsTwoMoments(
        _ zone: String, _ wall: String, _ first: String, _ second: String
    ) throws {
        #expect(try moments(zone, wall) == .twice(moment(first), moment(second)))
    }

    @Test func offsetsAreThoseOfTheSystem() throws {
        let seconds = stride(from: 631_152_000, to: 4_102_444_800, by: 8_640_517)
        let place = TemporaryDirectory()
        let list = try place.write(seconds.map { "@\($0)\n" }.joined().utf8, "moments")
        for name in [
            "America/Sao_Paulo", "Africa/Casablanca", "Asia/Tehran", "Europe/London",
            "Pacific/Apia", "Asia/Gaza", "America/Caracas", "America/St_Johns", "Asia/Pyongyang",
        ] {
            let zone = try Zone(name)
            let date = Process()
            let output = Pipe()
            date.executableURL = URL(filePath: "/usr/bin/date")
            date.arguments = ["-f", list, "+%::z"]
            date.environment = ["TZ": name]
            date.standardOutput = output
            try date.run()
            let told = try #require(try output.fileHandleForReading.readToEnd())
            date.waitUntilExit()
            let offsets = seconds.map { second in
                Offset.text(zone.offset(at: Timestamp(milliseconds: second * 1000))) + ":00"
            }
            #expect(
                String(decoding: told, as: UTF8.self).split(separator: "\n").map(String.init)
                    == offsets, "\(name)")
        }
    }

    @Test(
        arguments: [
            "Atlantis/Capital", "../../../etc/passwd", "Europe", "EST", "PST8PDT,M13.2.0,M11.1.0",
            "right/UTC", "P8", "Europe/Berlin\u{0}", "/etc/hostname",
            // POSIX means hours behind UTC by these, and people mean ahead.
            "UTC+3", "UTC-3", "utc3", "GMT+3", "UTC+3:30", "UT-5",
            "+15:00", "+3", "+03:60", "+:30", "+03:0", "3:00", "+03:00:00", "+-3",
        ])
    func aNameThatIsNoZoneIsRefused(_ name: String) {
        // Some of these are zones where the system has links for them.
        if FileManager.default.fileExists(atPath: "/usr/share/zoneinfo/\(name)"), name == "EST" {
            return
        }
        #expect(throws: Failure.self) { try Zone(name) }
    }

    @Test(
        arguments: [
            ("+03:00", 10_800), ("-0330", -12_600), ("+05:45", 20_700), ("-08", -28_800),
            ("+00:00", 0), ("MSK-3", 10_800), ("Etc/GMT+3", -10_800),
        ])
    func anOffsetIsAheadOfUTC(_ name: String, _ seconds: Int) throws {
        #expect(try Zone(name).offset(at: Timestamp(milliseconds: 0)) == seconds)
    }

    @Test func damagedFilesAreNoZones() throws {
        let whole = try Data(contentsOf: URL(filePath: "/usr/share/zoneinfo/Europe/Berlin"))
        #expect(ZoneFile(Array(whole)) != nil)
        for length in stride(from: 0, to: whole.count - 40, by: 7) {
            #expect(ZoneFile(Array(whole.prefix(length))) == nil)
        }
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<500 {
            var bytes = Array(whole)
            for _ in 0..<3 {
                bytes[Int.random(in: 0..<bytes.count, using: &generator)] = UInt8.random(
                    in: 0...255)
            }
            // Any answer will do, as long as there is one.
            _ = ZoneFile(bytes)?.offset(at: 1_700_000_000)
        }
    }

    @Test func aLocalTimeIsWrittenWithItsOffset() {
        let moment = Timestamp(milliseconds: 1_743_042_317_000)
        #expect(
            WallTime(at: moment, offset: 25_200).text(offset: 25_200) == "2025-03-27T09:25:17+07:00"
        )
        #expect(
            WallTime(at: moment, offset: -12_600).text(offset: -12_600)
                == "2025-03-26T22:55:17-03:30")
        let half = Timestamp(milliseconds: 1_743_042_317_250)
        #expect(WallTime(at: half, offset: 0).text(offset: 0) == "2025-03-27T02:25:17.250+00:00")
    }
}
