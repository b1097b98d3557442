// MarkTests: what a mark writes down, and that twice is once.
import CheckpointSupport
import Foundation
import Testing

@testable import Checkpoint

@Suite struct MarkTests {
    let desk = Desk()

    @Test("what a service worked on is forgotten once its words are there, and not before")
    func task() throws {
        let task = #""task":{"engine":"whisperx","key":"k","id":"1 a"}"#
        try desk.mark(.transcribe, status: .queued, line(1, task))
        try desk.mark(.fetch, line(1, audio))
        #expect(try desk.record("rc:1").contains(task))
        try desk.mark(.transcribe, line(1, #""transcript":{"text":"Hello.","key":"k"}"#))
        #expect(try !desk.record("rc:1").contains("task"))
        #expect(try desk.record("rc:1").contains("audio"))
    }

    @Test("a record without error completes its stage and is stored as it is")
    func completes() throws {
        try desk.todo(.upload, line())
        try desk.mark(.fetch, line(1, audio))
        #expect(try desk.outcome("rc:1", .fetch) == "completed|1||")
        #expect(try desk.outcome("rc:1", .upload) == "pending|0||")
        #expect(try desk.record("rc:1") == line(1, audio))
    }

    @Test(
        "a stage that says it has nothing to do is skipped, and no other stage is",
        arguments: [
            (#""insights":{"at":1,"skipped":"not_found"}"#, "skipped|0||"),
            (#""insights":{"skipped":null}"#, "completed|1||"),
            (#""insights":{"summary":[{"skipped":1}]}"#, "completed|1||"),
            (#""insights":"skipped""#, "completed|1||"), (#""skipped":1"#, "completed|1||"),
        ])
    func skips(_ member: String, _ outcome: String) throws {
        try desk.mark(.insights, line(1, member))
        #expect(try desk.outcome("rc:1", .insights) == outcome)
        try desk.mark(.transcribe, line(1, member))
        #expect(try desk.outcome("rc:1", .transcribe) == "completed|1||")
        // What was there once may be had after all.
        try desk.mark(.insights, line(1, #""insights":{"sentiment":"Neutral"}"#))
        #expect(try desk.outcome("rc:1", .insights) == "completed|1||")
    }

    @Test("a mark never takes a stored member away")
    func keepsMembers() throws {
        try desk.mark(.transcribe, line(1, "\(audio),\(transcript)"))
        try desk.mark(.fetch, #"{"id":"rc:1","result":"Voicemail"}"#)
        let record = try desk.record("rc:1")
        #expect(record.contains(transcript))
        #expect(record.contains(audio))
        #expect(record.contains("Voicemail"))
        #expect(try desk.sqlite3("SELECT duration FROM calls") == "187.0")
    }

    @Test("another destination is added to the uploads; the line's word on its own one counts")
    func uploads() throws {
        try desk.mark(.upload, line(1, #""uploads":{"drive":{"id":"A"},"s3":1}"#))
        try desk.mark(.upload, line(1, #""uploads":{"drive":{"id":"A","md5":"d"}}"#))
        let both = #""uploads":{"drive":{"id":"A","md5":"d"},"s3":1}"#
        #expect(try desk.record("rc:1") == line(1, both))
    }

    @Test("a failure for good fails the stage; the results before it stay, the error does not")
    func item() throws {
        try desk.mark(.fetch, line(1, audio))
        try desk.mark(.transcribe, line(1, "\(audio),\(error("transcribe", "item", "audio"))"))
        #expect(try desk.outcome("rc:1", .transcribe) == "failed|1|item|audio")
        #expect(try desk.record("rc:1") == line(1, audio))
        #expect(
            try desk.sqlite3("SELECT stage, severity, category, kind, message FROM errors")
                == "transcribe|MEDIUM|PROCESSING|audio|fetch recording 1: it is not there")
    }

    @Test(
        "the error is taken away wherever it stands on the line",
        arguments: [
            #"{"id":"rc:1","a":1,ERROR}"#, #"{ERROR,"id":"rc:1","a":1}"#,
            #"{"id":"rc:1",ERROR,"a":1}"#, #"{"error":1,"id":"rc:1",ERROR,"a":1}"#,
        ])
    func stripsError(_ form: String) throws {
        let text = form.replacingOccurrences(of: "ERROR", with: error("fetch", "item", "gone"))
        try desk.mark(.fetch, text)
        #expect(try desk.record("rc:1") == #"{"id":"rc:1","a":1}"#)
    }

    @Test("a failure for now counts attempts and notes when it is due again")
    func ladder() throws {
        let times = (1...4).map { "2024-02-0\($0)T00:00:00.000Z" }
        let due = [
            "2024-02-01T00:05:00.000Z", "2024-02-02T01:00:00.000Z", "2024-02-04T00:00:00.000Z", "",
        ]
        for (index, time) in times.enumerated() {
            try desk.mark(.fetch, line(1, error("fetch", "temporary", "network", at: time)))
            let status = due[index].isEmpty ? "failed" : "pending"
            #expect(try desk.outcome("rc:1", .fetch) == "\(status)|\(index + 1)|temporary|network")
            #expect(try desk.sqlite3("SELECT not_before FROM stages") == due[index])
        }
    }

    @Test("a rate limit consumes no attempt")
    func rateLimit() throws {
        try desk.mark(.fetch, line(1, error("fetch", "temporary", "rate_limit")))
        #expect(try desk.outcome("rc:1", .fetch) == "pending|0|temporary|rate_limit")
        #expect(
            try desk.sqlite3("SELECT not_before FROM stages") == "2024-02-01T00:05:00.000Z")
    }

    @Test(
        "new calls, known ones and failures in one commit each have their outcome, and are counted")
    func mixedCommit() throws {
        try desk.mark(.fetch, line(9))
        try desk.mark(
            .fetch, line(1), line(2), line(1, audio), line(3, error("fetch", "item", "gone")),
            line(4), line(3), line(9), line(6, error("fetch", "item", "gone")), line(5))
        let expected = [
            ("rc:1", "completed"), ("rc:2", "completed"), ("rc:3", "completed"),
            ("rc:4", "completed"), ("rc:5", "completed"), ("rc:6", "failed"), ("rc:9", "completed"),
        ]
        for (id, status) in expected {
            #expect(try desk.outcome(id, .fetch).hasPrefix(status), "\(id)")
        }
        #expect(
            try desk.sqlite3("SELECT status, sum(count) FROM tallies GROUP BY 1 HAVING sum(count)")
                == "completed|6\nfailed|1")
    }

    @Test("a failure counts once, however many marks it passes, and for its own stage")
    func passesLaterMarks() throws {
        let broken = line(1, error("fetch", "temporary", "network"))
        for stage in [Stage.fetch, .transcribe, .upload] { try desk.mark(stage, broken) }
        #expect(try desk.outcome("rc:1", .fetch) == "pending|1|temporary|network")
        #expect(try desk.sqlite3("SELECT count(*) FROM stages") == "1")
        #expect(try desk.sqlite3("SELECT count(*) FROM errors") == "1")
    }

    @Test("a failure that does not say when counts once as well")
    func withoutTime() throws {
        let broken = line(1, error("fetch", "item", "gone", at: nil))
        for stage in [Stage.fetch, .transcribe, .upload] { try desk.mark(stage, broken) }
        #expect(try desk.outcome("rc:1", .fetch) == "failed|1|item|gone")
        #expect(try desk.sqlite3("SELECT count(*) FROM errors") == "1")
    }

    @Test(
        "an error member of another form is a failure of the stage at hand",
        arguments: [
            #""error":"oops""#, #""error":{"stage":"nonsense"}"#, #""error":[]"#,
        ])
    func strangeError(_ member: String) throws {
        try desk.mark(.fetch, line(1, member))
        #expect(try desk.outcome("rc:1", .fetch) == "pending|1|temporary|internal")
        #expect(try desk.record("rc:1") == line())
    }

    @Test("an error that is null is none")
    func nullError() throws {
        try desk.mark(.fetch, line(1, #""error":null"#))
        #expect(try desk.outcome("rc:1", .fetch) == "completed|1||")
    }

    @Test("success after a failure completes the stage and forgets why it failed")
    func recovers() throws {
        try desk.mark(.fetch, line(1, error("fetch", "temporary", "network")))
        try desk.mark(.fetch, line(1, audio))
        #expect(try desk.outcome("rc:1", .fetch) == "completed|2||")
        #expect(try desk.sqlite3("SELECT not_before IS NULL FROM stages") == "1")
    }

    @Test("a failure from before the success does not undo it")
    func staleFailure() throws {
        try desk.mark(.fetch, line(1, audio))
        try desk.mark(.fetch, line(1, error("fetch", "item", "gone")))
        #expect(try desk.outcome("rc:1", .fetch) == "completed|1||")
        #expect(try desk.sqlite3("SELECT count(*) FROM errors") == "1")
        try desk.mark(.fetch, line(1, error("fetch", "item", "gone", at: "2999-01-01T00:00:00Z")))
        #expect(try desk.outcome("rc:1", .fetch) == "failed|2|item|gone")
    }

    @Test(
        "the same outcome twice changes nothing but the time",
        arguments: [
            line(1, audio), line(1, error("fetch", "item", "gone")),
            line(1, error("fetch", "temporary", "rate_limit")),
            line(1, error("upload", "item", "gone")),
        ])
    func twice(_ text: String) throws {
        try desk.mark(.fetch, batch: "b", text)
        let once = try desk.dump()
        try desk.mark(.fetch, batch: "b", text, text)
        #expect(try desk.dump() == once)
    }

    @Test(
        "a status by hand is written whatever the record says",
        arguments: Status.allCases.filter { $0 != .processing })
    func byHand(_ status: Status) throws {
        try desk.mark(.upload, line(1, error("upload", "item", "quota")))
        try desk.mark(.upload, status: status, #"{"id":"rc:1"}"#)
        let attempts = status == .completed ? 2 : 1
        let reason = status == .failed ? "item|quota" : "|"
        #expect(try desk.outcome("rc:1", .upload) == "\(status.rawValue)|\(attempts)|\(reason)")
        #expect(try desk.record("rc:1") == line())
    }

    @Test("a batch is noted on its calls, and stays when none is named")
    func batch() throws {
        try desk.mark(.fetch, batch: "january", line(1), line(2))
        try desk.mark(.transcribe, line(1))
        #expect(try desk.sqlite3("SELECT batch FROM calls") == "january\njanuary")
        #expect(try desk.sqlite3("SELECT name FROM batches") == "january")
    }
}
