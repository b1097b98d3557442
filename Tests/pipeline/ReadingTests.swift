// ReadingTests: state-show and state-summary as people and programs call them.
import Foundation
import Testing

struct ReadingTests {
    private let place: Workplace
    private static let record =
        #"{"id":"rc:401234567008","source":"ringcentral","start":"2024-01-15T14:03:11.120Z","#
        + #""audio":{"path":"audio/1.mp3","bytes":9,"sha256":"5f"},"n":1.50}"#

    init() throws {
        place = try Workplace()
        let more = #"{"id":"rc:2","start":"2024-01-16T14:03:11.120Z"}"#
        let failed =
            #"{"id":"rc:3","error":{"stage":"fetch","class":"item","kind":"gone","#
            + #""message":"unable to fetch recording 3: it is gone"}}"#
        let input = [ReadingTests.record, more, failed].joined(separator: "\n")
        _ = try place.run("state-mark fetch --batch b >/dev/null", input: input)
    }

    @Test("Stored records come out as they went in, all, chosen or named, and go into a pipe again")
    func records() throws {
        #expect(try place.run("state-show rc:401234567008").output == ReadingTests.record + "\n")
        #expect(try place.run("state-show").records.count == 3)
        #expect(try place.run("state-show --limit 2").records.count == 2)
        #expect(try place.run("state-show --stage fetch --status failed").records.count == 1)
        #expect(try place.run("state-show --until 2024-01-15").records.count == 1)
        #expect(try place.run("state-show --since 1d").records.isEmpty)
        #expect(try place.run("state-show --batch b --source rc").records.count == 2)
        let again = try place.run("state-show --status completed | state-mark upload | wc -l")
        #expect(again.output == "2\n")
    }

    @Test("What transcripts cost is told to people with a total, and to programs; lately or ever")
    func spending() throws {
        let lines = try [("rc:2", "'-3 days'"), ("rc:4", "'-1 minute'")].map { id, ago in
            let at = try place.run(
                "sqlite3 :memory: \"SELECT strftime('%Y-%m-%dT%H:%M:%fZ', 'now', \(ago))\"")
            return #"{"id":"\#(id)","transcript":{"engine":"deepgram","model":"nova-3","#
                + #""provenance":{"seconds":5400,"wall":540,"cost":0.387,"#
                + #""at":"\#(at.output.dropLast())"}}}"#
        }
        _ = try place.run("state-mark transcribe", input: lines.joined(separator: "\n"))
        let ever = try place.run("state-summary --by engine").records
        #expect(ever.compactMap { $0["what"] as? String } == ["engine", "total"])
        #expect(ever.allSatisfy { $0["recordings"] as? Int == 2 && $0["hours"] as? Double == 3 })
        let lately = try place.run("state-summary --by engine --last 24h").records
        #expect(lately.compactMap { $0["cost"] as? Double } == [0.387, 0.387])
        let table = try place.run("state-summary --by engine --format table").output
        let rows = table.split(separator: "\n").map { $0.split(whereSeparator: \.isWhitespace) }
        #expect(rows.count == 3)
        #expect(
            rows.dropFirst().first == [
                "deepgram", "nova-3", "2", "3.00", "0.30", "0.100", "0.7740", "0.2580",
            ])
        #expect(rows.last == ["total", "2", "3.00", "0.30", "0.100", "0.7740", "0.2580"])
        let story = try place.run("state-show --why rc:4 --format table").output
        #expect(story.contains("engine deepgram, model nova-3, seconds 5400, wall 540, cost 0.387"))
        // With another key it counts records by the engine of their transcripts.
        let grouped = try place.run("state-summary --by engine,day").records
        #expect(grouped.contains { $0["engine"] as? String == "deepgram" && $0["count"] != nil })
    }

    @Test("Ids come as words, as lines and as records; one that is not known is told, others go on")
    func ids() throws {
        let input = "rc:401234567008\n\n{\"id\":\"rc:3\",\"x\":1}\nrc:9"
        let outcome = try place.run("state-show rc:2 nobody -", input: input)
        #expect(outcome.status == 1)
        #expect(
            outcome.records.compactMap { $0["id"] as? String }
                == ["rc:2", "rc:401234567008", "rc:3"])
        let message = "unable to show recording nobody: the checkpoint does not know it"
        #expect(outcome.errors.contains("state-show: \(message)"))
        #expect(outcome.errors.contains("recording rc:9"))
        #expect(try place.run("state-show nobody").status == 1)
        #expect(try place.run("state-show --why nobody").status == 1)
    }

    @Test("An id keeps the spaces within it; a broken record is told by its line, and not shown")
    func oddIds() throws {
        _ = try place.run("state-mark fetch", input: #"{"id":"rc:a b"}"#)
        let found = try place.run("state-show -", input: "  rc:a b\t\r\n")
        #expect(found.output == "{\"id\":\"rc:a b\"}\n", "\(found.errors)")
        let broken = #"{"id":"rc:2","from":{"phone":"+16505550100"#
        let outcome = try place.run("state-show -", input: "rc:2\n\(broken)\n")
        #expect(outcome.status == 1 && outcome.records.count == 1)
        #expect(outcome.errors.contains("state-show: unable to read line 2: "))
        #expect(!outcome.errors.contains("650555"))
    }

    @Test("Errors are listed, the newest first, and of several lists one is to be chosen")
    func errors() throws {
        let later = #"{"id":"rc:4","error":{"class":"item","kind":"audio","message":"later"}}"#
        _ = try place.run("state-mark transcribe", input: later)
        let all = try place.run("state-show --errors").records
        #expect(all.compactMap { $0["id"] as? String } == ["rc:4", "rc:3"])
        #expect(all.first?["stage"] as? String == "transcribe")
        let table = try place.run("state-show --errors --latest 1 --format table")
        #expect(table.output.contains("later") && !table.output.contains("it is gone"))
        #expect(try place.run("state-show --errors --runs").status == 64)
    }

    @Test("The morning's report is of the checkpoint that the settings name, wherever they do")
    func morning() throws {
        let script = "\(Workplace.root)/pipelines/morning.sh"
        place["CALLPIPE_STATE"] = nil
        _ = try place.run("mv state.db checkpoint.db")
        for setting in ["CALLPIPE_STATE=checkpoint.db", "DATABASE_URL=sqlite:///checkpoint.db"] {
            let outcome = try place.run("echo '\(setting)' >.env; \(script)")
            #expect(outcome.status == 0, "\(outcome.errors)")
            #expect(outcome.output.contains("it is gone\n"), "\(outcome.output)")
        }
    }

    @Test("Fields, manifest, story, runs and batches for programs and for people")
    func forms() throws {
        #expect(
            try place.run("state-show --status failed --fields id,fetch.attempts,error").output
                == #"{"id":"rc:3","fetch.attempts":1,"error":{"stage":"fetch","class":"item","#
                + #""kind":"gone","message":"unable to fetch recording 3: it is gone"}}"# + "\n")
        #expect(
            try place.run("state-show --manifest").output
                == #"{"id":"rc:401234567008","destination":"disk","kind":"audio","#
                + #""path":"audio/1.mp3","bytes":9,"sha256":"5f"}"# + "\n")
        _ = try place.run("state-show rc:401234567008 | state-mark upload >stored")
        let story = try place.run("state-show --why rc:401234567008")
        #expect(story.records.contains { $0["event"] as? String == "audit" && $0["hash"] != nil })
        let told = try place.run("state-show --why rc:3 --format table").output
        #expect(told.contains("gone") && told.contains("state-retry --id rc:3"))
        let runs = try place.run("state-show --runs --latest 1").records
        #expect(runs.first?["exit_status"] as? Int == 0)
        let batches = try place.run("state-show --batches").records
        #expect(batches.first?["batch"] as? String == "b")
        #expect(batches.first?["failed"] as? Int == 1)
        #expect(try place.run("state-show --batches --format table").output.hasPrefix("batch"))
    }

    @Test("The manifest has the hash of every file of a transcript, which sha256sum proves")
    func transcriptHashes() throws {
        let place = try Workplace()
        _ = try place.startRingCentral("--heavy-limit", "1000")
        try place.startEngine()
        let outcome = try place.run(
            """
            rc-list --days 30 --limit 2 | rc-fetch | transcribe --quiet | state-mark transcribe >done
            state-show --manifest | jq -r '"\\(.sha256)  \\(.path)"' >hashes
            cd "$CALLPIPE_DATA" && sha256sum --check ../hashes
            """)
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.output.split(separator: "\n").count == 8, "\(outcome.output)")
        let kinds = try place.run(
            "state-show --manifest | jq -r .kind | sort | uniq -c | tr -s ' '")
        #expect(kinds.output == " 2 audio\n 2 captions\n 2 text\n 2 transcript\n")
    }

    @Test(
        "A transcript that knows no hashes, or has one file, is in the manifest as far as it goes")
    func oldTranscripts() throws {
        let records = """
            {"id":"rc:5","transcript":{"path":"t\\/5.json","text":"a"}}
            {"id":"rc:6","transcript": {"files": {"json": "6a"}, "path": "t/6.txt", "text": "a"}}

            """
        _ = try place.run("state-mark transcribe >/dev/null", input: records)
        let lines = try place.run("state-show --manifest rc:5 rc:6").output
        #expect(
            lines == """
                {"id":"rc:5","destination":"disk","kind":"transcript","path":"t/5.json"}
                {"id":"rc:5","destination":"disk","kind":"text","path":"t/5.txt"}
                {"id":"rc:5","destination":"disk","kind":"captions","path":"t/5.vtt"}
                {"id":"rc:6","destination":"disk","kind":"transcript","path":"t/6.txt","sha256":"6a"}

                """)
    }

    @Test("An overdue list is an alert, after a time that an option or a setting says")
    func overdueList() throws {
        let place = try Workplace()
        let outcome = try place.run(
            """
            state-listed --until "$(date -ud '50 hours ago' +%FT%TZ)" ringcentral
            state-summary --alerts | jq -r .name; state-summary --alerts >/dev/null; echo $?
            state-summary --alerts --alert-list 3d; echo $?
            CALLPIPE_ALERT_LIST=51h state-summary --alerts; echo $?
            CALLPIPE_ALERT_LIST=51h state-summary --alerts --alert-list 2d | jq -r .name
            CALLPIPE_ALERT_LIST=soon state-summary --alerts; echo $?
            state-listed --until "$(date -u +%FT%TZ)" ringcentral; state-summary --alerts; echo $?
            """)
        #expect(
            outcome.output == "list_overdue\n1\n0\n0\nlist_overdue\n78\n0\n", "\(outcome.errors)")
    }

    @Test(
        "What cannot be meant is wrong usage, and says what can be",
        arguments: [
            ("state-show --fields id,colour", "\"colour\"; the fields are id, source"),
            (
                "state-show --status done",
                "needs pending, queued, processing, completed, failed or skipped, not \"done\""
            ),
            ("state-show --stage download", "needs fetch, link, transcribe,"),
            ("state-show --since yesterday", "a date such as 2024-01-15"),
            ("state-show --latest 0", "a whole number of at least 1"),
            ("state-show --why", "needs an id"),
            ("state-show --runs --format xml", "needs table or json, not \"xml\""),
            ("state-summary --by colour", "knows stage, status, day"),
            ("state-summary --by day --alerts", "--alerts means nothing with --by"),
            ("state-summary --last 0s", "at least 1s"),
            ("state-summary --alert-days x", "a whole number"),
            ("state-summary word", "unexpected word"),
        ])
    func usage(_ command: String, _ words: String) throws {
        let outcome = try place.run(command)
        #expect(outcome.status == 64)
        #expect(outcome.errors.contains(words) && outcome.output.isEmpty)
    }

    @Test(
        "A checkpoint that is not there is no reason to make one",
        arguments: ["state-show", "state-summary", "state-show rc:1"])
    func missing(_ command: String) throws {
        let outcome = try place.run("\(command) --state none.db")
        #expect(outcome.status == 78)
        #expect(outcome.errors.contains("unable to open checkpoint none.db: it is not there"))
        #expect(try place.run("ls none.db*").status != 0)
        let broken = try place.run("yes | head -c 9000 >b.db; \(command) --state b.db")
        #expect(broken.status == 65)
    }

    @Test("A summary for people and for programs, with the last run and the last backup")
    func summary() throws {
        let objects = try place.run("state-summary").records
        let fetch = try #require(objects.first { $0["stage"] as? String == "fetch" })
        #expect(fetch["completed"] as? Int == 2 && fetch["failed"] as? Int == 1)
        #expect(objects.contains { $0["what"] as? String == "run" })
        #expect(!objects.contains { $0["what"] as? String == "backup" })
        let table = try place.run(
            "state-backup --quiet >b.json; state-summary --format table"
        ).output
        #expect(table.hasPrefix("stage "))
        #expect(table.contains("failed for good: fetch gone 1"))
        #expect(table.contains("last backup: backups/callpipe_"))
        let counts = try place.run("state-summary --by download,transcription,upload").records
        #expect(counts.count == 2)
        #expect(try place.run("state-summary --by day --last 30d").records.isEmpty)
        #expect(try place.run("state-summary >/dev/full").status == 74)
    }

    @Test("Alerts alone end with 1, and with 0 where there is none")
    func alerts() throws {
        let outcome = try place.run("state-summary --alerts")
        #expect(outcome.status == 1)
        #expect(outcome.records.map { $0["name"] as? String } == ["failures"])
        #expect(outcome.records.first?["count"] as? Int == 1)
        place["CALLPIPE_STATE"] = "\(place.path)/well.db"
        _ = try place.run("state-mark fetch >/dev/null", input: ReadingTests.record)
        let well = try place.run("state-summary --alerts --format table")
        #expect(well.status == 0 && well.output.isEmpty && well.errors.isEmpty)
    }
}
