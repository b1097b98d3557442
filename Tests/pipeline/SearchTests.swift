// SearchTests: state-search as people and programs call it.
import Foundation
import Testing

struct SearchToolTests {
    private let place: Workplace

    init() throws {
        place = try Workplace()
        let lines = [
            #"{"id":"rc:1","start":"2026-01-11T09:00:00.000Z","from":{"phone":"+16505550101"},"#
                + #""to":{"phone":"+16505550123","extension":"101"},"transcript":{"path":"t/1.json","#
                + #""engine":"whisper.cpp","text":"x","segments":["#
                + #"{"start":1,"end":2,"channel":0,"speaker":"agent","text":"Good morning."},"#
                + #"{"start":65,"end":70,"channel":1,"speaker":"customer","text":"I want a refund."}]}}"#,
            #"{"id":"rc:2","start":"2026-01-12T09:00:00.000Z","from":{"phone":"650 555-0101"},"#
                + #""transcript":{"path":"t/2.json","engine":"whisper.cpp","text":"No \u001b[31m refund."}}"#,
        ]
        _ = try place.run("state-mark transcribe >/dev/null", input: lines.joined(separator: "\n"))
        let failed =
            #"{"id":"rc:3","start":"2026-01-13T09:00:00.000Z","from":{"phone":"+16505550101"},"#
            + #""error":{"stage":"fetch","class":"item","kind":"gone","message":"it is gone"}}"#
        _ = try place.run("state-mark fetch >/dev/null", input: failed)
    }

    @Test("Programs get a line a call, which state-show takes; people get the place and the words")
    func answers() throws {
        let found = try place.run("state-search refund")
        #expect(found.records.compactMap { $0["id"] as? String } == ["rc:2", "rc:1"])
        #expect(found.records.last?["offset"] as? Double == 65)
        #expect(found.records.last?["speaker"] as? String == "customer")
        #expect(try place.run("state-search refund | state-show - | wc -l").output == "2\n")
        let lines = try place.run("state-search refund --speaker customer --format table").output
        #expect(
            lines == "2026-01-11 09:00  +16505550101 -> +16505550123  rc:1\n"
                + "    1:05  customer: I want a refund.\n")
        // A transcript cannot steer the terminal.
        #expect(try !place.run("state-search refund --format table").output.contains("\u{1B}"))
        #expect(try place.run("state-search --count refund").records.first?["count"] as? Int == 2)
        #expect(try place.run("state-search --records refund --limit 1").records.count == 1)
        #expect(try place.run("state-search --by day refund").records.count == 2)
        #expect(try place.run("state-search refund --within 0:30").records.count == 0)
        #expect(try place.run("state-search morning --within 0:30").records.count == 1)
    }

    @Test("A time that no recording has does no harm")
    func oddTimes() throws {
        let record =
            #"{"id":"rc:4","start":"2026-01-14T09:00:00.000Z","transcript":{"path":"t/4.json","#
            + #""engine":"whisper.cpp","text":"x","segments":[{"start":1e300,"end":1e300,"#
            + #""channel":0,"text":"Late."},{"start":-5,"end":1,"channel":0,"text":"Early."}]}}"#
        _ = try place.run("state-mark transcribe >/dev/null", input: record)
        let found = try place.run("state-search Late OR Early --format table")
        #expect(found.status == 0, "\(found.errors)")
        #expect(found.output.contains("    0:00  ?: Early.\n"), "\(found.output)")
    }

    @Test("A caller's history has the calls without a transcript too, in order")
    func history() throws {
        let calls = try place.run("state-search --phone '(650) 555-0101'").records
        #expect(calls.compactMap { $0["id"] as? String } == ["rc:1", "rc:2", "rc:3"])
        let stages = try #require(calls.last?["stages"] as? [String: String])
        #expect(stages == ["fetch": "failed"])
        #expect(try place.run("state-search --extension 101").records.count == 1)
        _ = try place.run(
            "state-mark fetch >/dev/null",
            input: #"{"id":"rc:4","start":"2026-01-14T09:00:00.000Z","result":null,"#
                + #""from":{"phone":"01 650 555 01 01"},"to":{"extension":"10\/1"}}"#)
        #expect(try place.run("state-search --phone '(650) 555-0101' | wc -l").output == "4\n")
        #expect(
            try place.run("state-search --extension 10/1").records.first?["id"] as? String == "rc:4"
        )
        #expect(
            try !place.run("state-search --extension 10/1 --format table").output.contains("null"))
        #expect(try place.run("state-search --phone 6505550101 --limit 2").records.count == 2)
    }

    @Test(
        "The sentiment is the analysis's, else the phone system's, and can be all that is asked for"
    )
    func sentiment() throws {
        _ = try place.run(
            "state-mark transcribe >/dev/null",
            input: #"""
                {"id":"rc:5","start":"2026-01-15T09:00:00.000Z","insights":{"sentiment":"Positive"},"analysis":{"sentiment":{"sentiment":"Negative"}},"transcript":{"path":"t/5.json","engine":"e","text":"Cancel it."}}
                {"id":"rc:6","start":"2026-01-16T09:00:00.000Z","insights":{"sentiment":"Positive"},"transcript":{"path":"t/6.json","engine":"e","text":"Cancel it."}}
                """#)
        func ids(_ question: String) throws -> [String] {
            try place.run("state-search \(question)").records.compactMap { $0["id"] as? String }
        }
        #expect(try ids("--sentiment negative") == ["rc:5"])
        #expect(try ids("cancel --sentiment positive") == ["rc:6"])
        #expect(
            try place.run("state-search --sentiment positive --count").output == "{\"count\":1}\n")
        let groups = try place.run("state-summary --by sentiment").records
        #expect(groups.compactMap { $0["sentiment"] as? String } == ["Negative", "Positive"])
        let shown = try place.run("state-show rc:5 --fields sentiment").records
        #expect(shown.first?["sentiment"] as? String == "Negative")
    }

    @Test("A saved search tells what is new")
    func saved() throws {
        #expect(try place.run("state-search --saved money --new refund").records.count == 2)
        #expect(try place.run("state-search --saved money --new").records.count == 0)
        #expect(try place.run("state-search --saved money").records.count == 2)
        _ = try place.run("state-search --saved money --explain other")
        #expect(try place.run("state-search --saved money").records.count == 2)
        let unknown = try place.run("state-search --saved other")
        #expect(unknown.status == 78)
        #expect(unknown.errors.contains("state-search --saved other QUERY"))
    }

    @Test(
        "A command line that asks for nothing, or for two things, is refused",
        arguments: [
            "", "'...'", "'NOT refund'", "--phrase --substring refund", "--count --records refund",
            "--new refund", "--rebuild refund", "--check --phone 650", "--order rank --phone 650",
            "--within 0:90 refund", "--context 2 --phone 650", "--limit 3 --count refund",
        ])
    func refused(_ line: String) throws {
        #expect(try place.run("state-search \(line)").status == 64)
    }
}
