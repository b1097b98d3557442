// QueueTests: workers that share a checkpoint, a folder that is queued by cron, and runs with an end.
import Foundation
import Testing

@Suite struct QueueTests {
    /// A checkpoint with so many calls that have audio.
    private func place(calls: Int) throws -> Workplace {
        let place = try Workplace()
        let outcome = try place.run(
            """
            for number in $(seq \(calls)); do
                echo '{"id":"rc:'$number'","start":"2024-01-15T14:03:11.000Z","audio":{"bytes":1}}'
            done | state-mark fetch >/dev/null
            """)
        try #require(outcome.status == 0, "\(outcome.errors)")
        return place
    }

    @Test(
        "eight workers, killed at random: nobody holds what another holds, and each is done once",
        arguments: [(0, 1), (30, 1), (30, 2)])
    func workers(_ kills: Int, _ seed: Int) throws {
        let place = try Workplace()
        let outcome = try place.run(
            """
            python3 -B \(Workplace.root)/Tests/campaigns/crash/workers.py \(Workplace.programs) \
                \(place.path)/workers --records 240 --kills \(kills) --seed \(seed)
            """)
        #expect(outcome.status == 0, "\(outcome.output) \(outcome.errors)")
        // Work that is done early is killed less often, never more.
        let said = try #require(
            outcome.output.firstMatch(of: /240 records, (\d+) kills: 240 done once, .*/))
        let struck = try #require(Int(said.1))
        #expect(kills == 0 ? struck == 0 : (1...kills).contains(struck), "\(said.0)")
        #expect(said.0.contains(", 0 held twice, 0 leases left"), "\(said.0)")
    }

    @Test("eight pipes of one script get different records, and all of them")
    func oneGroup() throws {
        let place = try place(calls: 200)
        let outcome = try place.run(
            """
            for worker in 1 2 3 4 5 6 7 8; do
                state-next transcribe | tee work.$worker | state-mark transcribe >/dev/null &
            done
            wait
            cat work.* | jq -r .id | sort | uniq -c | awk '{print $1}' | sort | uniq -c
            sqlite3 state.db "SELECT count(*), min(attempts), max(attempts) FROM outcomes
                WHERE stage = 'transcribe' AND status = 'completed'; SELECT count(*) FROM leases"
            """)
        #expect(
            outcome.output.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
                == ["200 1", "200|1|1", "0"], "\(outcome.errors)")
    }

    @Test("one a run, as a line of cron does it, in order, until nothing is due")
    func cronLine() throws {
        let place = try place(calls: 3)
        let outcome = try place.run(
            """
            for run in 1 2 3 4; do
                state-next transcribe --limit 1 | tee -a seen | state-mark transcribe
            done | jq -r .id
            state-next transcribe --dry-run
            """)
        #expect(outcome.status == 0)
        #expect(outcome.output == "rc:1\nrc:2\nrc:3\n")
        #expect(outcome.errors.contains("would claim 0 records"))
    }

    @Test("a dry run counts what a killed run had in work once, as due")
    func deadClaim() throws {
        let place = try place(calls: 3)
        let outcome = try place.run(
            """
            setsid --wait state-next transcribe --limit 2 >/dev/null
            state-next transcribe --dry-run
            """)
        #expect(outcome.status == 0 && outcome.errors.contains("would claim 3 records"))
        #expect(!outcome.errors.contains("in work elsewhere"), "\(outcome.errors)")
    }

    @Test("the next program gets a record at once, while there is nobody for the others")
    func emitsAtOnce() throws {
        let place = try place(calls: 300)
        // The reader of the pipe takes one record and ends; the writer is told, and is quiet.
        let outcome = try place.run("state-next upload | head -n 1 | jq -r .id")
        #expect(outcome.output == "rc:1\n")
        #expect(outcome.errors.isEmpty, "\(outcome.errors)")
        // Once its group is gone, all of it is free.
        #expect(try place.run("state-next upload | wc -l").output == "300\n")
    }

    @Test("a folder is queued again and again, and each file is worked on once")
    func folderTrio() throws {
        let place = try Workplace()
        let outcome = try place.run(
            """
            mkdir in; for name in a b c; do echo $name >in/$name.wav; done
            for minute in 1 2; do
                dir-list in --settle 0s |
                    state-mark transcribe --status pending --if-new >/dev/null
                state-show --stage transcribe --status pending --limit 1000 |
                    state-mark transcribe --status queued >/dev/null
                state-next transcribe --failed-too --limit 1 | tee -a seen |
                    jq -c '.error = {stage: "transcribe", class: "item", kind: "audio",
                        message: "no", at: "2026-01-15T10:00:0'$minute'.000Z"}' |
                    state-mark transcribe >/dev/null
            done
            state-next transcribe --limit 1 | tee -a seen | state-mark transcribe >/dev/null
            for minute in 1 2 3; do
                state-next transcribe --failed-too --limit 1 | tee -a seen |
                    state-mark transcribe >/dev/null
            done
            jq -r .id seen | sort | uniq -c | awk '{print $1}' | sort
            sqlite3 state.db "SELECT status, count(*) FROM stages GROUP BY 1"
            """)
        #expect(outcome.output == "1\n2\n2\ncompleted|3\n", "\(outcome.errors)")
    }

    @Test("what failed is listed as records that the next program completes")
    func retries() throws {
        let place = try place(calls: 2)
        let outcome = try place.run(
            """
            echo '{"id":"rc:2","error":{"stage":"upload","class":"item","kind":"quota"}}' |
                state-mark upload >/dev/null
            state-retry --id rc:2 --id rc:1 --id rc:7 --list | tee ids | state-todo upload
            echo "${PIPESTATUS[0]}"; cat ids
            """)
        let lines = outcome.output.split(separator: "\n").map(String.init)
        #expect(lines.count == 3)
        #expect(lines.first?.contains(#""audio":{"bytes":1}"#) == true)
        #expect(lines.dropFirst() == ["1", #"{"id":"rc:2"}"#])
        #expect(outcome.errors.contains("unable to reset rc:7"))
        #expect(outcome.errors.contains("reset 1 outcomes of 1 records"))
    }

    @Test(
        "state-run ends as its command ends, and notes it",
        arguments: [
            ("true", 0), ("bash -c 'exit 7'", 7), ("bash -c 'kill -9 $$'", 137), ("nowhere", 127),
            ("/etc/passwd", 126),
        ])
    func runEnds(_ command: String, _ status: Int) throws {
        let place = try Workplace()
        let outcome = try place.run(
            """
            state-run --name n --batch b -- \(command); echo $?
            sqlite3 state.db "SELECT name, batch, exit_status, finished_at IS NOT NULL FROM runs"
            """)
        #expect(outcome.output == "\(status)\nn|b|\(status)|1\n")
        #expect(outcome.errors.contains("unable to run") == (status == 126 || status == 127))
    }

    @Test("all programs in a command are one run, in a group of its own, and its batch is theirs")
    func runIsOne() throws {
        let place = try Workplace()
        let outcome = try place.run(
            """
            echo '{"id":"rc:1"}' >one
            state-run --batch may -- bash -c 'echo $$ >group
                state-todo upload <one >/dev/null; state-mark fetch <one >/dev/null
                echo "{\\"id\\":\\"rc:2\\"}" | state-mark fetch --batch june >/dev/null'
            sqlite3 state.db "SELECT process_group = $(cat group), max_memory > 0,
                json_extract(counts, '$.\\"fetch.completed\\"') FROM runs"
            sqlite3 state.db "SELECT batch FROM calls"
            state-next upload | jq -r .id
            """)
        #expect(outcome.output == "1|1|2\nmay\njune\nrc:1\nrc:2\n", "\(outcome.errors)")
    }

    @Test("what a command in a group of its own leaves is free at once, while the script goes on")
    func runFrees() throws {
        let place = try place(calls: 1)
        let outcome = try place.run(
            """
            state-next upload --limit 1 | jq -r .id; state-next upload | jq -r .id; echo -
            """)
        // The script's own group lives: what it claimed and lost is free when the time is up.
        #expect(outcome.output == "rc:1\n-\n")
        let other = try place.run(
            """
            state-run -- bash -c 'state-next upload --limit 1 | jq -r .id'
            state-next upload | jq -r .id
            """)
        #expect(other.output == "rc:1\nrc:1\n")
    }

    @Test("a signal to end goes to the whole group of the command")
    func runForwards() throws {
        let place = try Workplace()
        let outcome = try place.run(
            """
            mkfifo ready never
            state-run -- bash -c 'cat never & echo >ready; wait' &
            read <ready; kill -TERM $!; wait $!; echo $?
            group=$(sqlite3 state.db 'SELECT process_group FROM runs')
            while kill -0 -- -$group; do :; done 2>/dev/null
            sqlite3 state.db 'SELECT exit_status FROM runs'
            """)
        #expect(outcome.output == "143\n143\n", "\(outcome.errors)")
    }

    @Test("on a terminal the command is in the foreground: it is typed to, and interrupted")
    func runOnTerminal() throws {
        let place = try Workplace()
        let outcome = try place.run(
            """
            cat >terminal.py <<'END'
            import os, pty, signal, sys
            def session(command, expected, keys):
                process, terminal = pty.fork()
                if process == 0:
                    signal.signal(signal.SIGINT, signal.SIG_DFL)
                    signal.pthread_sigmask(signal.SIG_SETMASK, set())
                    os.execvp("bash", ["bash", "-c", command])
                seen = b""
                try:
                    while True:
                        seen += os.read(terminal, 1024)
                        if expected in seen and keys:
                            os.write(terminal, keys)
                            keys = b""
                except OSError:
                    pass
                _, status = os.waitpid(process, 0)
                return seen, os.waitstatus_to_exitcode(status)
            ask = "state-run -- bash -c 'echo name; read name; echo it is $name'; echo then $?"
            seen, status = session(ask, b"name", b"callpipe\\n")
            print(b"it is callpipe" in seen, b"then 0" in seen, status)
            hang = "state-run -- bash -c 'echo hangs; cat'; echo then"
            seen, status = session(hang, b"hangs", b"\\x03")
            print(b"then" in seen, status)
            END
            python3 -B terminal.py
            sqlite3 state.db 'SELECT exit_status FROM runs'
            """)
        #expect(outcome.output == "True True 0\nFalse -2\n0\n130\n", "\(outcome.errors)")
    }

    @Test(
        "a command line that cannot be meant is refused",
        arguments: [
            "state-next", "state-next nonsense", "state-next upload --oldest --newest",
            "state-next upload --lease 0s", "state-retry --status completed",
            "state-retry --stage x", "state-retry --max-attempts 0", "state-run", "state-retry x",
            "state-mark upload --status x </dev/null",
        ])
    func refused(_ command: String) throws {
        let outcome = try Workplace().run(command)
        #expect(outcome.status == 64)
        #expect(outcome.errors.contains("unable to understand the command line"))
    }
}
