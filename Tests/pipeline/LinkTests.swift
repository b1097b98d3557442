// LinkTests: call-link and transcript-compare as people call them.
import Foundation
import Testing

struct LinkTests {
    private let place: Workplace
    private static let call =
        #"{"id":"x:1","start":"2026-03-14T10:00:00Z","duration":600,"direction":"inbound","#
        + #""from":{"phone":"+16505550100"},"to":{"phone":"+16505550199"},"prompt":"Lakeside","n":1.50}"#

    init() throws { place = try Workplace() }

    private func write(_ text: String, _ name: String) throws {
        _ = try place.run("cat >\(name)", input: text)
    }

    @Test(
        "Links are added, stored and given to the engine as names; doing it again changes nothing")
    func links() throws {
        try write(
            "id;name;phone\n7;Jo Doe;650 555 0100\nno number;;\n8;\"open;1\n9;Cy;1.6505E+10\n",
            "guests.csv")
        try write(
            #"{"id":"b1","created":"2026-03-14 11:04","phone":"6505550100"}"# + "\n",
            "bookings.ndjson")
        let command =
            "call-link --customers guests.csv --bookings bookings.ndjson --tz Europe/Berlin --prompt"
        let outcome = try place.run("\(command) | state-mark link", input: Self.call + "\n")
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(
            outcome.output
                == Self.call.dropLast().replacingOccurrences(
                    of: "Lakeside", with: "Lakeside, Jo Doe")
                + #","link":{"customers":[{"id":"7","name":"Jo Doe"}],"bookings":[{"id":"b1","#
                + #""at":"2026-03-14T10:04:00.000Z","where":"inside","seconds":240}]}}"# + "\n")
        for line in [
            "line 3: it has no telephone number", "line 4: its quotation mark",
            "line 5: a spreadsheet",
        ] {
            #expect(outcome.errors.contains(line))
        }
        #expect(!outcome.errors.contains("650"))
        let again = try place.run(command, input: outcome.output)
        #expect(again.output == outcome.output)
        #expect(try place.run("state-show --stage link --status completed").records.count == 1)
    }

    @Test("A record without a start fails alone, and a table that is not there stops the line")
    func faults() throws {
        try write("id,created,phone\n1,2026-03-14T10:05:00Z,6505550100\n", "bookings.csv")
        let late = Self.call.replacingOccurrences(of: #""start":"2026-03-14T10:00:00Z","#, with: "")
        let outcome = try place.run(
            "call-link --bookings bookings.csv", input: late + "\n" + Self.call + "\n")
        #expect(outcome.status == 1)
        #expect(outcome.records.first?["error"] != nil && outcome.records.last?["link"] != nil)
        let missing = try place.run("call-link --customers none.csv", input: Self.call + "\n")
        #expect(missing.status == 78 && missing.output == "")
        #expect(try place.run("call-link", input: Self.call + "\n").status == 64)
        #expect(
            try place.run("call-link --customers bookings.csv -n", input: Self.call + "\n").output
                == Self.call + "\n")
    }

    @Test("Two engines are compared by call and together, from files, pipes and folders")
    func comparison() throws {
        func record(_ id: String, _ text: String, _ cost: String) -> String {
            #"{"id":"\#(id)","transcript":{"text":"\#(text)","segments":[{"start":1,"end":2,"channel":0,"text":"\#(text)"}],"#
                + #""provenance":{"seconds":60,"cost":\#(cost)}}}"# + "\n"
        }
        try write(
            record("x:1", "I can't hear you, uh, John.", "0.006") + record("x:2", "Yes.", "0.006"),
            "a.ndjson")
        try write(
            record("x:1", "i can not hear you Joan", "0.004") + record("x:3", "No.", "0.004"),
            "b.ndjson")
        let outcome = try place.run("transcript-compare --show a.ndjson <(cat b.ndjson)")
        #expect(outcome.status == 0, "\(outcome.errors)")
        let call = try #require(outcome.records.first)
        let total = try #require(outcome.records.last)
        #expect(call["wer"] as? Double == 0.1667 && call["substitutions"] as? Int == 1)
        let differences = call["differences"] as? [[String: Any]]
        #expect(
            differences?.first?["a"] as? String == "john"
                && differences?.first?["b"] as? String == "joan")
        #expect((total["cost_per_minute"] as? [String: Double]) == ["a": 0.006, "b": 0.004])
        #expect(total["only_in_a"] as? Int == 1 && total["only_in_b"] as? Int == 1)
        let table = try place.run("transcript-compare --format table a.ndjson b.ndjson").output
        #expect(table.contains("16.7 %") && table.contains("only in A: 1, only in B: 1"))
        try write("no transcript\n", "c.ndjson")
        #expect(try place.run("transcript-compare a.ndjson c.ndjson").status == 1)
        #expect(try place.run("transcript-compare a.ndjson").status == 64)
        #expect(try place.run("transcript-compare a.ndjson none").status == 78)
    }
}
