// DamageTests: what a stage found damaged goes back to the stage that makes it.
import CheckpointSchedule
import CheckpointSupport
import Foundation
import Records
import Testing

@testable import Checkpoint

@Suite struct DamageTests {
    let desk = Desk()

    private func recording(_ expires: String = "2999-01-01", uri: String? = "https://x/1") -> String
    {
        let uri = uri.map { #","uri":"\#($0)""# } ?? ""
        return #""recording":{"id":"1"\#(uri),"expires": "\#(expires)"},\#(audio)"#
    }

    private func damaged(
        _ stage: String, _ file: String, _ scope: String = "item", at: String? = nil
    ) -> String {
        let at = at ?? Timestamp.now.text
        return #""error":{"stage":"\#(stage)","class":"\#(scope)","kind":"integrity","#
            + #""message":"upload a: it was changed","file":"\#(file)","at":"\#(at)"}"#
    }

    private func waits() throws -> String {
        try desk.sqlite3("SELECT stage FROM outcomes WHERE not_before IS NOT NULL")
    }

    @Test(
        "Damaged audio makes fetch due again, and the stage that found it, whatever its class",
        arguments: [(Stage.transcribe, "item"), (.transcribe, "temporary"), (.upload, "temporary")])
    func audioAgain(_ stage: Stage, _ scope: String) throws {
        let good = line(1, recording())
        try desk.mark(.fetch, good)
        #expect(try desk.sqlite3("SELECT expires FROM calls") == "")
        let bad = line(1, "\(recording()),\(damaged(stage.rawValue, "audio", scope))")
        try desk.mark(stage, bad)
        // The later marks of the pipe see the same error, which is the same damage.
        try desk.mark(.reserve, bad)
        try desk.mark(.upload, bad)
        #expect(try desk.outcome("rc:1", .fetch) == "pending|1||")
        #expect(try desk.outcome("rc:1", stage) == "pending|1|temporary|integrity")
        #expect(try waits() == "")
        // The service may purge it before it is fetched.
        #expect(try desk.sqlite3("SELECT expires FROM calls") == "2999-01-01T00:00:00.000Z")
        #expect(
            try desk.next(.fetch, choice: Next.Choice(order: .expiring)) == ["rc:1"])
        #expect(try desk.todo(.upload, good) == [good])

        try desk.mark(.fetch, good)
        try desk.mark(stage, good)
        #expect(try desk.outcome("rc:1", .fetch) == "completed|2||")
        #expect(try desk.outcome("rc:1", stage) == "completed|2||")
        #expect(try desk.sqlite3("SELECT count(*) FROM calls WHERE expires IS NULL") == "1")
    }

    @Test("The same damage again and again waits longer each time, and fails in the end")
    func bounded() throws {
        try desk.mark(.fetch, line(1, recording()))
        for attempt in 1...4 {
            let at = Timestamp.now.adding(seconds: Double(attempt)).text
            try desk.mark(
                .upload, line(1, "\(recording()),\(damaged("upload", "audio", at: at))"))
            #expect(try waits() == (attempt == 1 || attempt == 4 ? "" : "upload"))
            if attempt < 4 {
                #expect(try desk.outcome("rc:1", .fetch).hasPrefix("pending"))
                try desk.mark(.fetch, line(1, recording()))
            }
        }
        #expect(try desk.outcome("rc:1", .upload) == "failed|4|temporary|integrity")
        #expect(try desk.outcome("rc:1", .fetch).hasPrefix("completed"))
    }

    @Test("Damage after a repair that held is repaired at once again")
    func later() throws {
        for day in 1...6 {
            try desk.mark(.fetch, line(1, recording()))
            try desk.mark(.transcribe, line(1, recording()))
            let at = Timestamp.now.adding(seconds: Double(day)).text
            try desk.mark(
                .transcribe, line(1, "\(recording()),\(damaged("transcribe", "audio", at: at))"))
            #expect(try desk.outcome("rc:1", .fetch).hasPrefix("pending"))
            #expect(try desk.outcome("rc:1", .transcribe).hasPrefix("pending"))
            #expect(try waits() == "")
        }
    }

    @Test("What the service has purged cannot be fetched again, which the error says")
    func purged() throws {
        try desk.mark(.fetch, line(1, recording("2024-04-14")))
        try desk.mark(
            .transcribe, line(1, "\(recording("2024-04-14")),\(damaged("transcribe", "audio"))"))
        #expect(try desk.outcome("rc:1", .fetch) == "completed|1||")
        #expect(try desk.outcome("rc:1", .transcribe) == "failed|1|item|integrity")
        let message = try desk.sqlite3("SELECT message FROM errors")
        #expect(
            message == "upload a: it was changed; the service was to purge the recording at "
                + "2024-04-14T00:00:00.000Z, so it cannot be fetched again")
        #expect(
            try desk.sqlite3("SELECT error_message FROM outcomes WHERE stage = 'transcribe'")
                == message)
        #expect(try desk.sqlite3("SELECT count(*) FROM calls WHERE expires IS NULL") == "1")
    }

    @Test("A recording that no service holds, and a file that nobody names, fail as before")
    func others() throws {
        try desk.mark(.fetch, line(1, recording(uri: nil)), line(2, recording()))
        try desk.mark(
            .transcribe, line(1, "\(recording(uri: nil)),\(damaged("transcribe", "audio"))"),
            line(2, "\(recording()),\(error("transcribe", "item", "audio"))"))
        try desk.mark(.upload, line(3, "\(recording()),\(damaged("upload", "notes"))"))
        // The stage that makes the file is the one that failed.
        try desk.mark(.fetch, line(4, "\(recording()),\(damaged("fetch", "audio"))"))
        #expect(try desk.sqlite3("SELECT count(*) FROM outcomes WHERE status = 'failed'") == "4")
        #expect(try desk.sqlite3("SELECT count(*) FROM outcomes WHERE status = 'pending'") == "0")
    }

    @Test(
        "A damaged transcript is made again by the stage that it came from",
        arguments: [("whisper.cpp", Stage.transcribe), ("ringcentral", .insights)])
    func transcriptAgain(_ engine: String, _ maker: Stage) throws {
        let heard =
            "\(recording()),\"transcript\": {\"path\":\"t/1.json\",\"engine\": \"\(engine)\"}"
        try desk.mark(.fetch, line(1, heard))
        try desk.mark(.insights, line(1, heard))
        try desk.mark(.transcribe, line(1, heard))
        try desk.mark(.upload, line(1, "\(heard),\(damaged("upload", "transcript", "temporary"))"))
        let pending = "SELECT stage FROM outcomes WHERE status = 'pending' ORDER BY stage"
        #expect(try desk.sqlite3(pending) == "\(maker.rawValue)\nupload")
        #expect(try waits() == "")
        #expect(try desk.sqlite3("SELECT count(*) FROM calls WHERE expires IS NULL") == "1")
        #expect(try desk.todo(.upload, line(1)).count == 1)
    }

    @Test("The error of a run before the repair changes nothing after it")
    func stale() throws {
        try desk.mark(.fetch, line(1, recording()))
        try desk.mark(.upload, line(1, recording()))
        let old = damaged("upload", "audio", at: "2024-02-01T00:00:00.000Z")
        try desk.mark(.upload, line(1, "\(recording()),\(old)"))
        #expect(try desk.outcome("rc:1", .fetch) == "completed|1||")
        #expect(try desk.outcome("rc:1", .upload) == "completed|1||")
    }
}
