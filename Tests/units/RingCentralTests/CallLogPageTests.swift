// CallLogPageTests: pages as the official description has them, and as the world sends them.
import Records
import Testing

@testable import RingCentral

private let january = Day(daysSinceEpoch: 19_723).start..<Day(daysSinceEpoch: 19_754).start

private func page(_ text: String) throws -> CallLogPage {
    try CallLogPage(Array(text.utf8))
}

private func collected(
    _ texts: String..., retention: Retention = .standard
) throws -> (records: [Record], tally: ListingTally) {
    var collector = RecordingCollector(range: january, retention: retention)
    var check = WindowCheck()
    for text in texts { collector.add(try page(text), &check) }
    return (collector.ended(), collector.tally)
}

extension RecordingCollector {
    fileprivate mutating func ended() -> [Record] {
        var records: [Record] = []
        endWindow { records.append($0) }
        return records
    }
}

private func call(_ id: String, _ start: String, _ more: String) -> String {
    """
    {"id":"\(id)","uri":"https://platform.example/\(id)","sessionId":"s\(id)","type":"Voice",
     "direction":"Inbound","action":"Phone Call","startTime":"\(start)"\(more.isEmpty ? "" : ",")\(more)}
    """
}

private func recording(_ id: String, type: String = "Automatic") -> String {
    """
    "recording":{"id":"\(id)","uri":"https://platform.example/recording/\(id)","type":"\(type)",
     "contentUri":"https://media.example:443/recording/\(id)/content"}
    """
}

@Suite struct CallLogPageTests {
    /// The guide's sample of a company call log: the recording is on the call and on both legs.
    @Test func aCallBecomesTheRecordOfTheDesign() throws {
        let (records, tally) = try collected(
            """
            {"uri":"https://platform.example/restapi/v1.0/account/1/call-log?page=1",
             "records":[{
               "uri":"https://platform.example/restapi/v1.0/account/1/call-log/UnnJIeWPYc-8kg?view=Detailed",
               "id":"UnnJIeWPYc-8kg","sessionId":"404202233006","startTime":"2024-01-15T14:03:11.120Z",
               "duration":187,"durationMs":187432,"type":"Voice","internalType":"LongDistance","direction":"Inbound",
               "action":"Phone Call","result":"Accepted","transport":"PSTN",
               "telephonySessionId":"s-a2ad44b1d54f446cb6a8b32b6ac0bb9d",
               "from":{"phoneNumber":"+16505550100","name":"Caller","location":"Belmont, CA"},
               "to":{"phoneNumber":"+16505550123","name":"Ada","extensionNumber":101,"extensionId":"62264425101"},
               "extension":{"id":62264425101,"uri":"https://platform.example/e"},
               "recording":{"id":"401234567008","uri":"https://platform.example/r","type":"Automatic",
                 "contentUri":"https://media.example:443/restapi/v1.0/account/1/recording/401234567008/content"},
               "legs":[
                 {"startTime":"2024-01-15T14:03:11.120Z","duration":187,"type":"Voice","direction":"Inbound",
                  "action":"Phone Call","result":"Accepted","legType":"Accept","master":true,
                  "recording":{"id":"401234567008","uri":"https://x.example/r","type":"Automatic","contentUri":"https://x.example/c"}},
                 {"startTime":"2024-01-15T14:03:12.000Z","duration":186,"type":"Voice","direction":"Outbound",
                  "action":"VoIP Call","result":"Call connected","legType":"FindMe",
                  "recording":{"id":"401234567008","uri":"https://x.example/r","type":"Automatic","contentUri":"https://x.example/c"}}],
               "billing":{"costIncluded":0,"costPurchased":0},"lastModifiedTime":"2024-01-15T14:07:00.000Z","finished":true}],
             "paging":{"page":1,"perPage":100,"pageStart":0,"pageEnd":0},
             "navigation":{"firstPage":{"uri":"https://platform.example/restapi/v1.0/account/1/call-log?page=1"}}}
            """)
        #expect(
            records.map { String(decoding: $0.bytes, as: UTF8.self) } == [
                #"{"id":"rc:401234567008","source":"ringcentral","#
                    + #""start":"2024-01-15T14:03:11.120Z","duration":187,"direction":"inbound","#
                    + #""result":"Accepted","#
                    + #""from":{"phone":"+16505550100","name":"Caller","extension":null},"#
                    + #""to":{"phone":"+16505550123","name":"Ada","extension":"101"},"#
                    + #""call":{"id":"UnnJIeWPYc-8kg","session":"404202233006","#
                    + #""telephony_session":"s-a2ad44b1d54f446cb6a8b32b6ac0bb9d","legs":2},"#
                    + #""recording":{"id":"401234567008","#
                    + #""uri":"https://media.example:443/restapi/v1.0/account/1/recording/401234567008/content","#
                    + #""type":"automatic","expires":"2024-04-14"}}"#
            ])
        #expect(tally.recordings == 1 && tally.calls == 1)
    }

    @Test func aTransferredCallIsARecordForEachOfItsRecordings() throws {
        let (records, tally) = try collected(
            """
            {"records":[\(call("c1", "2024-01-15T10:00:00Z", """
                "duration":300,"telephonySessionId":"s-1","from":{"phoneNumber":"+1650"},
                "to":{"extensionNumber":"101"},"result":"Accepted",\(recording("1")),
                "legs":[
                  {"legType":"Accept","startTime":"2024-01-15T10:00:00Z","direction":"Inbound",\(recording("1"))},
                  {"legType":"Transfer","startTime":"2024-01-15T10:02:00Z","duration":180,"direction":"Outbound",
                   "telephonySessionId":"s-2","to":{"extensionNumber":"102","name":"Ben"},\(recording("2", type: "OnDemand"))}]
                """))]}
            """, retention: Retention(automatic: 90, onDemand: 30))
        #expect(records.map(\.id) == ["rc:1", "rc:2"])
        #expect(
            tally
                == {
                    var tally = ListingTally(); tally.recordings = 2; tally.calls = 1; return tally
                }())
        let second = records[1]
        #expect(second.start == "2024-01-15T10:02:00.000Z")
        #expect(second.number("duration") == 180)
        #expect(second.direction == "inbound")
        #expect(try second.decode("from", as: Party.self)?.phone == "+1650")
        #expect(try second.decode("to", as: Party.self)?.name == "Ben")
        #expect(try second.recording()?.type == "ondemand")
        #expect(try second.recording()?.expires == "2024-02-14")
        let identity = try second.decode("call", as: [String: Mixed].self)
        #expect(identity?["id"] == .text("c1"))
        #expect(identity?["telephony_session"] == .text("s-2"))
        #expect(identity?["legs"] == .number(2))
    }

    @Test func unfinishedShortAndUnrecordedCallsAreCounted() throws {
        let (records, tally) = try collected(
            """
            {"records":[
              \(call("a", "2024-01-15T10:00:00Z", #""finished":false,"# + recording("1"))),
              \(call("b", "2024-01-15T10:00:00Z", #""result":"In Progress","# + recording("2"))),
              \(call("c", "2024-01-15T10:00:00Z", #""finished":true,"shortRecording":true"#)),
              \(call("d", "2024-01-15T10:00:00Z", #""legs":[{"legType":"Accept","shortRecording":true}]"#)),
              \(call("e", "2024-01-15T10:00:00Z", ""))]}
            """)
        #expect(records.isEmpty)
        var expected = ListingTally()
        (expected.calls, expected.unfinished, expected.short, expected.unrecorded) = (5, 2, 2, 1)
        #expect(tally == expected)
    }

    @Test func whatCannotBeReadIsCountedAndLeavesTheRestAlone() throws {
        let (records, tally) = try collected(
            """
            {"records":[17,{"id":"x"},null,
              \(call("t", "yesterday", recording("9"))),
              \(call("a", "2024-01-15T10:00:00Z", #""duration":"long","from":[],"legs":[3,{"direction":4}],"# + recording("1"))),
              \(call("b", "2024-01-15T10:00:01Z", #""recording":{"id":17}"#))],"navigation":{}}
            """)
        #expect(tally.unreadable == 4)
        #expect(records.map(\.id) == ["rc:1", "rc:17"])
        #expect(records[0].raw("duration") == nil)
        #expect(try records[1].recording()?.uri == nil)
        #expect(throws: (any Error).self) { try page(#"{"records":"none"}"#) }
        for broken in [
            "<html>", "", "{}", "[]", #"{"records":[{}"#, #"{"records":[]"#, #"{"records"#,
        ] {
            #expect(throws: (any Error).self) { try page(broken) }
        }
    }

    @Test func aPageIsCutOutsideOfStrings() {
        let text = Array(
            #" { "a":{"records":[0]},"b":"records","records" : [ {"x":"],\"}"} ,[1,2], 3 ],"z":[4]}"#
                .utf8)
        let page = PageText(text, array: "records")
        #expect(
            page.elements.map { String(decoding: text[$0], as: UTF8.self) } == [
                #"{"x":"],\"}"} "#, "[1,2]", "3 ",
            ])
        #expect(
            String(decoding: page.rest, as: UTF8.self)
                == #" { "a":{"records":[0]},"b":"records","records" : [],"z":[4]}"#)
    }

    @Test func aWindowComesOldestFirstAndOnlyFromTheRange() throws {
        let (records, tally) = try collected(
            """
            {"records":[
              \(call("e", "2024-02-01T00:00:00.000Z", recording("5"))),
              \(call("d", "2024-01-31T23:59:59.999Z", recording("4"))),
              \(call("c", "2024-01-15T10:00:00Z", recording("3")))],
             "navigation":{"nextPage":{"uri":"https://platform.example/2"}}}
            """,
            """
            {"records":[
              \(call("c", "2024-01-15T10:00:00Z", recording("3"))),
              \(call("b", "2024-01-01T00:00:00Z", recording("2"))),
              \(call("a", "2023-12-31T23:59:59.999Z", recording("1")))]}
            """)
        #expect(records.map(\.id) == ["rc:2", "rc:3", "rc:4"])
        #expect(tally.recordings == 3)
    }

    @Test func aRecordingSeenInTheWindowBeforeIsNotGivenAgain() throws {
        var collector = RecordingCollector(range: january, retention: .standard)
        var check = WindowCheck()
        let text = #"{"records":[\#(call("a", "2024-01-15T00:00:00Z", recording("1")))]}"#
        collector.add(try page(text), &check)
        #expect(collector.ended().count == 1)
        collector.add(try page(text), &check)
        #expect(collector.ended().isEmpty)
        #expect(collector.tally.recordings == 1)
    }

    @Test func onlyAMissingNextPageEndsTheLog() throws {
        let next = #"{"records":[],"navigation":{"nextPage":{"uri":"https://platform.example/2"}}}"#
        #expect(try page(next).nextPage == "https://platform.example/2")
        #expect(try page(#"{"records":[],"navigation":{"firstPage":{"uri":"x"}}}"#).nextPage == nil)
        #expect(try page(#"{"records":[]}"#).nextPage == nil)
    }

    @Test func thePlaceOfAPageIsReadAndAnOddOneIsNone() throws {
        let place = #"{"page":2,"perPage":2,"pageStart":2,"pageEnd":3,"totalElements":5}"#
        let paging = try page(#"{"records":[],"paging":\#(place)}"#).paging
        #expect(paging == Paging(pageStart: 2, pageEnd: 3, totalElements: 5))
        #expect(paging?.rows == 2)
        #expect(try page(#"{"records":[],"paging":{"pageEnd":"x"}}"#).paging == Paging())
        #expect(try page(#"{"records":[],"paging":[]}"#).paging == nil)
    }
}

/// A member of `call`.
private enum Mixed: Decodable, Equatable {
    case text(String), number(Double)

    init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        self = try (try? .text(value.decode(String.self))) ?? .number(value.decode(Double.self))
    }
}
