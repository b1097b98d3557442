// InsightsTests: what RingCentral's AI says, read as it comes and kept as it is.
import Records
import Testing

@testable import RingCentral

private let reply = #"""
    {"title":"Call","domain":"pbx","sourceRecordId":"401","sourceSessionId":"s-1",
     "callDirection":"Inbound","ownerExtensionId":"622","recordingDurationMs":10500,
     "recordingStartTime":"2024-01-15T14:03:11.120Z","creationTime":"2024-01-15T14:32:11.120Z",
     "lastModifiedTime":"2024-01-15T14:32:11.120Z",
     "speakerInfo":[{"speakerId":"p-1","name":"Jo","accountId":null,"extensionId":null},
      {"speakerId":"p-2","extensionId":"622"}],
     "insights":{"Transcript":[
       {"speakerId":"p-2","text":" Good afternoon. ","start":0.50,"end":2.25},
       {"speakerId":"p-1","text":"Hello.","start":3,"end":10.5}],
      "Summary":[{"value":"A call.","start":0.0,"end":10.5}],
      "AIScore":[{"value":"7.5"}],"Sentiment":[{"value":"Positive"}],"CallNotes":[]}}
    """#

private func insights(_ text: String = reply) throws -> Insights {
    try #require(Insights(reply: text.utf8))
}

private func record(_ more: String = "") throws -> Record {
    try Record(#"{"id":"rc:401","source":"ringcentral"\#(more)}"#.utf8)
}

@Suite struct InsightsTests {
    @Test("a reply has one shape on the record, and its lists stay byte for byte")
    func shape() throws {
        let text = try insights().json.text
        #expect(
            text.hasPrefix(
                #"{"domain":"pbx","recording":"401","session":"s-1","title":"Call","#
                    + #""direction":"inbound","owner":"622","start":"2024-01-15T14:03:11.120Z","#
                    + #""seconds":10.5,"created":"2024-01-15T14:32:11.120Z","#))
        #expect(text.contains(#""text":" Good afternoon. ","start":0.50,"end":2.25}"#))
        #expect(text.contains(#""summary":[{"value":"A call.","start":0.0,"end":10.5}]"#))
        #expect(text.hasSuffix(#""score":"7.5","call_notes":[],"sentiment":"Positive"}"#))
    }

    @Test(
        "keys are known in every spelling and place that was seen",
        arguments: [
            #"{"insights":{"sentiment":[{"value":"Neutral"}],"nextSteps":[],"HighLights":[]}}"#,
            #"{"sentiment":[{"value":"Neutral"}],"nextsteps":[],"highlights":[]}"#,
            #"{"insights":null,"Sentiment":"Neutral","NextSteps":[],"Highlights":[]}"#,
        ])
    func spelling(_ text: String) throws {
        let json = try insights(text).json.text
        #expect(json == #"{"next_steps":[],"highlights":[],"sentiment":"Neutral"}"#)
    }

    @Test("what nobody knows stays, unless it would pass for ours")
    func unknown() throws {
        let text =
            #"{"rank":{"by": 1e2},"skipped":"no","insights":{"Emotion":[1.50],"coverage":1}}"#
        #expect(try insights(text).json.text == #"{"rank":{"by": 1e2},"Emotion":[1.50]}"#)
        let score = #"{"insights":{"AIScore":[{"value":"7","of":10}],"Sentiment":[{},{}]}}"#
        #expect(
            try insights(score).json.text
                == #"{"score":"7","AIScore":[{"value":"7","of":10}],"Sentiment":[{},{}]}"#)
    }

    @Test(
        "what is no reply is none",
        arguments: ["", "<html></html>", "[]", "{}", #"{"insights":{"#, #"{"errors":[]}"#])
    func noReply(_ text: String) {
        #expect(Insights(reply: text.utf8) == nil)
    }

    @Test("a reply that is cut anywhere is none")
    func cut() {
        let bytes = Array(reply.utf8)
        for length in 0..<bytes.count where Insights(reply: bytes[..<length]) != nil {
            Issue.record("cut after \(length) bytes")
        }
    }

    @Test("who has an extension is the agent, who has none is the customer")
    func segments() throws {
        let segments = try #require(try insights().segments)
        #expect(segments.map(\.speaker) == ["agent", "customer"])
        #expect(segments.map(\.text) == ["Good afternoon.", "Hello."])
        #expect(segments.map(\.start) == [0.5, 3])
        #expect(segments.allSatisfy { $0.channel == 0 && $0.confidence == nil })
    }

    @Test(
        "speakers without an extension, an id or an entry",
        arguments: [
            (#"[{"speakerId":"p-1"},{"speakerId":"p-2"}]"#, ["p-1", "p-2", nil]),
            (
                #"[{"speakerId":"p-1","extensionId":"1"},{"speakerId":null}]"#,
                ["agent", "p-2", "customer"]
            ),
            (
                #"[{"speakerId":"p-1","extensionId":1},{"speakerId":"p-2","extensionId":"2"},{},{}]"#,
                ["agent", "agent-2", nil]
            ),
            (#"null"#, ["p-1", "p-2", nil]), (#"[1,null,"x"]"#, ["p-1", "p-2", nil]),
        ] as [(String, [String?])])
    func speakers(_ listed: String, _ names: [String?]) throws {
        let text = #"""
            {"speakerInfo":\#(listed),"insights":{"Transcript":[
             {"speakerId":"p-1","text":"a"},{"speakerId":"p-2","text":"b"},
             {"speakerId":null,"text":"c"}]}}
            """#
        #expect(try insights(text).segments?.map(\.speaker) == names)
    }

    @Test("missing and wrong times are those of the neighbour, and wordless lines are none")
    func times() throws {
        let text = #"""
            {"insights":{"Transcript":[{"text":"a","end":2},{"text":"b"},{"text":"c","start":"4.5"},
             {"text":"d","start":-1,"end":-2},{"text":" "},{"text":null},{},7,{"text":8,"start":9}]}}
            """#
        let segments = try #require(try insights(text).segments)
        #expect(segments.map(\.text) == ["d", "a", "b", "c", "8"])
        #expect(segments.map(\.start) == [0, 0, 2, 4.5, 9])
        #expect(segments.map(\.end) == [0, 2, 2, 4.5, 9])
    }

    @Test("a time that no recording has is bounded")
    func impossibleTimes() throws {
        let text = #"{"insights":{"Transcript":[{"text":"a","start":"-1e300","end":1e300}]}}"#
        let segments = try #require(try insights(text).segments)
        #expect(segments.map(\.start) == [0] && segments.map(\.end) == [1e6])
    }

    @Test("coverage is told by the longest of the known lengths")
    func coverage() throws {
        let audio = #","audio":{"path":"a","bytes":1,"sha256":"","type":"","seconds":21}"#
        #expect(try insights().coverage(of: record()) == 1)
        #expect(try insights().coverage(of: record(#","duration":99"#)) == 1)
        #expect(try insights().coverage(of: record(audio)) == 0.5)
        let bare = #"{"insights":{"Transcript":[{"text":"a","end":3}]}}"#
        #expect(try insights(bare).coverage(of: record()) == nil)
        #expect(try insights(bare).coverage(of: record(#","duration":4"#)) == 0.75)
        #expect(try insights(#"{"insights":{}}"#).coverage(of: record(audio)) == nil)
    }

    @Test("the key follows what was said, not when it was asked for")
    func key() throws {
        var later = try insights()
        later.set("at", .string("2025-01-01T00:00:00.000Z"))
        #expect(try later.transcriptKey == insights().transcriptKey)
        let other = reply.replacing("Hello", with: "Hallo")
        #expect(try insights(other).transcriptKey != insights().transcriptKey)
    }

    @Test("a question is answered by what is on the record, or it is not")
    func answered() throws {
        var some = try insights()
        let all = InsightsQuery()
        let summary = InsightsQuery(types: [.summary])
        #expect(try all.isAnswered(by: some, of: record()))
        #expect(try summary.isAnswered(by: some, of: record()))
        #expect(try !InsightsQuery(isBySession: true).isAnswered(by: some, of: record()))
        some.set("types", .array([.string("Summary"), .string("Sentiment")]))
        #expect(try !all.isAnswered(by: some, of: record()))
        #expect(try summary.isAnswered(by: some, of: record()))
        let other = try Record(#"{"id":"rc:402","source":"ringcentral"}"#.utf8)
        #expect(!summary.isAnswered(by: some, of: other))
        let none = Insights(skipped: "not_found", recording: "401")
        #expect(try all.isAnswered(by: none, of: record()))
    }

    @Test("a path names the system, the recording and the kinds")
    func paths() {
        #expect(InsightsQuery().path("records", "4 0/1") == "pbx/records/4%200%2F1/insights")
        let some = InsightsQuery(domain: "rcv", types: [.nextSteps, .score], isBySession: true)
        #expect(
            some.path("sessions", "s-1")
                == "rcv/sessions/s-1/insights?insightTypes=NextSteps,AIScore")
        #expect(InsightType(anySpelling: "next_steps") == .nextSteps)
        #expect(InsightType(anySpelling: "score") == .score)
        #expect(InsightType(anySpelling: "mood") == nil)
    }

    @Test("the recording is the record's, or its id's, and no other system's")
    func recordings() throws {
        #expect(try record(#","recording":{"id":"7"}"#).ringCentralRecording == "7")
        #expect(try record().ringCentralRecording == "401")
        #expect(try Record(#"{"id":"rc:"}"#.utf8).ringCentralRecording == nil)
        #expect(
            try Record(#"{"id":"dir:7","source":"dir","recording":{"id":"7"}}"#.utf8)
                .ringCentralRecording == nil)
    }

    @Test("for an hour after its end a call may have none yet")
    func early() throws {
        let start = try #require(Timestamp("2024-01-15T14:00:00Z"))
        let call = try record(#","start":"2024-01-15T14:00:00.000Z","duration":600"#)
        let query = InsightsQuery()
        #expect(query.isEarly(call, now: start))
        #expect(query.isEarly(call, now: start.adding(seconds: 4199)))
        #expect(!query.isEarly(call, now: start.adding(seconds: 4200)))
        #expect(try !query.isEarly(record(), now: start))
    }

    @Test("a session's reply is read recording by recording")
    func session() throws {
        let query = InsightsQuery(isBySession: true)
        let other = reply.replacing("\"401\"", with: "\"402\"")
        let body = #"{"records":[\#(other),\#(reply)],"paging":{"perPage":2,"totalElements":3}}"#
        let all = try #require(Insights.all(in: Array(body.utf8), query))
        #expect(all.isCut)
        #expect(all.first(of: "401")?.recording == "401")
        #expect(all.others(than: "401").map(\.recording) == ["402"])
        #expect(all.first(of: "403") == nil)
        for broken in ["{}", #"{"records":null}"#, #"{"records":[{}]}"#, reply, "null"] {
            #expect(Insights.all(in: Array(broken.utf8), query) == nil)
        }
    }

    @Test(
        "a refusal concerns everybody, the record, or only this moment",
        arguments: [
            (403, "CMN-401", Failure.Scope.stop, Failure.Kind.permission, "RingSense"),
            (403, "RAH-3005", .stop, .permission, "ReadRingSenseInsights"),
            (403, "CMN-408", .stop, .permission, "role"),
            (403, "CMN-403", .stop, .permission, "licensed"),
            (403, "RAH-9999", .item, .permission, ""),
            (404, "CMN-120", .stop, .notFound, "RINGCENTRAL_SERVER_URL"),
            (404, "", .temporary, .badResponse, "later"),
            (400, "CMN-101", .item, .badResponse, ""), (500, "", .temporary, .server, ""),
            (429, "CMN-301", .stop, .rateLimit, ""), (401, "OAU-213", .stop, .auth, ""),
        ] as [(Int, String, Failure.Scope, Failure.Kind, String)])
    func refusals(
        status: Int, code: String, scope: Failure.Scope, kind: Failure.Kind, remedy: String
    ) {
        let body = code.isEmpty ? "<html>" : #"{"errors":[{"errorCode":"\#(code)"}]}"#
        let problem = ServiceProblem(status: status, body: Array(body.utf8))
        let failure = problem.failureOfInsights()
        #expect(failure.scope == scope && failure.kind == kind && failure.status == status)
        #expect(failure.remedy.contains(remedy), "\(failure)")
        #expect(!problem.isWithoutInsights)
    }
}
