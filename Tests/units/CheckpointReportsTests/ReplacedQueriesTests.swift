// ReplacedQueriesTests: the SQL that people of the replaced systems know, run as it stands.
import CheckpointSupport
import Foundation
import Records
import TestSupport
import Testing

@testable import Checkpoint
@testable import CheckpointReports

/// Statements of the runbooks of the replaced systems, whose database was PostgreSQL.
///
/// Only one thing is spelled differently in SQLite: `NOW() - INTERVAL '30 days'` is
/// `datetime('now', '-30 days')`. `DATE(…)`, `->>` and `false` are the same in both.
@Suite struct ReplacedQueriesTests {
    let desk = Desk()
    private let insights = #""insights":{"sentiment":"Positive","n":1}"#

    /// 1 is done, 2 failed to download, 3 has audio and no transcript, 4 is new, 5 failed too often,
    /// 6 was left out on purpose.
    init() throws {
        let heard = #""transcript":{"path":"t/1.json","text":"Hello","confidence":0.87}"#
        let call = #""call":{"id":"C1"}"#
        let first = line(1, "\(call),\(audio),\(heard),\(insights)")
        try desk.mark(.fetch, line(1, "\(call),\(audio)"))
        try desk.mark(.transcribe, first)
        try desk.mark(.upload, first)
        try desk.mark(.fetch, line(2, error("fetch", "item", "gone")))
        try desk.mark(.fetch, line(3, audio))
        try desk.todo(.upload, line(4))
        for attempt in 1...4 {
            let time = "2024-02-0\(attempt)T00:00:00.000Z"
            try desk.mark(.fetch, line(5, error("fetch", "temporary", "network", at: time)))
        }
        try desk.mark(.upload, status: .skipped, line(6))
        // The pipe that claimed 4 is gone, which SQL alone cannot tell.
        _ = try desk.sqlite3("UPDATE claims SET until = '2024-01-01T00:00:00.000Z'")
    }

    @Test("how many are how far: the three statuses")
    func threeStatuses() throws {
        let answer = try desk.sqlite3(
            """
            SELECT download_status, transcription_status, upload_status, COUNT(*)
            FROM call_recordings
            GROUP BY download_status, transcription_status, upload_status
            """)
        #expect(
            answer == """
                completed|completed|completed|1
                completed|pending|pending|1
                failed|pending|pending|2
                pending|pending|completed|1
                pending|pending|pending|1
                """)
        let checkpoint = try Checkpoint(reading: desk.path)
        let groups = try Grouping("download,transcription,upload").groups(
            of: checkpoint, since: nil)
        #expect(groups.count == 5)
        #expect(
            groups[2].text
                == #"{"download":"failed","transcription":"pending","upload":"pending","count":2}"#)
    }

    @Test("how many have a transcript")
    func transcriptionStatus() throws {
        let answer = try desk.sqlite3(
            "SELECT transcription_status, COUNT(*) FROM call_recordings GROUP BY transcription_status"
        )
        #expect(answer == "completed|1\npending|5")
    }

    @Test("retrying by SQL: what failed is pending again, unless it was tried too often")
    func retry() throws {
        _ = try desk.sqlite3(
            """
            UPDATE call_recordings SET download_status = 'pending', retry_count = 0
            WHERE download_status = 'failed' AND retry_count < 3
            """)
        #expect(try desk.outcome("rc:2", .fetch) == "pending|0||")
        #expect(try desk.outcome("rc:5", .fetch) == "failed|4|temporary|network")
        #expect(try desk.todo(.fetch, line(2), line(5)) == [line(2)])
        let sums = "SELECT stage, status, sum(count) FROM tallies GROUP BY 1, 2 HAVING sum(count)"
        let counts = "SELECT stage, status, count(*) FROM outcomes GROUP BY 1, 2"
        #expect(try desk.sqlite3(sums) == desk.sqlite3(counts))
    }

    @Test("gaps by SQL: how many calls there were on each day of the last month")
    func gaps() throws {
        let today = Timestamp.now.day
        for (number, days) in [(11, 0), (12, 0), (13, 2), (14, 45)] {
            let start = today.adding(days: -days).text
            try desk.mark(.fetch, #"{"id":"rc:\#(number)","start":"\#(start)T00:00:00.000Z"}"#)
        }
        let answer = try desk.sqlite3(
            """
            SELECT DATE(call_start_time), COUNT(*) FROM call_recordings
            WHERE call_start_time >= datetime('now', '-30 days')
            GROUP BY DATE(call_start_time) ORDER BY DATE(call_start_time)
            """)
        #expect(answer == "\(today.adding(days: -2).text)|1\n\(today.text)|2")
    }

    @Test("the state of the main processor, and how it is set")
    func processingStates() throws {
        let question = "SELECT state_key, is_active FROM processing_states"
        let reset = """
            UPDATE processing_states SET is_active = false WHERE state_key = 'main_processor'
            """
        // Its time is up, so setting it takes it away, and tells it in the recording's history.
        #expect(try desk.sqlite3("SELECT count(*) FROM leases") == "1")
        #expect(try desk.sqlite3(question) == "main_processor|0")
        _ = try desk.sqlite3(reset)
        #expect(try desk.sqlite3("SELECT count(*) FROM leases") == "0")
        #expect(
            try desk.sqlite3("SELECT call_id FROM errors WHERE kind = 'lease'") == "rc:4")
        // Who may be at work is left alone, or another would do the same recording.
        try desk.todo(.upload, line(4))
        #expect(try desk.sqlite3(question) == "main_processor|1")
        _ = try desk.sqlite3(reset)
        _ = try desk.sqlite3("DELETE FROM processing_states")
        #expect(try desk.sqlite3(question) == "main_processor|1")
        #expect(
            try desk.sqlite3("SELECT upload_status FROM call_recordings WHERE call_id = 'rc:4'")
                == "processing")
    }

    @Test("the emergency reset touches nothing whose upload is completed")
    func emergency() throws {
        let done = try desk.record("rc:1")
        _ = try desk.sqlite3(
            """
            UPDATE call_recordings SET download_status = 'pending',
              transcription_status = 'pending', upload_status = 'pending', retry_count = 0
            WHERE upload_status != 'completed';
            DELETE FROM processing_states
            """)
        #expect(
            try desk.sqlite3(
                """
                SELECT call_id, download_status, transcription_status, upload_status, retry_count
                FROM call_recordings ORDER BY id
                """) == """
                    rc:1|completed|completed|completed|0
                    rc:2|pending|pending|pending|0
                    rc:3|pending|pending|pending|0
                    rc:4|pending|pending|pending|0
                    rc:5|pending|pending|pending|0
                    rc:6|pending|pending|completed|0
                    """)
        #expect(try desk.record("rc:1") == done)
        #expect(try desk.outcome("rc:6", .upload) == "skipped|0||")
        let all = (2...5).map { line($0) }
        #expect(try desk.todo(.fetch, all).count == 4)
    }

    @Test("what waits for its next attempt is due at once after the emergency reset")
    func waiting() throws {
        let soon = Timestamp.now.text
        try desk.mark(.fetch, line(7, error("fetch", "temporary", "network", at: soon)))
        try desk.mark(.fetch, line(8, audio))
        try desk.mark(
            .transcribe, line(8, "\(audio),\(error("transcribe", "temporary", "engine", at: soon))")
        )
        #expect(try desk.todo(.fetch, line(7)) == [])
        _ = try desk.sqlite3(
            """
            UPDATE call_recordings SET download_status = 'pending',
              transcription_status = 'pending', upload_status = 'pending', retry_count = 0
            WHERE upload_status != 'completed'
            """)
        #expect(
            try desk.sqlite3("SELECT count(*) FROM outcomes WHERE not_before IS NOT NULL") == "0")
        #expect(try desk.outcome("rc:7", .fetch) == "pending|0||")
        #expect(try desk.outcome("rc:8", .transcribe) == "pending|0||")
        // No stage is asked for that was not asked for before.
        #expect(try desk.outcome("rc:7", .transcribe) == "")
        #expect(try desk.todo(.fetch, line(7)) == [line(7)])
    }

    @Test("one column set to pending ends the wait of that stage only")
    func oneStageWaits() throws {
        let soon = Timestamp.now.text
        try desk.mark(.fetch, line(7, error("fetch", "temporary", "network", at: soon)))
        try desk.mark(.upload, line(7, error("upload", "temporary", "network", at: soon)))
        _ = try desk.sqlite3(
            "UPDATE call_recordings SET upload_status = 'pending' WHERE call_id = 'rc:7'")
        #expect(
            try desk.sqlite3("SELECT stage FROM outcomes WHERE not_before IS NOT NULL") == "fetch")
    }

    @Test("a status set to itself is no change where nothing waits, and processing is no error")
    func unchanged() throws {
        try desk.todo(.upload, line(4))
        let before = try desk.sqlite3("SELECT * FROM outcomes")
        let answer = try desk.sqlite3(
            """
            UPDATE call_recordings SET upload_status = upload_status,
              download_status = download_status, transcription_status = transcription_status;
            SELECT count(*) FROM leases
            """)
        #expect(answer == "1")
        #expect(try desk.sqlite3("SELECT * FROM outcomes") == before)
    }

    @Test(
        "the transcript's time is that of the stage it came from, or its own",
        arguments: [
            (#""engine":"ringcentral""#, [Stage.insights], "insights"),
            (#""engine":"ringcentral""#, [.insights, .transcribe], "insights"),
            (#""engine":"whisper.cpp""#, [.insights, .transcribe], "transcribe"),
            (#""engine":"ringcentral""#, [.transcribe], "transcribe"),
            (#""engine":"ringcentral","provenance":{"at":"2024-01-16T09:00:00.000Z"}"#, [], "own"),
            (#""engine":"deepgram","provenance":{"at":"2024-01-16T09:00:00.000Z"}"#, [], "own"),
        ])
    func transcriptTime(_ member: String, _ stages: [Stage], _ source: String) throws {
        let heard = #""transcript":{"path":"t/9.json","text":"Hello",\#(member)}"#
        try desk.mark(.fetch, line(9, "\(audio),\(heard)"))
        for stage in stages {
            try desk.mark(stage, line(9, "\(audio),\(heard),\(insights)"))
            _ = try desk.sqlite3(
                """
                UPDATE outcomes SET finished_at = '\(stage.rawValue)'
                WHERE stage = '\(stage.rawValue)' AND call = (SELECT number FROM calls
                  WHERE id = 'rc:9')
                """)
        }
        let question =
            "SELECT rc_transcript_fetched_at FROM call_recordings WHERE call_id = 'rc:9'"
        #expect(
            try desk.sqlite3(question) == (source == "own" ? "2024-01-16T09:00:00.000Z" : source))
    }

    @Test("every statement that callpipe-state(5) promises to run, runs")
    func promised() throws {
        let manual = try String(
            contentsOf: Checkout.root.appending(path: "man/callpipe-state.5"), encoding: .utf8)
        let section = try #require(
            manual.components(separatedBy: ".Ss SQL of the replaced systems\n").last)
        let text = try #require(
            section.components(separatedBy: ".Bd -literal -offset indent\n").dropFirst().first?
                .components(separatedBy: ".Ed").first)
        let statements = text.components(separatedBy: ";\n").filter { !$0.isEmpty }
        #expect(statements.count == 10)
        for statement in statements {
            let answer = try desk.sqlite3("\(statement); SELECT 'ran'")
            #expect(answer.hasSuffix("ran"), "\(statement)")
        }
        // A view has no index, as the manual says.
        #expect(try desk.sqlite3("CREATE INDEX i ON call_recordings(id); SELECT 'ran'") == "")
    }

    @Test("transcripts and what they say: the five latest")
    func transcripts() throws {
        let answer = try desk.sqlite3(
            """
            SELECT rc_call_id, rc_transcript IS NOT NULL AS has_transcript,
              rc_transcript_confidence, rc_transcript_fetched_at IS NOT NULL,
              rc_ai_insights->>'sentiment' AS sentiment
            FROM call_recordings WHERE rc_transcript IS NOT NULL
            ORDER BY recorded_at DESC LIMIT 5
            """)
        #expect(answer == "C1|1|0.87|1|Positive")
    }

    @Test("a status by hand, and one that is none")
    func byHand() throws {
        let change =
            "UPDATE call_recordings SET transcription_status = 'queued' WHERE call_id = 'rc:3'"
        _ = try desk.sqlite3(change)
        #expect(try desk.outcome("rc:3", .transcribe) == "queued|0||")
        _ = try desk.sqlite3(change.replacingOccurrences(of: "queued", with: "busy"))
        #expect(try desk.outcome("rc:3", .transcribe) == "queued|0||")
    }

    @Test("the questions of callpipe's own view use the same words")
    func fields() throws {
        let checkpoint = try Checkpoint(reading: desk.path)
        let names = "rc_call_id,has_transcript,rc_transcript_confidence,sentiment,audio_path"
        let showing = try Showing(.init(), as: .fields(try Fields(names)), in: checkpoint)
        let shown = String(decoding: try showing.lines(of: "rc:1"), as: UTF8.self)
        #expect(
            shown == #"{"rc_call_id":"C1","has_transcript":true,"rc_transcript_confidence":0.87,"#
                + #""sentiment":"Positive","audio_path":"audio/1.mp3"}"# + "\n")
    }
}
