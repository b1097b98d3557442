// CheckpointFaultTests: checkpoints that are broken, strange, locked or without room, through the tools.
import Foundation
import Testing

@Suite struct CheckpointFaultTests {
    /// Every tool that opens the checkpoint, with something to do.
    static let tools = [
        "state-todo upload <calls", "state-mark fetch <calls", "state-next fetch",
        "state-show --status failed", "state-summary", "state-gaps --days 3", "state-check",
        "state-audit --verify", "state-backup backups", "state-retry --stage fetch",
    ]

    /// Three calls, the first of which is marked.
    private func scene() throws -> Workplace {
        let place = try Workplace()
        let made = try place.run(
            #"""
            for n in 1 2 3; do
                echo '{"id":"rc:'$n'","source":"ringcentral","start":"2024-01-15T14:03:1'$n'.000Z"}'
            done >calls
            head -n 1 calls | state-mark fetch >/dev/null
            """#)
        #expect(made.status == 0, "\(made.errors)")
        return place
    }

    /// Runs a tool on a file that it must not use, nor change.
    private func refuses(
        _ tool: String, _ place: Workplace, _ status: Int32, _ text: String
    ) throws {
        let before = try place.run("sha256sum state.db*").output
        let outcome = try place.run(tool)
        #expect(outcome.status == status, "\(tool): \(outcome.errors)")
        #expect(outcome.errors.contains(text), "\(tool): \(outcome.errors)")
        #expect(outcome.output.isEmpty, "\(tool)")
        #expect(try place.run("sha256sum state.db*").output == before, "\(tool)")
    }

    @Test("What is no database is refused with 65, and stays as it is", arguments: tools)
    func noDatabase(_ tool: String) throws {
        let place = try scene()
        _ = try place.run("head -c 9000 /dev/urandom >state.db")
        try refuses(tool, place, 65, "\(place.path)/state.db: file is not a database; ")
    }

    @Test("A newer version is refused with 78 and says what helps", arguments: tools)
    func newer(_ tool: String) throws {
        let place = try scene()
        _ = try place.run("sqlite3 state.db 'PRAGMA user_version = 99'")
        try refuses(tool, place, 78, "it has version 99, and this program knows up to ")
    }

    @Test("Another program's database is refused with 78", arguments: tools)
    func foreign(_ tool: String) throws {
        let place = try scene()
        _ = try place.run("rm state.db; sqlite3 state.db 'CREATE TABLE theirs(a)'")
        try refuses(tool, place, 78, "it is another program's database")
    }

    @Test("A file that lost its end is told with 65; its backup puts it right")
    func truncated() throws {
        let place = try scene()
        let outcome = try place.run(
            """
            jq -c '.x = ("x" * 100000)' calls | state-mark fetch >/dev/null
            state-backup backups >/dev/null
            truncate -s 49152 state.db
            state-mark upload <calls; echo $?
            state-check --format table >/dev/null; echo $?
            state-backup backups; echo $?
            state-restore backups >/dev/null; echo $?
            state-check >/dev/null; echo $?
            state-show --fields id --status completed --stage fetch | wc -l
            """)
        #expect(outcome.output == "65\n65\n65\n0\n0\n3\n", "\(outcome.errors)")
        #expect(outcome.errors.contains("restore"))
        #expect(try place.run("ls backups | grep -c 'db.gz$'").output == "1\n")
    }

    @Test("A locked file is waited for, then told with 75; nothing is lost")
    func locked() throws {
        let place = try scene()
        let outcome = try place.run(
            """
            mkfifo orders answers
            sqlite3 state.db <orders >answers &
            exec 3>orders 4<answers
            echo "BEGIN IMMEDIATE; SELECT 'held';" >&3; read -r line <&4; echo $line
            for tool in 'state-mark fetch' 'state-todo upload'; do
                $tool --busy-timeout 0 <calls; echo $?
            done
            state-next fetch --busy-timeout 0; echo $?
            state-show --fields id rc:1 --busy-timeout 0; echo $?
            state-backup --quiet --busy-timeout 0 backups >/dev/null; echo $?
            state-mark fetch --busy-timeout 60 <calls | wc -l &
            echo "COMMIT;" >&3; exec 3>&-
            wait
            """)
        #expect(
            outcome.output == "held\n75\n75\n75\n{\"id\":\"rc:1\"}\n0\n0\n3\n", "\(outcome.errors)")
        #expect(outcome.errors.contains("another program held it for 0 s; run it again"))
    }

    /// True when this machine lets a test have a file system of its own.
    static let canMount = FreeSpaceTests.canMount

    @Test(
        "A disk that fills up in mid-commit keeps what was passed on, and the next run the rest",
        .enabled(if: canMount, "needs a namespace of its own to mount a small file system"))
    func full() throws {
        let place = try scene()
        let outcome = try place.run(
            #"""
            mkdir small
            for n in $(seq 1500); do
                echo '{"id":"t:'$n'","source":"test","x":"'$(head -c 1500 /dev/urandom | base64 -w 0)'"}'
            done >many
            unshare -Urm bash -c '
                mount -t tmpfs -o size=3m tmpfs small
                export CALLPIPE_STATE=small/state.db
                head -n 200 many | state-mark fetch | wc -l
                state-mark fetch <many >passed; echo $?; wc -l <passed
                sqlite3 small/state.db "PRAGMA integrity_check; SELECT count(*) FROM calls"
                mount -o remount,size=64m small
                state-mark fetch <many | wc -l
                state-check --quick >/dev/null; echo $?'
            """#)
        #expect(outcome.output == "200\n74\n0\nok\n200\n1500\n0\n", "\(outcome.errors)")
        #expect(outcome.errors.contains("state-mark: unable to write checkpoint small/state.db"))
        #expect(outcome.errors.contains("make room"))
    }

    @Test(
        "A backup that finds no room leaves the ones before as they were, and so does a restore",
        .enabled(if: canMount, "needs a namespace of its own to mount a small file system"))
    func noRoomForBackups() throws {
        let place = try scene()
        let outcome = try place.run(
            #"""
            mkdir small
            unshare -Urm bash -c '
                mount -t tmpfs -o size=2m tmpfs small
                state-backup small/backups >/dev/null; echo $?
                ls -A small/backups >before; cat small/backups/latest.success >>before
                for n in $(seq 600); do
                    echo "{\"id\":\"t:$n\",\"source\":\"t\",\"x\":\"$(head -c 3000 /dev/urandom | base64 -w 0)\"}"
                done | state-mark fetch >/dev/null
                state-backup small/backups; echo $?
                ls -A small/backups >after; cat small/backups/latest.success >>after
                cmp before after && echo same
                state-backup here >/dev/null
                cp small/backups/*.gz small/state.db
                echo "{\"id\":\"t:1\"}" | state-mark fetch --state small/mine.db >/dev/null
                state-restore --state small/mine.db here; echo $?
                sqlite3 small/mine.db "PRAGMA integrity_check; SELECT id FROM calls"; ls small'
            """#)
        #expect(
            outcome.output == "0\n74\nsame\n74\nok\nt:1\nbackups\nmine.db\nstate.db\n",
            "\(outcome.errors)")
        #expect(outcome.errors.contains("No space left on device"))
        #expect(outcome.errors.contains("make room and run it again"))
    }

    /// Root writes everywhere, so somebody else has to try.
    static let nobody =
        geteuid() == 0 ? "setpriv --reuid=65534 --regid=65534 --clear-groups --inh-caps=-all " : ""
    static let canBeNobody = (try? Workplace().run("\(nobody)state-mark --version"))?.status == 0

    @Test(
        "In a directory that may not be written nothing is begun, and nothing is lost",
        .enabled(if: canBeNobody, "needs another user who may run the programs"))
    func readOnlyDirectory() throws {
        let place = try scene()
        let outcome = try place.run(
            """
            mkdir shut; cp state.db shut; chmod 666 shut/state.db; chmod 555 shut; chmod 755 .
            cd shut; export CALLPIPE_DATA=. XDG_RUNTIME_DIR=
            for file in state.db new.db; do
                \(CheckpointFaultTests.nobody)state-mark fetch --state $file <../calls; echo $?
            done
            \(CheckpointFaultTests.nobody)state-backup --state state.db backups; echo $?
            ls; chmod 755 .
            sqlite3 state.db 'PRAGMA integrity_check; SELECT id FROM calls'
            """)
        #expect(outcome.output == "74\n74\n74\nstate.db\nok\nrc:1\n", "\(outcome.errors)")
        let refusal = "unable to create checkpoint new.db: Permission denied; make its directory"
        #expect(outcome.errors.contains(refusal))
        #expect(outcome.errors.contains("checkpoint state.db"))
    }

    @Test("Nothing is restored over records that are in work; when they are marked it is")
    func inWork() throws {
        let place = try scene()
        let outcome = try place.run(
            """
            state-todo fetch <calls >/dev/null
            state-backup backups >/dev/null
            mkfifo told gate
            state-mark fetch <calls >/dev/null
            tail -n 1 calls | sed s/rc:3/rc:4/ | state-todo fetch |
                { IFS= read -r line; echo claimed >told; read -r go <gate; echo "$line"; } |
                state-mark fetch >/dev/null &
            read -r line <told; echo $line
            state-restore backups; echo $?
            state-show --fields id | wc -l
            echo go >gate; wait
            state-restore backups >/dev/null; echo $?
            state-show --fields id | wc -l
            """)
        #expect(outcome.output == "claimed\n75\n4\n0\n3\n", "\(outcome.errors)")
        #expect(outcome.errors.contains("1 of its records are in work; let the pipeline end"))
    }
}
