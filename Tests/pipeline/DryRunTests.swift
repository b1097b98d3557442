// DryRunTests: a dry run says what it would do, and writes nothing at all.
import Foundation
import Testing

@Suite struct DryRunTests {
    private let place: Workplace
    private let pipelines = "\(Workplace.root)/pipelines"

    init() throws { place = try Workplace() }

    /// The files below the place, with their hashes, besides those of the commands themselves; the
    /// token and the rate limit in `run` are of requests that only read.
    private func files() throws -> String {
        try place.run(
            "find . -type f -not -path './command-*' -not -path './run/*' -not -name '*-shm' "
                + "-exec sha256sum {} + | sort -k2; find . -type d -not -path './run/*' | sort"
        ).output
    }

    @Test("a dry pipeline over calls that nobody knows leaves no file, and lets all records pass")
    func fromNothing() throws {
        _ = try place.startRingCentral("--heavy-limit", "1000")
        _ = try place.startDrive()
        try place.startEngine()
        let before = try files()
        let outcome = try place.run(
            """
            rc-list --days 30 >calls.ndjson && state-todo -n upload <calls.ndjson | rc-fetch -n |
                state-mark -n fetch | transcribe -n | state-mark -n transcribe | drive-reserve -n |
                state-mark -n reserve | drive-upload -n | state-mark -n upload | cmp - calls.ndjson
            rm calls.ndjson; \(pipelines)/backfill.sh -n 30
            """)
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.errors.contains("state-todo: dry run: "))
        #expect(outcome.errors.contains("rc-fetch: would fetch the recording of rc:"))
        let after = try files()
        #expect(after == before)
    }

    @Test("a dry run of each tool that writes changes nothing in a checkpoint that is there")
    func everyTool() throws {
        _ = try place.startRingCentral("--heavy-limit", "1000")
        _ = try place.startDrive()
        try place.startEngine()
        _ = try place.run(
            """
            mkdir m data && cp \(Workplace.calls.path)/audio/$(ls \(Workplace.calls.path)/audio |
                head -1) m/ && touch -d '2 hours ago' m/*
            dir-list m | state-mark transcribe --status pending >listed
            printf '%s\\n' '{"id":"rc:1"}' '{"id":"rc:2","error":{"class":"temporary","kind":"network",
            "message":"x"}}' | tr -d '\\n' | sed 's/}{/}\\n{/' | state-mark fetch >marked
            state-hold -r x rc:1 && state-backup && sleep 0 && state-backup
            sqlite3 state.db "PRAGMA wal_checkpoint(TRUNCATE)" >/dev/null
            """)
        let commands = [
            ("echo '{\"id\":\"rc:9\"}' | state-todo -n fetch", "1 new"),
            ("echo '{\"id\":\"rc:9\"}' | state-mark -n fetch", "dry run, 1 fetch.completed"),
            ("state-next -n transcribe", "would claim 2 records"),
            ("state-retry -n --early", "would reset 1 outcomes"),
            ("state-hold -n -r y rc:2 rc:1", "dry run: 1 would be held"),
            ("state-hold -n --release rc:1", "dry run: 1 would be released"),
            ("state-prune -n --audio --older-than 0s", "0 files would go"),
            ("state-erase -n -r y rc:2", ""), ("state-erase -n --resume", ""),
            ("state-merge -n listed.db", "dry run: 1 calls added"),
            ("state-backup -n --keep 0s", "would remove backups/callpipe_"),
            ("state-restore -n backups", "would restore backups/callpipe_"),
            ("state-check -n --repair --vacuum --analyze", ""),
            ("state-run -n -- touch made", "would run: touch made"),
            ("\(pipelines)/sync.sh -n m", "dry run"), ("\(pipelines)/queue.sh -n", "dry run"),
            ("\(pipelines)/process.sh -n", "would claim 1 records"),
            ("\(pipelines)/retry.sh -n --early", "would reset 1 outcomes"),
            ("\(pipelines)/range.sh -n $(date -ud yesterday +%F)", "state-todo: dry run"),
        ]
        _ = try place.run(
            "echo '{\"id\":\"rc:7\"}' | state-mark --state listed.db fetch >/dev/null")
        let before = try files()
        for (command, words) in commands {
            let outcome = try place.run(command)
            #expect(outcome.status == 0, "\(command): \(outcome.errors)")
            #expect(
                words.isEmpty || outcome.errors.contains(words), "\(command): \(outcome.errors)")
            #expect(try files() == before, "\(command)")
        }
        // The status tells that there are gaps.
        let feed = try place.run("\(pipelines)/gaps.sh -n --feed 7")
        #expect(feed.status == 1 && feed.errors.contains("state-todo: dry run"), "\(feed.errors)")
        #expect(try files() == before)
        let plan = try place.run("state-erase -n -r y rc:2 rc:1")
        #expect(plan.status == 1)
        #expect(plan.output == #"{"id":"rc:2","would_erase":[]}"# + "\n")
        #expect(plan.errors.contains("held"))
    }
}
