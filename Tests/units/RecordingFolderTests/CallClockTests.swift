// CallClockTests: which moment the time in a name is, by the zone and by the PBX's unique id.
import Records
import Testing
import Zones

@testable import RecordingFolder

@Suite struct CallClockTests {
    private func wall(_ text: String) throws -> NameTime {
        .wall(WallTime(milliseconds: try #require(Timestamp(text + "Z")).milliseconds))
    }

    /// The start and what was remarked, for a name's time and its id's.
    private func decided(
        _ zone: String, _ name: String?, id: String? = nil, isUniqueID: Bool = true
    ) throws -> (String?, [String]) {
        var clock = CallClock(zone: try Zone(zone))
        let start = try clock.start(
            name.map(wall), id: id.map { try #require(Timestamp($0)) }, idDecides: isUniqueID)
        return (start.map { "\($0.moment.text) \($0.local)" }, clock.remarks)
    }

    @Test func theZoneSaysWhichMomentItIs() throws {
        let (start, remarks) = try decided("America/Los_Angeles", "2024-07-10T20:30:00")
        #expect(start == "2024-07-11T03:30:00.000Z 2024-07-10T20:30:00-07:00")
        #expect(remarks.isEmpty)
    }

    @Test func anIdThatAgreesLeavesTheRecordingItsOwnStart() throws {
        // A call that was transferred after 107 seconds.
        let (start, remarks) = try decided(
            "Europe/Berlin", "2024-03-09T11:33:50", id: "2024-03-09T10:32:03Z")
        #expect(start == "2024-03-09T10:33:50.000Z 2024-03-09T11:33:50+01:00")
        #expect(remarks.isEmpty)
    }

    @Test(
        arguments: [
            (
                "UTC", "2025-03-27T09:25:17", "2025-03-27T02:25:17Z", "2025-03-27T02:25:17.000Z",
                "+07:00"
            ),
            (
                "UTC", "2025-03-27T09:27:00", "2025-03-27T02:25:17Z", "2025-03-27T02:27:00.000Z",
                "+07:00"
            ),
            (
                "Europe/Berlin", "2024-05-01T12:00:01", "2024-05-01T06:30:01Z",
                "2024-05-01T06:30:01.000Z", "+05:30"
            ),
            (
                "Europe/Berlin", "2024-05-01T00:10:00", "2024-05-01T07:10:02Z",
                "2024-05-01T07:10:00.000Z", "-07:00"
            ),
        ])
    func anIdThatDisagreesByHoursDecidesAndIsTold(
        _ zone: String, _ name: String, _ id: String, _ expected: String, _ offset: String
    ) throws {
        let (start, remarks) = try decided(zone, name, id: id)
        #expect(start?.hasPrefix("\(expected) ") == true, "\(start ?? "none")")
        #expect(start?.hasSuffix(offset) == true)
        #expect(remarks.count == 1)
        #expect(remarks.first?.contains("UTC\(offset)") == true)
        #expect(remarks.first?.contains("--timezone") == true)
    }

    @Test func allOffsetsThatIdsShowAreTold() throws {
        var clock = CallClock(zone: .utc)
        for (wall, id) in [
            ("2024-01-10T12:00:00", "2024-01-10T11:00:00Z"),
            ("2024-07-10T12:00:00", "2024-07-10T10:00:00Z"),
            ("2024-07-11T12:00:00", "2024-07-11T10:00:00Z"),
        ] {
            let time = try #require(Timestamp(wall + "Z"))
            _ = clock.start(
                .wall(WallTime(at: time, offset: 0)), id: Timestamp(id), idDecides: true)
        }
        #expect(clock.remarks.count == 1)
        #expect(
            clock.remarks.first?.contains(
                "in 3 names the unique id shows a clock at UTC+01:00 or UTC+02:00, where") == true,
            "\(clock.remarks)")
    }

    @Test func anIdOfAnotherDayDoesNotDecide() throws {
        let (start, remarks) = try decided(
            "UTC", "2024-03-09T11:32:03", id: "2026-03-09T18:32:03Z")
        #expect(start == "2024-03-09T11:32:03.000Z 2024-03-09T11:32:03+00:00")
        #expect(
            remarks == ["in 1 name the unique id is of another day than the time; the time decides"]
        )
        // What only looks like one is no news.
        let other = try decided(
            "UTC", "2024-03-09T11:32:03", id: "2026-03-09T18:32:03Z", isUniqueID: false)
        #expect(other.1.isEmpty)
    }

    @Test func theHourThatComesTwiceIsTheFirstUnlessAnIdKnows() throws {
        let (first, told) = try decided("Europe/Berlin", "2024-10-27T02:30:00")
        #expect(first == "2024-10-27T00:30:00.000Z 2024-10-27T02:30:00+02:00")
        #expect(told.count == 1 && told[0].contains("showed twice"))
        let (second, untold) = try decided(
            "Europe/Berlin", "2024-10-27T02:30:00", id: "2024-10-27T01:29:58Z")
        #expect(second == "2024-10-27T01:30:00.000Z 2024-10-27T02:30:00+01:00")
        #expect(untold.isEmpty)
    }

    @Test func theHourThatIsLeftOutIsTold() throws {
        let (start, told) = try decided("Europe/Berlin", "2024-03-31T02:30:00")
        #expect(start == "2024-03-31T01:30:00.000Z 2024-03-31T03:30:00+02:00")
        #expect(told.count == 1 && told[0].contains("left out"))
    }

    @Test func aUniqueIDAloneIsAStart() throws {
        let (start, _) = try decided("Asia/Jakarta", nil, id: "2025-03-27T02:25:17Z")
        #expect(start == "2025-03-27T02:25:17.000Z 2025-03-27T09:25:17+07:00")
        #expect(
            try decided("Asia/Jakarta", nil, id: "2025-03-27T02:25:17Z", isUniqueID: false).0 == nil
        )
    }
}
