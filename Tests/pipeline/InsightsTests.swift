// InsightsTests: rc-insights as a process, against a RingCentral whose AI is strict, late and odd.
import Foundation
import Testing

@Suite struct InsightsTests {
    /// Records that are listed and not fetched, in the file `listed`.
    private static func scene(
        _ options: String..., calls: Int = 4
    ) throws -> (place: Workplace, fake: Fake) {
        let place = try Workplace()
        place["CALLPIPE_HTTP_ATTEMPTS"] = "2"
        let all = ["--heavy-limit", "1000", "--light-limit", "1000"] + options
        let fake = try place.startRingCentral(all)
        let listed = try place.run("rc-list --days 30 --limit \(calls) >listed")
        #expect(listed.status == 0, "\(listed.errors)")
        return (place, fake)
    }

    private static func insights(_ record: [String: Any]) -> [String: Any] {
        record["insights"] as? [String: Any] ?? [:]
    }

    @Test("insights of every kind come with their record, once, and nothing else changes")
    func insights() throws {
        let (place, fake) = try Self.scene()
        let outcome = try place.run(
            "rc-insights <listed >first && rc-insights <first | cmp - first")
        #expect(outcome.status == 0, "\(outcome.errors)")
        // The second rc-insights found them on the records.
        #expect(try fake.operations("record_insights") == 4)
        let lines = try place.run("cat first")
        for record in lines.records {
            let insights = Self.insights(record)
            for kind in [
                "next_steps", "transcript", "summary", "highlights", "bulleted_summary",
                "call_notes", "speakers",
            ] {
                #expect((insights[kind] as? [Any])?.isEmpty == false, "\(kind)")
            }
            #expect(insights["sentiment"] as? String == "Positive")
            #expect(insights["score"] as? String == "7.5")
            #expect(insights["coverage"] as? Double == 1)
            #expect(insights["engine"] as? String == "ringcentral")
            #expect(record["transcript"] == nil)
        }
        let rest = try place.run(
            "cmp <(jq -c 'del(.insights)' first) <(jq -c . listed) && ! test -e data/transcripts")
        #expect(rest.status == 0, "\(rest.output)")
        #expect(!outcome.errors.contains("Thank you"))
    }

    @Test(
        "insights in the files of a killed run are taken, and asked for again only if they changed")
    func killed() throws {
        let (place, fake) = try Self.scene(calls: 2)
        let outcome = try place.run(
            """
            take='rc-insights --as-transcript'
            $take <listed >first && $take <listed >second || exit
            without='del(.insights.at, .transcript.provenance.at)'
            cmp <(jq -c "$without" first) <(jq -c "$without" second)
            """)
        #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
        #expect(try fake.operations("record_insights") == 2)
        // All kinds are there, also for a run that asks for one; --force and a changed file cost a
        // request each, and so does the whole conversation.
        let again = try place.run(
            """
            rc-insights --as-transcript --types Transcript <listed >less
            rc-insights --as-transcript --force --limit 1 <listed >forced
            sed -i 's/Thank you/Thank them/g' "$(find data/insights -name \
                "$(jq -r .id first | head -n 1 | tr : -).json")"
            rc-insights --as-transcript --limit 1 <listed >changed
            rc-insights --as-transcript --by session --limit 1 <listed >session
            """)
        #expect(again.status == 0, "\(again.errors)")
        #expect(try fake.operations("record_insights") == 4)
        #expect(try fake.operations("session_insights") == 1)
    }

    @Test("insights alone are on the disk too before the record is written, and go with it")
    func killedWithoutTranscript() throws {
        let (place, fake) = try Self.scene(calls: 2)
        let outcome = try place.run(
            """
            rc-insights <listed >first && rc-insights <listed >second 2>words || exit
            cmp <(jq -c 'del(.insights.at)' first) <(jq -c 'del(.insights.at)' second) && cat words
            """)
        #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
        #expect(outcome.output.contains("2 records, 2 taken from the disk"))
        #expect(try fake.operations("record_insights") == 2)
        // Half of a file, and the file of another record, cost a request each.
        let again = try place.run(
            """
            cd data/insights && files=($(find . -name '*.json')) &&
            cp "${files[0]}" "${files[1]}" && truncate -s -20 "${files[0]}" && cd ../.. &&
            rc-insights <listed >third && cmp <(jq -S 'del(.insights.at)' first) \
                <(jq -S 'del(.insights.at)' third)
            """)
        #expect(again.status == 0, "\(again.output)\(again.errors)")
        #expect(try fake.operations("record_insights") == 4)
        let erased = try place.run(
            """
            state-mark insights <third >/dev/null && state-erase --reason x $(jq -r .id third) >/dev/null &&
            find data/insights -type f | wc -l
            """)
        #expect(erased.output == "0\n", "\(erased.errors)")
    }

    @Test("its transcript is a record's own, in three files, with both parties")
    func asTranscript() throws {
        let (place, fake) = try Self.scene(calls: 1)
        let outcome = try place.run(
            """
            rc-insights --as-transcript <listed >first &&
            rc-insights --as-transcript <first | cmp - first || exit
            words='.transcript | del(.provenance.at)'
            rc-insights <listed | rc-insights --as-transcript | jq -c "$words" >later
            cmp later <(jq -c "$words" first) && cat first
            """)
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(try fake.operations("record_insights") == 1)
        let record = try #require(outcome.records.first)
        let transcript = try #require(record["transcript"] as? [String: Any])
        #expect(transcript["engine"] as? String == "ringcentral")
        #expect(transcript["model"] as? String == "ace")
        #expect(transcript["confidence"] == nil)
        let provenance = try #require(transcript["provenance"] as? [String: Any])
        #expect(provenance["at"] as? String == Self.insights(record)["at"] as? String)
        #expect(provenance["settings"] as? String == "domain=pbx")
        let segments = try #require(transcript["segments"] as? [[String: Any]])
        #expect(
            segments.map { $0["speaker"] as? String } == ["agent", "customer", "agent", "customer"])
        #expect(segments.allSatisfy { $0["channel"] as? Int == 0 && $0["confidence"] == nil })
        let path = try #require(transcript["path"] as? String)
        let stem = "data/\(path.dropLast(5))"
        let files = try place.run(
            "cat \(stem).txt; cat \(stem).vtt; jq -c .segments[0].text \(stem).json")
        #expect(files.output.hasPrefix("Agent: Thank you for calling, how can I help you?\n"))
        #expect(files.output.contains("<v Customer>Thank you, goodbye.\n"))
        #expect(files.output.hasSuffix("\"Thank you for calling, how can I help you?\"\n"))
    }

    @Test("a lost file is written again without a request, and --force asks again")
    func again() throws {
        let (place, fake) = try Self.scene(calls: 1)
        let outcome = try place.run(
            """
            rc-insights --as-transcript <listed >first && rm $(find data -name '*.vtt') &&
            rc-insights --as-transcript <first | cmp - first && find data -name '*.vtt' | wc -l
            """)
        #expect(outcome.output == "1\n", "\(outcome.errors)")
        #expect(try fake.operations("record_insights") == 1)
        let forced = try place.run("rc-insights --force --as-transcript <first")
        #expect(forced.status == 0, "\(forced.errors)")
        #expect(try fake.operations("record_insights") == 2)
    }

    @Test("what has a transcript passes when it may, and a dry run does nothing")
    func untouched() throws {
        let (place, fake) = try Self.scene(calls: 2)
        let outcome = try place.run(
            """
            jq -c '.transcript = {path: "transcripts/a.json", text: "x", engine: "e", segments: []}' \
                listed >done
            rc-insights --as-transcript --unless-transcript <done | cmp - done &&
            rc-insights --as-transcript --dry-run <listed | cmp - listed && ls data 2>/dev/null
            """)
        #expect(outcome.output.isEmpty, "\(outcome.output)")
        #expect(outcome.errors.components(separatedBy: "would ask").count == 3, "\(outcome.errors)")
        #expect(try fake.operations("record_insights") == 0)
    }

    @Test("a conversation is asked for by its session, and some kinds only")
    func session() throws {
        let (place, fake) = try Self.scene(calls: 1)
        let outcome = try place.run("rc-insights --by session --types summary,Sentiment <listed")
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(try fake.operations("session_insights") == 1)
        let insights = Self.insights(try #require(outcome.records.first))
        #expect(insights["types"] as? [String] == ["Summary", "Sentiment"])
        #expect(insights["summary"] != nil && insights["transcript"] == nil)
        #expect((insights["others"] as? [Any])?.isEmpty == true)
        let without = try place.run(
            "jq -c 'del(.call.telephony_session)' listed | rc-insights --by session")
        #expect(without.status == 1)
        #expect(without.errors.contains("call.telephony_session"), "\(without.errors)")
    }

    @Test("of a transferred call each recording has its own, and those of the others beside them")
    func transfer() throws {
        let (place, fake) = try Self.scene(calls: 1)
        let outcome = try place.run(
            """
            sed 's#{server}#'"$RINGCENTRAL_SERVER_URL#g" '\(Workplace.calls.path)/calls.ndjson' |
                jq -c 'select(.recording) | .telephonySessionId = "s-1"
                    | .legs[]?.telephonySessionId = "s-1"' | head -n 2 |
                curl -fsS --data-binary @- "$RINGCENTRAL_SERVER_URL/_control/calls" >answer
            rc-list --days 30 | jq -c 'select(.call.telephony_session == "s-1")' |
                rc-insights --by session --as-transcript >first
            rc-insights --by session --as-transcript <first | cmp - first && cat first
            """)
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.records.count == 2)
        #expect(try fake.operations("session_insights") == 2)
        let recordings = outcome.records.map { Self.insights($0)["recording"] as? String }
        let ids = outcome.records.map { ($0["recording"] as? [String: Any])?["id"] as? String }
        #expect(recordings == ids && ids[0] != ids[1])
        let others = outcome.records.map { record in
            (Self.insights(record)["others"] as? [[String: Any]])?.map {
                $0["recording"] as? String
            }
        }
        #expect(others == [[ids[1]], [ids[0]]])
        #expect(outcome.records.allSatisfy { $0["transcript"] != nil })
    }

    @Test("none for an hour after the end is none yet; then there are none, and the line goes on")
    func waiting() throws {
        let (place, _) = try Self.scene()
        let line =
            #"{"id":"rc:77","source":"ringcentral","start":"2026-03-02T10:00:00.000Z","#
            + #""duration":600,"recording":{"id":"77"}}"#
        place["CALLPIPE_NOW"] = "2026-03-02T11:09:59Z"
        let early = try place.run("rc-insights | state-mark insights", input: line + "\n")
        #expect(early.status == 1, "\(early.errors)")
        let error = try #require(early.records.first?["error"] as? [String: Any])
        #expect(error["class"] as? String == "temporary")
        #expect(error["kind"] as? String == "not_found")
        let status = "sqlite3 state.db \"SELECT status FROM outcomes WHERE stage = 'insights'\""
        #expect(try place.run(status).output == "pending\n")
        let impatient = try place.run("rc-insights --wait 0", input: line + "\n")
        #expect(impatient.status == 0, "\(impatient.errors)")

        place["CALLPIPE_NOW"] = "2026-03-02T11:10:01Z"
        let late = try place.run("rc-insights | tee none | state-mark insights", input: line + "\n")
        #expect(late.status == 0, "\(late.errors)")
        let insights = Self.insights(try #require(late.records.first))
        #expect(insights["skipped"] as? String == "not_found")
        #expect(late.records.first?["error"] == nil)
        #expect(try place.run(status).output == "skipped\n")
        #expect(try place.run("state-todo insights <none").output.isEmpty)
    }

    @Test("a recording of another system is skipped without a request")
    func foreign() throws {
        let (place, fake) = try Self.scene()
        let outcome = try place.run(
            "rc-insights --as-transcript",
            input: #"{"id":"dir:1","source":"dir","recording":{"id":"1"}}"# + "\n")
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(Self.insights(outcome.records[0])["skipped"] as? String == "input")
        #expect(try fake.operations("record_insights") == 0)
    }

    @Test(
        "what is missing or spelled otherwise in a reply is lived with",
        arguments: [
            ("null_speakers", ["agent", "customer", "agent", "customer"]),
            ("missing_keys", [nil, nil, nil, nil]),
            ("lower_case", ["agent", "customer", "agent", "customer"]),
            ("on_top", ["agent", "customer", "agent", "customer"]),
            ("unknown_keys", ["agent", "customer", "agent", "customer"]),
        ] as [(String, [String?])])
    func shapes(_ shape: String, _ speakers: [String?]) throws {
        let (place, fake) = try Self.scene(calls: 1)
        try fake.fault(
            #"{"match":{"path":"insights"},"action":{"kind":"insights","shape":"\#(shape)"}}"#)
        let outcome = try place.run("rc-insights --as-transcript <listed")
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(try fake.hasStruck())
        let record = try #require(outcome.records.first)
        let transcript = record["transcript"] as? [String: Any]
        let segments = transcript?["segments"] as? [[String: Any]] ?? []
        #expect(segments.map { $0["speaker"] as? String } == speakers)
        if shape == "unknown_keys" {
            #expect(outcome.output.contains(#""Emotion":[{"value": "calm", "weight": 1.5}]"#))
            #expect(outcome.output.contains(#""tone": "even""#))
        }
    }

    @Test(
        "a transcript that ends early, is empty or is not there is none when it is to be whole",
        arguments: ["partial", "empty_transcript", "without_transcript"])
    func partial(_ shape: String) throws {
        let (place, fake) = try Self.scene(calls: 1)
        try fake.fault(
            #"{"match":{"path":"insights"},"action":{"kind":"insights","shape":"\#(shape)"},"#
                + #""times":0}"#)
        let outcome = try place.run("rc-insights --as-transcript --min-coverage 0.8 <listed")
        #expect(outcome.status == 0, "\(outcome.errors)")
        let record = try #require(outcome.records.first)
        #expect(record["transcript"] == nil && record["error"] == nil)
        #expect(Self.insights(record)["summary"] != nil)
        #expect(outcome.errors.contains("transcript"), "\(outcome.errors)")
        // In the first hour the rest may still come.
        let early = try place.run(
            "rc-insights --as-transcript --min-coverage 0.8 --wait 36500d <listed 2>why || cat why")
        #expect(early.output.contains("not there yet"), "\(early.output)")
        guard shape == "partial" else { return }
        let taken = try place.run("rc-insights --as-transcript <listed")
        #expect(Self.insights(try #require(taken.records.first))["coverage"] as? Double == 0.5)
        #expect(taken.records[0]["transcript"] != nil)
        #expect(taken.errors.contains("50 %"), "\(taken.errors)")
    }

    @Test(
        "who may not read them stops the line and hears what to do",
        arguments: [
            (#"{"kind":"forbid"}"#, "RingSense"),
            (#"{"kind":"status","status":403,"code":"RAH-3005"}"#, "ReadRingSenseInsights"),
        ])
    func refused(_ action: String, _ remedy: String) throws {
        let (place, fake) = try Self.scene(calls: 3)
        try fake.fault(#"{"match":{"path":"insights","nth":2},"action":\#(action),"times":0}"#)
        let outcome = try place.run("rc-insights <listed")
        #expect(outcome.status == 77, "\(outcome.errors)")
        #expect(outcome.errors.contains(remedy), "\(outcome.errors)")
        #expect(outcome.records.count == 1)
        expectNoSecrets(outcome, place)
    }

    @Test("an application without the scope is told before anything is asked")
    func missingScope() throws {
        let place = try Workplace()
        let fake = try place.startRingCentral("--scope", "ReadCallLog ReadCallRecording")
        let outcome = try place.run("rc-insights", input: #"{"id":"rc:1"}"# + "\n")
        #expect(outcome.status == 77, "\(outcome.errors)")
        #expect(outcome.errors.contains("enable RingSense"), "\(outcome.errors)")
        #expect(try fake.operations("record_insights") == 0)
    }

    @Test(
        "a passing fault is outlived",
        arguments: [
            #"{"kind":"429","penalty":1}"#, #"{"kind":"500"}"#, #"{"kind":"reset","after":200}"#,
            #"{"kind":"truncate","after":200}"#, #"{"kind":"expire_tokens"}"#,
            #"{"kind":"drop_reply"}"#,
        ])
    func passingFault(_ action: String) throws {
        let (place, fake) = try Self.scene("--penalty", "1", calls: 3)
        try fake.fault(#"{"match":{"path":"insights","nth":2},"action":\#(action),"times":1}"#)
        let outcome = try place.run("rc-insights <listed")
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(try fake.hasStruck())
        #expect(outcome.records.count == 3)
        #expect(outcome.records.allSatisfy { $0["insights"] != nil && $0["error"] == nil })
    }

    @Test(
        "a lasting fault stays with its record and may pass later",
        arguments: [
            (#"{"kind":"500"}"#, "server"), (#"{"kind":"wrong_type"}"#, "bad_response"),
            (
                #"{"kind":"wrong_type","type":"application/json","body":"{\"insights\":{"}"#,
                "bad_response"
            ),
            (#"{"kind":"status","status":404,"body":"<html>"}"#, "bad_response"),
            (#"{"kind":"insights","shape":"stranger"}"#, "bad_response"),
            (#"{"kind":"truncate","after":200}"#, "network"),
        ])
    func lastingFault(_ action: String, _ kind: String) throws {
        let (place, fake) = try Self.scene(calls: 3)
        let listed = try place.run("cat listed")
        let recording = try #require(listed.records[1]["recording"] as? [String: Any])
        let id = try #require(recording["id"] as? String)
        try fake.fault(#"{"match":{"path":"/\#(id)/","every":1},"action":\#(action),"times":0}"#)
        let outcome = try place.run("rc-insights --as-transcript <listed")
        #expect(outcome.status == 1, "\(outcome.errors)")
        #expect(outcome.records.count == 3)
        let error = try #require(outcome.records[1]["error"] as? [String: Any])
        #expect(error["class"] as? String == "temporary" && error["kind"] as? String == kind)
        #expect(error["stage"] as? String == "insights")
        #expect(outcome.records[1]["insights"] == nil && outcome.records[1]["transcript"] == nil)
        #expect(outcome.records[2]["insights"] != nil)
    }

    @Test("insights keep to the limit that they count against", arguments: ["Light", "Heavy"])
    func limit(_ group: String) throws {
        let place = try Workplace()
        let fake = try place.startRingCentral(
            "--insights-group", group, "--light-limit", "5", "--heavy-limit", "5", "--window", "1",
            "--penalty", "1")
        place["RINGCENTRAL_INSIGHTS_GROUP"] = group.lowercased()
        let outcome = try place.run("rc-list --days 30 | rc-insights --jobs 4")
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.records.count > 10)
        #expect(try fake.count("429") == 0)
    }

    @Test("the service's word on the limit is taken over the description's")
    func learntLimit() throws {
        let place = try Workplace()
        let fake = try place.startRingCentral(
            "--insights-group", "Heavy", "--heavy-limit", "2", "--window", "1", "--penalty", "1")
        let outcome = try place.run(
            "rc-insights", input: (1...5).map { #"{"id":"rc:\#($0)"}"# + "\n" }.joined())
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(try fake.operations("record_insights") == 5)
        #expect(try fake.count("429") == 0)
    }

    @Test(
        "wrong usage is told before anything is read",
        arguments: [
            "--by call", "--types Mood", "--types ''", "--domain phone", "--min-coverage 2",
            "--wait soon", "--as-transcript --types Summary",
        ])
    func usage(_ options: String) throws {
        let place = try Workplace()
        _ = try place.startRingCentral()
        let outcome = try place.run("rc-insights \(options)")
        #expect(outcome.status == 64, "\(outcome.errors)")
        place["RINGCENTRAL_INSIGHTS_GROUP"] = "medium"
        #expect(try place.run("rc-insights").status == 78)
    }
}
