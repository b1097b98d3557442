// ScheduleTests: what the schedules and the operator's make run, where settings are no .env.
import Foundation
import Testing

@Suite struct ScheduleTests {
    private let place: Workplace
    private let pipelines = "\(Workplace.root)/pipelines"

    init() throws {
        place = try Workplace()
        _ = try place.run("state-mark fetch", input: #"{"id":"rc:1"}"#)
    }

    @Test("the backup's unit makes a backup, with the settings that systemd hands it")
    func backupUnit() throws {
        let made = try place.run(
            """
            mkdir callpipe credentials && echo MAX_WORKERS=4 >credentials/env && cd callpipe
            unit() { sed -n "s/^$1=//p" \(pipelines)/systemd/callpipe-backup.service |
                sed "s|%S|$OLDPWD|; s|%d|$OLDPWD/credentials|; s|/usr/local/bin/||"; }
            grep -q '^env:/etc/callpipe/env$' <(unit LoadCredential) &&
                export $(unit Environment | grep -E '^(BACKUPS|CALLPIPE_CONFIG)=') &&
                eval "$(unit ExecStart)"
            """)
        #expect(made.status == 0, "\(made.errors)")
        let packed = try place.run("tar -xzOf callpipe/backups/config_*.tar.gz")
        #expect(packed.output.contains("MAX_WORKERS=4"), "\(packed.errors)")
    }

    @Test(
        "a unit that transcribes has the network, because the engine may be a service",
        arguments: ["call-recording-processor", "callpipe-process", "callpipe-retry"])
    func network(_ unit: String) throws {
        let text = try String(
            contentsOfFile: "\(pipelines)/systemd/\(unit).service", encoding: .utf8)
        let lines = text.split(separator: "\n")
        #expect(lines.contains("RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX"))
        #expect(lines.contains("EnvironmentFile=-/etc/callpipe/env"))
        #expect(!lines.contains { $0.hasPrefix("PrivateNetwork") })
    }

    @Test("make backup needs no settings, and takes those that are there")
    func makeBackup() throws {
        let make = "make --no-print-directory -f \(pipelines)/operate.mk backup"
        let bare = try place.run(make)
        #expect(bare.status == 0, "\(bare.errors)")
        #expect(try place.run("ls backups | grep -c config").output == "0\n")
        let whole = try place.run("echo MAX_WORKERS=4 >.env; \(make)")
        #expect(whole.status == 0, "\(whole.errors)")
        #expect(try place.run("ls backups | grep -c config").output == "1\n")
    }

    @Test("a range needs days that there are", arguments: ["bogus", "2024-02-31"])
    func range(_ day: String) throws {
        let outcome = try place.run("make -f \(pipelines)/operate.mk range FROM=\(day)")
        #expect(outcome.status == 2)
        #expect(outcome.errors.contains("invalid date"))
        #expect(outcome.errors.contains("Error 64"), "\(outcome.errors)")
    }

    @Test("a range does all its days, and ends with the worst status", arguments: [1, 4])
    func rangeStatus(_ jobs: Int) throws {
        let outcome = try place.run(
            """
            cp -r \(pipelines) copy
            printf '%s\\n' '#!/bin/bash' '[ "$1" != 2024-02-29 ] || exit 1' >copy/day.sh
            copy/range.sh 2024-02-28 2024-03-01 \(jobs) || echo "ended with $?"
            copy/range.sh 2024-02-28 && copy/range.sh 2024-03-01
            make -s -f copy/operate.mk range FROM=2024-02-28 TO=2024-03-01 JOBS=\(jobs) ||
                echo "ended with $?"
            state-show --runs | jq -r '.name // empty' | sort | uniq -c | tr -s ' '
            """)
        #expect(
            outcome.output == """
                ended with 1
                ended with 2
                 3 day/2024-02-28
                 2 day/2024-02-29
                 3 day/2024-03-01

                """, "\(outcome.errors)")
        #expect(outcome.errors.contains("Error 1\n"))
    }
}
