// HeededOptionsTests: an option of a state tool is heeded or refused, and never ignored in silence.
import Foundation
import Testing

struct HeededOptionsTests {
    private let place: Workplace

    /// Three recordings of two sources in two batches, with a failure each in `fetch` and `upload`.
    init() throws {
        place = try Workplace()
        func failed(_ id: String, _ stage: String, _ day: String) -> String {
            #"{"id":"\#(id)","start":"2024-01-1\#(day)T14:00:00.000Z","error":{"stage":"\#(stage)","#
                + #""class":"item","kind":"gone","message":"it is gone","#
                + #""at":"2024-02-0\#(day)T00:00:00.000Z"}}"#
        }
        let scene = try place.run(
            "state-run --batch a -- state-mark fetch >/dev/null",
            input: failed("rc:1", "fetch", "1") + "\n")
        #expect(scene.status == 0, "\(scene.errors)")
        let more = try place.run(
            "state-run --batch b -- state-mark upload >/dev/null",
            input: failed("dir:2", "upload", "2") + "\n"
                + #"{"id":"dir:3","start":"2024-01-13T14:00:00.000Z"}"# + "\n")
        #expect(more.status == 0, "\(more.errors)")
        _ = try place.run(
            """
            sqlite3 state.db "UPDATE runs SET started_at = '2024-03-0' || number || 'T00:00:00.000Z';
              UPDATE batches SET created_at = '2024-04-0' || (name = 'b') || 'T00:00:00.000Z'"
            """)
    }

    private func column(_ name: String, _ command: String) throws -> [String] {
        let outcome = try place.run(command)
        #expect(outcome.status == 0, "\(command): \(outcome.errors)")
        return outcome.records.map { $0[name] as? String ?? "" }
    }

    @Test(
        "Errors are chosen by time, stage, batch, source and recording",
        arguments: [
            ("", ["dir:2", "rc:1"]), ("--since 2024-02-02", ["dir:2"]),
            ("--until 2024-02-01", ["rc:1"]), ("--since 2024-02-01 --until 2024-02-01", ["rc:1"]),
            ("--since 2024-02-03", []), ("--stage upload", ["dir:2"]), ("--stage reserve", []),
            ("--batch a", ["rc:1"]), ("--source dir", ["dir:2"]), ("rc:1", ["rc:1"]),
            ("dir:3", []), ("--latest 1", ["dir:2"]), ("--limit 1", ["dir:2"]),
            ("--limit 1 --latest 2", ["dir:2"]), ("--stage fetch dir:2 rc:1", ["rc:1"]),
        ])
    func errors(_ options: String, _ ids: [String]) throws {
        #expect(try column("id", "state-show --errors \(options)") == ids)
    }

    @Test("Errors of recordings on standard input, and of an unknown one")
    func errorsOfInput() throws {
        #expect(try column("id", "printf 'rc:1\\ndir:3\\n' | state-show --errors -") == ["rc:1"])
        let unknown = try place.run("state-show --errors rc:1 rc:9")
        #expect(unknown.status == 1)
        #expect(unknown.records.map { $0["id"] as? String } == ["rc:1"])
        #expect(unknown.errors.contains("rc:9"))
    }

    @Test("Runs and batches are chosen by time, batch and number")
    func runsAndBatches() throws {
        let runs = try column("batch", "state-show --runs")
        #expect(runs == ["b", "a"])
        #expect(try column("batch", "state-show --runs --since 2024-03-02") == ["b"])
        #expect(try column("batch", "state-show --runs --until 2024-03-01") == ["a"])
        #expect(try column("batch", "state-show --runs --batch a") == ["a"])
        #expect(try column("batch", "state-show --runs --limit 1") == ["b"])
        #expect(try column("batch", "state-show --runs --latest 1 --limit 0") == [])
        #expect(try column("batch", "state-show --batches") == ["b", "a"])
        #expect(try column("batch", "state-show --batches --since 2024-04-01") == ["b"])
        #expect(try column("batch", "state-show --batches --batch a --active") == [])
        #expect(try column("batch", "state-show --batches --batch a") == ["a"])
        #expect(try column("batch", "state-show --batches --limit 1") == ["b"])
    }

    @Test("Named recordings are shown if they are the selected ones")
    func namedAndSelected() throws {
        let all = "state-show --fields id rc:1 dir:2 dir:3"
        #expect(try column("id", all) == ["rc:1", "dir:2", "dir:3"])
        #expect(try column("id", "\(all) --status failed") == ["rc:1", "dir:2"])
        #expect(try column("id", "\(all) --stage upload --status completed") == ["dir:3"])
        #expect(try column("id", "\(all) --since 2024-01-12 --until 2024-01-12") == ["dir:2"])
        #expect(try column("id", "\(all) --batch a") == ["rc:1"])
        #expect(try column("id", "\(all) --source dir --limit 1") == ["dir:2"])
    }

    @Test("Recordings with chosen fields are a table for people who ask for one")
    func table() throws {
        let outcome = try place.run(
            "state-show --status failed --fields id,start,fetch.attempts --format table")
        #expect(
            outcome.output == """
                id     start                 fetch.attempts
                rc:1   2024-01-11T14:00:00Z  1
                dir:2  2024-01-12T14:00:00Z

                """)
        let manifest = try place.run("state-show --manifest --format table")
        #expect(manifest.output == "id  destination  kind  path  file  bytes  md5  sha256\n")
    }

    @Test(
        "Wrong usage is told in the form that is asked for",
        arguments: ["--log-format json --bogus", "--bogus --log-format=json", "--bogus"])
    func usageInJSON(_ options: String) throws {
        let outcome = try place.run("state-show \(options)")
        #expect(outcome.status == 64 && outcome.output.isEmpty)
        guard options != "--bogus" else {
            #expect(outcome.errors.hasPrefix("state-show: unable to understand the command line"))
            return
        }
        let line = try JSONSerialization.jsonObject(with: Data(outcome.errors.utf8))
        let members = try #require(line as? [String: Any])
        #expect(members["kind"] as? String == "usage" && members["level"] as? String == "error")
        #expect((members["message"] as? String)?.contains("unknown option --bogus") == true)
    }

    @Test(
        "What would be ignored is refused",
        arguments: [
            ("state-show --errors --status failed", "--status means nothing with --errors"),
            ("state-show --errors --active", "--active means nothing with --errors"),
            ("state-show --errors --fields id", "--fields means nothing with --errors"),
            ("state-show --runs --stage fetch", "--stage means nothing with --runs"),
            ("state-show --runs --status failed", "--status means nothing with --runs"),
            ("state-show --runs --source rc", "--source means nothing with --runs"),
            ("state-show --runs rc:1", "the word \"rc:1\" means nothing with --runs"),
            ("state-show --runs --manifest", "--manifest means nothing with --runs"),
            ("state-show --batches --status failed", "--status means nothing with --batches"),
            ("state-show --batches rc:1", "the word \"rc:1\" means nothing with --batches"),
            ("state-show --why rc:1 --stage fetch", "--stage means nothing with --why"),
            ("state-show --why rc:1 --since 1d", "--since means nothing with --why"),
            ("state-show --why rc:1 --limit 1", "--limit means nothing with --why"),
            ("state-show --active", "--active means nothing without --runs or --batches"),
            ("state-show --manifest --fields id", "--fields means nothing with --manifest"),
            ("state-show rc:1 --latest 1", "--latest means nothing beside ids"),
            ("state-show --format table", "needs --fields or --manifest"),
            (
                "state-show --source rc --source dir",
                "option --source takes one value, and is given several"
            ),
            ("state-show --batch ''", "option --batch needs a text, not \"\""),
            ("state-show --since 2024-01-13 --until 2024-01-12", "--since is not before --until"),
            ("state-show --runs --since 1d --until 2d", "--since is not before --until"),
            (
                "state-retry --kind nosuch",
                "option --kind needs auth, permission, not_found, gone, rate_limit, quota, network,"
                    + " timeout, server, bad_response, audio, engine, storage, integrity, input or"
                    + " internal, not \"nosuch\""
            ),
            ("state-retry --kind ''", "not \"\""),
            ("state-run --batch '' -- true", "option --batch needs a text, not \"\""),
            ("state-todo fetch --batch '' </dev/null", "option --batch needs a text, not \"\""),
            ("state-audit --head rc:1", "the word \"rc:1\" means nothing with --head"),
            ("state-audit --head --verify", "--verify means nothing with --head"),
            ("state-audit --verify rc:1", "the word \"rc:1\" means nothing with --verify"),
            ("state-erase --records rc:1 -r x", "--reason means nothing with --records"),
            ("state-erase --resume -r x", "--reason means nothing with --resume"),
            ("state-erase --resume --records", "--resume means nothing with --records"),
            ("state-hold --list --release", "--release means nothing with --list"),
            ("state-hold --list -r x", "--reason means nothing with --list"),
            (
                "state-listed --days 1 --until 2024-01-01T00:00:00Z rc",
                "--days means nothing with --until"
            ),
            (
                "state-prune --tmp --older-than 1d --unless fetch=failed",
                "--unless means nothing without --audio or --transcripts"
            ),
            ("state-restore --drill --to x backups", "--to means nothing with --drill"),
            (
                "state-restore --recovery-time 1h backups",
                "--recovery-time means nothing without --drill"
            ),
            ("state-summary --by day --alert-days 3", "--alert-days means nothing with --by"),
            ("state-summary --by day --alert-list 3d", "--alert-list means nothing with --by"),
            (
                "state-mark fetch --force",
                "--force means nothing without --status pending or queued"
            ),
            (
                "state-mark fetch --status failed -f",
                "--force means nothing without --status pending or queued"
            ),
        ])
    func refused(_ command: String, _ words: String) throws {
        let before = try place.run("sqlite3 state.db .dump | md5sum").output
        let outcome = try place.run(command)
        #expect(outcome.status == 64, "\(command): \(outcome.errors)")
        #expect(outcome.errors.contains(words) && outcome.output.isEmpty, "\(outcome.errors)")
        #expect(try place.run("sqlite3 state.db .dump | md5sum").output == before)
    }
}
