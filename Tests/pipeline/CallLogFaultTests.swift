// CallLogFaultTests: rc-list against a call log whose pages do not add up.
import Foundation
import Testing

@Suite struct CallLogFaultTests {
    /// The ids of the calls of one day.
    private let ids = (1...7).map(String.init)

    /// A RingCentral with seven calls of yesterday, an hour apart.
    private func start(_ place: Workplace, _ options: [String]) throws -> Fake {
        let made = try place.run(
            """
            day=$(date -u -d yesterday +%F)
            jq -c 'select(.recording)' "\(Workplace.calls.path)/calls.ndjson" | head -n 1 > call
            for id in \(ids.joined(separator: " ")); do
              jq -c --arg id "$id" --arg start "${day}T0$id:00:00.000Z" \\
                '.id = $id | .startTime = $start | .recording.id = $id | del(.legs)' call
            done > calls
            """)
        #expect(made.status == 0, "\(made.errors)")
        return try place.startRingCentral(
            ["--heavy-limit", "1000", "--calls", "\(place.path)/calls"] + options)
    }

    @Test(
        "rows that a page of the log has lost are found in smaller windows",
        arguments: [
            #"{"path":"page=2","every":1},"action":{"kind":"lost_rows"}"#,
            #"{"path":"page=2","nth":1},"action":{"kind":"lost_rows"}"#,
            #"{"path":"page=2","nth":1},"action":{"kind":"lost_rows","rows":1}"#,
            #"{"path":"perPage=1000","nth":1},"action":{"kind":"lost_rows","rows":2}"#,
        ], [["--totals"], []])
    func lostRows(_ fault: String, _ options: [String]) throws {
        let place = try Workplace()
        let fake = try start(place, ["--detailed-page-cap", "3"] + options)
        try fake.fault(#"{"match":\#(fault),"times":0}"#)
        let outcome = try place.run("rc-list --days 1")
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(try fake.hasStruck())
        #expect(outcome.records.compactMap { $0["id"] as? String } == ids.map { "rc:\($0)" })
        #expect(outcome.errors.contains("smaller spans"))
        #expect(outcome.errors.contains("7 recordings of 7 calls"), "\(outcome.errors)")
    }

    @Test("a page without its rows is told even if it says nothing of itself, and the next is read")
    func silentPage() throws {
        let place = try Workplace()
        let fake = try start(place, ["--detailed-page-cap", "7"])
        try fake.fault(
            #"{"match":{"path":"perPage=1000","nth":1},"#
                + #""action":{"kind":"lost_rows","rows":7},"times":0}"#)
        let outcome = try place.run("rc-list --days 1")
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.records.count == ids.count)
    }

    @Test("a page that is HTML or no page is asked for again as often as other failures that pass")
    func noPage() throws {
        let place = try Workplace()
        let fake = try start(place, [])
        try fake.fault(
            #"{"match":{"path":"perPage=1000"},"action":{"kind":"wrong_type"},"times":2}"#)
        let outcome = try place.run("CALLPIPE_BACKOFF_SCALE=0.01 rc-list --days 1")
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.records.count == ids.count)
    }

    @Test("rows that no window shows are told, and the others are listed", arguments: [1, 2])
    func lostForGood(_ rows: Int) throws {
        let place = try Workplace()
        let fake = try start(place, ["--totals"])
        try fake.fault(
            #"{"match":{"path":"/call-log","every":1},"action":{"kind":"lost_rows","rows":\#(rows)},"#
                + #""times":0}"#)
        let outcome = try place.run("rc-list --days 1")
        #expect(outcome.status == 1, "\(outcome.errors)")
        #expect(outcome.errors.contains("unable to list all calls from "))
        #expect((1..<ids.count).contains(outcome.records.count))
        // A service that never tells the truth is not asked for ever.
        #expect(try fake.count("pages") <= 30)
    }

    @Test("a day that adds up is asked for once")
    func whole() throws {
        let place = try Workplace()
        let fake = try start(place, ["--totals", "--detailed-page-cap", "3"])
        let outcome = try place.run("rc-list --days 1")
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.records.count == ids.count)
        // Three pages of the day with calls, and one of today.
        #expect(try fake.count("pages") == 4)
    }
}
