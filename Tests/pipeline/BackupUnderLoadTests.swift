// BackupUnderLoadTests: backups that are made while others write, and what comes back out of them.
import Foundation
import Testing

@Suite struct BackupUnderLoadTests {
    @Test("A backup under load has every record that was marked before, and is whole")
    func load() throws {
        let place = try Workplace()
        let outcome = try place.run(
            #"""
            lines() {  # WRITER FROM: two hundred records of a writer
                seq "$2" $(($2 + 199)) | sed 's/.*/{"id":"w'"$1"':&","source":"test","x":"'"$more"'"}/'
            }
            more=$(head -c 1500 /dev/zero | tr '\0' x)
            lines 0 1 | state-mark fetch >/dev/null
            mkfifo begun
            for writer in 1 2 3 4; do
                ( from=1
                  while [ ! -e stop ]; do
                      lines $writer $from | state-mark fetch >/dev/null || exit
                      [ $from -gt 1 ] || echo $writer >&4
                      from=$((from + 200))
                  done; echo $((from - 1)) >wrote.$writer ) 4>begun &
            done
            exec 3<begun
            for writer in 1 2 3 4; do read -r line <&3; done
            for n in 1 2 3; do
                sqlite3 state.db 'SELECT id FROM calls' | sort >known.$n
                state-backup backups.$n >/dev/null; echo "backup $?"
            done
            touch stop; wait
            ls wrote.* | wc -l
            for n in 1 2 3; do
                state-restore --to restored.$n.db backups.$n >/dev/null; echo "restored $?"
                sqlite3 restored.$n.db 'PRAGMA integrity_check'
                sqlite3 restored.$n.db 'SELECT id FROM calls' | sort >found.$n
                comm -23 known.$n found.$n | wc -l
            done
            # Writers went on meanwhile, and all that they passed on is there.
            sqlite3 state.db 'SELECT count(*) FROM calls'
            cat wrote.* | paste -sd+ | bc
            wc -l <known.1
            """#)
        let lines = outcome.output.split(separator: "\n").map(String.init)
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(lines.prefix(4) == ["backup 0", "backup 0", "backup 0", "4"])
        #expect(
            lines.dropFirst(4).prefix(9)
                == ["restored 0", "ok", "0", "restored 0", "ok", "0", "restored 0", "ok", "0"])
        let counts = lines.dropFirst(13).compactMap { Int($0) }
        #expect(counts.count == 3 && counts[0] == counts[1] + 200 && counts[2] >= 1000)
    }

    @Test("A flipped byte in a backup is refused with 65, and the checkpoint stays as it is")
    func flipped() throws {
        let place = try Workplace()
        let outcome = try place.run(
            #"""
            echo '{"id":"t:1"}' | state-mark fetch >/dev/null
            state-backup backups >/dev/null
            file=$(ls backups/*.db.gz); size=$(stat -c %s $file)
            sqlite3 state.db .dump >before
            for place in 0 4 10 $((size / 2)) $((size - 6)) $((size - 1)); do
                cp $file kept
                byte=$(od -An -tu1 -j $place -N 1 $file)
                printf "\\$(printf %o $((byte ^ 8)))" |
                    dd of=$file bs=1 seek=$place conv=notrunc status=none
                state-restore $file; echo $?
                state-restore --drill backups; echo $?
                cp kept $file
            done
            sqlite3 state.db .dump | cmp - before && echo same
            state-restore --drill backups | jq .met
            """#)
        #expect(
            outcome.output == String(repeating: "65\n65\n", count: 6) + "same\ntrue\n",
            "\(outcome.errors)")
        #expect(outcome.errors.contains("restore another backup"))
    }

    @Test("make drill tells the time and the work that a restore would cost, and 1 if too much")
    func drill() throws {
        let place = try Workplace()
        let outcome = try place.run(
            #"""
            echo '{"id":"t:1"}' | state-mark fetch >/dev/null
            state-backup backups >/dev/null
            state-restore --drill --format table
            CALLPIPE_NOW=2999-01-01T00:00:00Z state-restore --drill | jq .met
            CALLPIPE_NOW=2999-01-01T00:00:00Z state-restore --drill >/dev/null; echo $?
            rm backups/*; state-restore --drill; echo $?
            """#)
        #expect(outcome.output.contains(" of 2 h: met\n"))
        #expect(outcome.output.contains(" of 24 h: met\n"))
        #expect(outcome.output.hasSuffix("false\n1\n65\n"), "\(outcome.output)\(outcome.errors)")
    }

    @Test("Retention by the clock, settings, and the line for programs")
    func keep() throws {
        let place = try Workplace()
        let outcome = try place.run(
            #"""
            echo '{"id":"t:1"}' | state-mark fetch >/dev/null
            echo MAX_WORKERS=2 >.env
            for day in 01 10 20; do
                CALLPIPE_NOW=2024-01-${day}T03:00:00Z state-backup --with-config >/dev/null
            done
            CALLPIPE_NOW=2024-02-05T03:00:00Z state-backup --with-config --keep 30d |
                jq -c '[.path, .removed, .config.file, .database.tables.calls]'
            ls backups | wc -l
            tar -xzOf backups/config_20240205_030000.tar.gz
            cat backups/latest.success | cut -c 1-16
            """#)
        #expect(
            outcome.output == """
                ["backups/callpipe_20240205_030000.db.gz",["callpipe_20240101_030000.db.gz"],\
                "config_20240205_030000.tar.gz",1]
                10
                MAX_WORKERS=2
                2024-02-05T03:00

                """, "\(outcome.errors)")
    }
}
