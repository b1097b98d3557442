// MainJobTests: the pipeline of production, from the list to the Drive, killed and run again.
import Foundation
import Testing

@Suite struct MainJobTests {
    @Test("the backfill stores everything, and run again it asks for nothing")
    func backfill() throws {
        let place = try Workplace()
        let calls = try place.startRingCentral("--heavy-limit", "1000")
        let drive = try place.startDrive()
        let backfill = "\(Workplace.root)/pipelines/backfill.sh 30"
        let first = try place.run(backfill)
        #expect(first.status == 0, "\(first.errors)")
        let expected = try RingCentralTests.expected()
        let done =
            "sqlite3 state.db \"SELECT count(*) FROM stages WHERE stage='upload' AND status='completed'\""
        #expect(try place.run(done).output == "\(expected)\n")
        let fetched = try calls.operations("content")
        let uploads = try drive.count("uploads")
        #expect(fetched == expected)
        #expect(uploads >= 3 * expected)

        let second = try place.run(backfill)
        #expect(second.status == 0, "\(second.errors)")
        #expect(try calls.operations("content") == fetched)
        #expect(try drive.count("uploads") == uploads)
        expectNoSecrets(first, place)
        let secrets = try place.run(
            "grep -l -a -e fake-secret -e fake-jwt -e 'PRIVATE KEY' -e upload_id state.db* || true")
        #expect(secrets.output.isEmpty)

        let webhook = try place.startDrive()
        place["WEBHOOK_URL"] = "\(webhook.url)/_control/reset-log"
        try readmeCommands(of: "One-liners", place)
        try readmeCommands(of: "Read the calls", place)
    }

    @Test("RingCentral's own transcripts are taken where they are whole, an engine is for the rest")
    func nativeOrEngine() throws {
        let place = try Workplace()
        let calls = try place.startRingCentral("--heavy-limit", "1000", "--light-limit", "1000")
        _ = try place.startDrive()
        try place.startEngine()
        place["CALLPIPE_INSIGHTS"] = "1"
        try calls.fault(
            #"{"match":{"path":"insights","every":3},"times":0,"#
                + #""action":{"kind":"status","status":404,"code":"RAH-3001"}}"#)
        try calls.fault(
            #"{"match":{"path":"insights","nth":4},"action":{"kind":"insights","shape":"partial"}}"#
        )
        let outcome = try place.run("\(Workplace.root)/pipelines/backfill.sh 30")
        #expect(outcome.status == 0, "\(outcome.errors)")
        let expected = try RingCentralTests.expected()
        let none = expected / 3
        let counts = try place.run(
            """
            sqlite3 state.db "SELECT json_extract(record, '\\$.transcript.engine'), count(*) FROM calls
                GROUP BY 1 ORDER BY 1;
                SELECT stage, status, count(*) FROM stages WHERE stage IN ('insights', 'upload')
                GROUP BY 1, 2 ORDER BY 1, 2"
            """)
        #expect(
            counts.output == """
                ringcentral|\(expected - none - 1)
                whisper.cpp|\(none + 1)
                insights|completed|\(expected - none)
                insights|skipped|\(none)
                upload|completed|\(expected)

                """, "\(counts.errors)")
        let second = try place.run("\(Workplace.root)/pipelines/backfill.sh 30")
        #expect(second.status == 0, "\(second.errors)")
        #expect(try calls.operations("record_insights") == expected)
    }

    @Test("further stages are done for every call, and no upload waits for them")
    func furtherStages() throws {
        let place = try Workplace()
        _ = try place.startRingCentral("--heavy-limit", "1000")
        _ = try place.startDrive()
        let backfill = "\(Workplace.root)/pipelines/backfill.sh 30"
        #expect(try place.run(backfill).status == 0)
        // The first call cannot be measured: its utterance ends before it begins.
        let broken = try place.run(
            """
            state-show --stage transcribe --limit 1 |
                jq -c '.transcript.segments = [{"start":2,"end":1,"channel":0,"text":"no"}]' |
                state-mark transcribe >/dev/null
            """)
        #expect(broken.status == 0, "\(broken.errors)")
        place["CALLPIPE_STAGES"] = "measure"
        let outcome = try place.run(backfill)
        #expect(outcome.status == 1)
        let expected = try RingCentralTests.expected()
        let counts =
            "sqlite3 state.db \"SELECT stage, status, count(*) FROM stages"
            + " WHERE stage IN ('measure', 'upload') GROUP BY 1, 2 ORDER BY 1, 2\""
        let told =
            "measure|completed|\(expected - 1)\nmeasure|failed|1\nupload|completed|\(expected)\n"
        #expect(try place.run(counts).output == told)
        // Done is done, and what failed for good is left alone.
        #expect(try place.run(backfill).status == 0)
        #expect(try place.run(counts).output == told)
    }

    @Test("all stages in one pipeline: nothing personal is stored, and every call is judged")
    func allStages() throws {
        let place = try Workplace()
        _ = try place.startRingCentral("--heavy-limit", "1000")
        _ = try place.startDrive()
        try place.startEngine(hearing: "Bad news. My card is 4111 1111 1111 1111.")
        place["CALLPIPE_STAGES"] = "link redact measure analyze"
        place["LINK_OPTIONS"] = "--customers customers.csv --prompt"
        place["REDACT_OPTIONS"] = "--keep-last 4"
        place["ANALYZE_OPTIONS"] = "--engine lexicon --task sentiment"
        place["CALLPIPE_RULES"] = "\(Workplace.root)/pipelines/rules.ndjson"
        let outcome = try place.run(
            """
            printf 'name,phone\\nJo Doe,+16505550100\\n' >customers.csv
            \(Workplace.root)/pipelines/backfill.sh 30
            """)
        #expect(outcome.status == 0, "\(outcome.errors)")
        let expected = try RingCentralTests.expected()
        let counts = try place.run(
            """
            sqlite3 state.db "SELECT stage, count(*) FROM stages WHERE status = 'completed'
                AND stage IN ('link', 'redact', 'measure', 'analyze', 'upload') GROUP BY 1 ORDER BY 1"
            """)
        let told = ["analyze", "link", "measure", "redact", "upload"].map { "\($0)|\(expected)\n" }
        #expect(counts.output == told.joined(), "\(counts.errors)")
        let found = try place.run(
            "grep -r -a -l '4111 1111' data state.db* | wc -l; state-search 4111 1111 --count")
        #expect(found.output == "0\n{\"count\":0}\n")
        let judged = try place.run("state-summary --by rule,sentiment").records
        #expect(
            judged.contains {
                $0["rule"] as? String == "greeting" && $0["count"] as? Int == expected
            })
    }

    /// Runs the commands of a section of the README as they stand, over what the pipeline left.
    private func readmeCommands(of title: String, _ place: Workplace) throws {
        let text = try String(contentsOfFile: "\(Workplace.root)/README.md", encoding: .utf8)
        let section = try #require(text.components(separatedBy: "## \(title)\n").last)
        let block = try #require(section.components(separatedBy: "```sh\n").dropFirst().first)
        let lines = block.components(separatedBy: "```")[0].split(separator: "\n")
            .filter { !$0.hasPrefix("#") }
        #expect(lines.count >= 5)
        for line in lines {
            let outcome = try place.run(String(line))
            #expect(outcome.status == 0, "\(line): \(outcome.errors)")
            #expect(!outcome.errors.contains("unable to"), "\(line): \(outcome.errors)")
        }
    }

    @Test("killed at random moments and run again, nothing is lost and nothing is there twice")
    func kills() throws {
        let place = try Workplace()
        place["CALLS"] = "14"
        let outcome = try place.run(
            "\(Workplace.root)/Tests/demo/kills.sh \(Workplace.programs) \(place.path)/kills 10 7")
        #expect(outcome.status == 0, "\(outcome.output) \(outcome.errors)")
        #expect(outcome.output.contains("kills:"))
        #expect(!outcome.output.contains("\n0 kills:"), "no run lived long enough to be killed")
    }

    @Test("a folder of recordings goes the same way")
    func folder() throws {
        let place = try Workplace()
        let drive = try place.startDrive()
        let outcome = try place.run(
            """
            mkdir in
            cp "$(find \(Workplace.calls.path)/audio -name '*.mp3' | sort | head -n 1)" \
                in/+16505550100_+16505550123_20260304-050607.mp3
            \(Workplace.root)/pipelines/folder.sh in --settle 0s \
                --pattern '{from}_{to}_{start}.mp3'
            sqlite3 state.db 'SELECT record FROM calls'
            """)
        #expect(outcome.status == 0, "\(outcome.errors)")
        let record = try #require(outcome.records.first)
        #expect(record["start"] as? String == "2026-03-04T05:06:07.000Z")
        #expect((record["from"] as? [String: Any])?["phone"] as? String == "+16505550100")
        #expect(record["transcript"] != nil)
        #expect(try drive.count("uploads") >= 3)
    }

    @Test("runs side by side share the work: each recording is fetched and stored once")
    func together() throws {
        let place = try Workplace()
        let calls = try place.startRingCentral("--heavy-limit", "1000")
        let drive = try place.startDrive()
        try place.startEngine()
        let outcome = try place.run(
            """
            make -s -f \(Workplace.root)/pipelines/operate.mk range JOBS=4 \
                FROM=$(date -ud '29 days ago' +%F) TO=$(date -u +%F) &
            \(Workplace.root)/pipelines/backfill.sh 30 && wait $!
            """)
        #expect(outcome.status == 0, "\(outcome.errors)")
        let expected = try RingCentralTests.expected()
        #expect(try calls.operations("content") == expected)
        // The audio, the transcript's JSON, and its text.
        #expect(try drive.count("uploads") == 3 * expected)
        let gaps = try place.run("\(Workplace.root)/pipelines/gaps.sh 30")
        #expect(gaps.status == 0 && gaps.output.isEmpty, "\(gaps.errors)")
    }
}
