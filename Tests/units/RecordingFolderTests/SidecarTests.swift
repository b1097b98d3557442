// SidecarTests: what the JSON files of recorders say.
import Records
import Testing
import Zones

@testable import RecordingFolder

@Suite struct SidecarTests {
    private func facts(_ text: String, _ members: [String] = []) throws -> CallFacts? {
        try SidecarMap(members, for: nil).facts(of: Array(text.utf8))
    }

    @Test func anAndroidRecordersFileIsRead() throws {
        // As github.com/chenxiaolong/BCR documents it.
        let facts = try #require(
            try facts(
                """
                {"timestamp_unix_ms":1689806425000,"timestamp":"2023-07-19 18:40:25-04:00",
                 "direction":"out","sim_slot":1,"call_log_name":null,
                 "calls":[{"phone_number":"+11234567890","caller_name":"","contact_name":"Jo Doe"}],
                 "output":{"recording":{"duration_secs_total":2.5,"duration_secs_encoded":1.5}}}
                """))
        #expect(facts.time == .moment(Timestamp(milliseconds: 1_689_806_425_000), offset: nil))
        #expect(facts.direction == "outbound" && facts.duration == 1.5)
        #expect(facts.called == Party(phone: "+11234567890", name: "Jo Doe") && facts.caller == nil)
    }

    @Test func aRadioRecordersFileIsRead() throws {
        let facts = try #require(
            try facts(
                """
                {"freq":856187500.0,"start_time":1757705318,"call_length":6.66,"talkgroup":22102,
                 "srcList":[{"src":2009817,"time":1757705318}]}
                """))
        #expect(facts.time == .moment(Timestamp(milliseconds: 1_757_705_318_000), offset: nil))
        #expect(facts.to == "22102" && facts.from == "2009817" && facts.duration == 6.66)
    }

    @Test func aMapSaysWhichMemberIsWhat() throws {
        let facts = try #require(
            try facts(
                #"{"call":{"when":"2024-01-15 14:33:11","who":["x","101"]},"dir":"INCOMING"}"#,
                ["start=call.when", "from=call.who.1", "direction=dir", "to=call.nobody"]))
        let time = try #require(Timestamp("2024-01-15T14:33:11Z"))
        #expect(facts.time == .wall(WallTime(milliseconds: time.milliseconds)))
        #expect(facts.from == "101" && facts.direction == "inbound" && facts.to == nil)
    }

    @Test(
        arguments: [
            ("1705325591.5", "2024-01-15T13:33:11.500Z"),
            ("1705325591", "2024-01-15T13:33:11.000Z"),
            (#""2024-01-15T14:33:11.25+01:00""#, "2024-01-15T13:33:11.250Z"),
        ])
    func timesHaveAnyOfTheirForms(_ value: String, _ expected: String) throws {
        let facts = try #require(try facts("{\"t\":\(value)}", ["start=t"]))
        guard case .moment(let moment, _) = facts.time else {
            Issue.record("\(String(describing: facts.time))")
            return
        }
        #expect(moment.text == expected)
    }

    @Test(arguments: [#""Thu Dec 21 14:30:25 UTC 2023""#, "17", "1e300", "-5", #""tomorrow""#])
    func aTimeThatCannotBeReadIsTold(_ value: String) throws {
        let facts = try #require(try facts("{\"t\":\(value)}", ["start=t"]))
        #expect(facts.time == nil && facts.unread == [.start])
    }

    @Test func whatTheNameSaysCounts() throws {
        var name = CallFacts()
        name.from = "1"
        name.unread = [.start]
        let beside = try #require(
            try facts(#"{"a":"2","t":1705325591}"#, ["from=a", "to=a", "start=t"]))
        name.complete(from: beside)
        #expect(name.from == "1" && name.to == "2" && name.time != nil && name.unread.isEmpty)
    }

    @Test(arguments: ["[]", "", "{", "null", "{\"a\":1} x", "\u{FEFF}"])
    func whatIsNoObjectIsNotRead(_ text: String) throws {
        #expect(try facts(text) == nil)
    }

    @Test(arguments: ["start", "start=", "=x", "when=x"])
    func anEntryOfAnotherFormIsRefused(_ member: String) {
        #expect(throws: PatternError.self) { try SidecarMap([member], for: nil) }
    }
}
