// GapsTests: what is missing of which day, with a list and without one.
import CheckpointSupport
import Foundation
import Records
import Testing

@testable import Checkpoint
@testable import CheckpointReports

struct GapsTests {
    private let desk = Desk()

    /// A recording that began on a day of January 2024, which the first is a Monday of.
    private func call(_ number: Int, _ day: Int, _ time: String = "10:00", _ more: String = "")
        -> String
    {
        #"{"id":"rc:\#(number)","source":"ringcentral","start":"2024-01-\#(day < 10 ? "0" : "")"#
            + #"\#(day)T\#(time):00.000Z"\#(more.isEmpty ? "" : ",")\#(more)}"#
    }

    private func gaps(
        stage: Stage? = nil, byExtension: Bool = false, until day: Int = 16, hour: Int = 12
    ) throws -> Gaps {
        let end = try #require(Timestamp("2024-01-\(day)T\(hour):00:00Z"))
        return try Gaps(
            in: try desk.open(), stage: stage, byExtension: byExtension, before: end)
    }

    private func shown(_ rows: [Gaps.Row]) -> [String] {
        rows.map {
            "\($0.day)\($0.extension.isEmpty ? "" : " " + $0.extension): \($0.listed) listed, "
                + "\($0.calls) calls, \($0.completed) done, \($0.missing) missing"
                + ($0.isGap ? " GAP" : "")
        }
    }

    @Test("A day with an open recording is a gap, and an empty one where its weekday is busy")
    func alone() throws {
        try desk.mark(.upload, call(1, 8), call(2, 8), call(3, 9), call(4, 15))
        try desk.mark(.upload, status: .skipped, call(5, 8))
        try desk.mark(.upload, status: .pending, call(6, 10), call(7, 16))
        let rows = try gaps(until: 16).counted(since: try #require(Day("2024-01-02")))
        #expect(
            shown(rows).filter { !$0.contains(" 0 calls") } == [
                "2024-01-08: 0 listed, 3 calls, 2 done, 0 missing",
                "2024-01-09: 0 listed, 1 calls, 1 done, 0 missing",
                "2024-01-10: 0 listed, 1 calls, 0 done, 1 missing GAP",
                "2024-01-15: 0 listed, 1 calls, 1 done, 0 missing",
                "2024-01-16: 0 listed, 1 calls, 0 done, 1 missing GAP",
            ])
        // The 2nd is a Tuesday as the 9th, the 3rd a Wednesday as the 10th; of the other days no
        // week had any.
        #expect(
            rows.filter { $0.calls == 0 && $0.isGap }.map(\.day) == ["2024-01-02", "2024-01-03"])
        #expect(rows.count == 15)
    }

    @Test("A range without a second day of the kind takes no day for free")
    func shortRange() throws {
        try desk.mark(.upload, call(1, 15))
        let rows = try gaps(until: 16).counted(since: try #require(Day("2024-01-14")))
        #expect(rows.filter(\.isGap).map(\.day) == ["2024-01-14"])
    }

    @Test("What a list has and the checkpoint does not know is missing, once")
    func list() throws {
        try desk.mark(.fetch, call(1, 8), call(2, 8), #"{"id":"x:2"}"#)
        try desk.mark(.upload, #"{"id":"x:2"}"#)
        let gaps = try gaps()
        let list = [
            call(1, 8), call(3, 8), call(3, 8), call(1, 8), call(4, 9), #"{"id":"x:1"}"#,
            #"{"id":"x:2"}"#,
        ]
        let missing = try list.filter { try withLine($0) { try gaps.isMissing($0) } }
        #expect(missing == [call(3, 8), call(4, 9), #"{"id":"x:1"}"#])
        #expect(
            try shown(gaps.compared(since: nil)) == [
                "2024-01-08: 2 listed, 2 calls, 0 done, 1 missing GAP",
                "2024-01-09: 1 listed, 0 calls, 0 done, 1 missing GAP",
                "undated: 2 listed, 1 calls, 1 done, 1 missing GAP",
            ])
    }

    @Test("By stage, what is known and not done is missing, unless it was skipped or erased")
    func stage() throws {
        try desk.mark(.upload, call(1, 8))
        try desk.mark(.upload, status: .skipped, call(2, 8))
        try desk.mark(.upload, status: .failed, call(3, 8))
        try desk.mark(.fetch, call(4, 8), call(5, 8))
        _ = try desk.sqlite3("UPDATE calls SET erased_at = '2024-01-10' WHERE id = 'rc:5'")
        let gaps = try gaps(stage: .upload)
        let missing = try (1...5).filter { number in
            try withLine(call(number, 8)) { try gaps.isMissing($0) }
        }
        #expect(missing == [3, 4])
        #expect(try gaps.compared(since: Day("2024-01-07")).map(\.calls) == [5])
    }

    @Test("What began too late is left out of list and counts alike")
    func settled() throws {
        try desk.mark(.upload, status: .pending, call(1, 15, "11:59"), call(2, 15, "12:00"))
        let gaps = try gaps(until: 15, hour: 12)
        #expect(try withLine(call(3, 15, "12:00")) { try gaps.isMissing($0) } == false)
        #expect(try withLine(call(4, 15, "11:59")) { try gaps.isMissing($0) } == true)
        #expect(try gaps.compared(since: nil).map(\.calls) == [1])
    }

    @Test("An extension is the end of the call that is ours, in the list and the file alike")
    func extensions() throws {
        let ours = #""extension":"101""#
        let theirs = #""phone":"+16505550100""#
        let inbound = #""direction":"inbound","from":{\#(theirs)},"to":{\#(ours)}"#
        let outbound = #""direction":"outbound","from":{\#(ours)},"to":{"extension":"102"}"#
        try desk.mark(.upload, call(1, 8, "10:00", inbound), call(2, 8, "11:00", outbound))
        let gaps = try gaps(byExtension: true)
        for (number, more) in [(3, inbound), (4, outbound), (5, #""direction":"inbound""#)] {
            #expect(try withLine(call(number, 8, "12:00", more)) { try gaps.isMissing($0) })
        }
        #expect(
            try shown(gaps.compared(since: nil)) == [
                "2024-01-08: 1 listed, 0 calls, 0 done, 1 missing GAP",
                "2024-01-08 101: 2 listed, 2 calls, 2 done, 2 missing GAP",
            ])
    }
}
