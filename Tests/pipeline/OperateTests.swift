// OperateTests: evidence, the page of an incident, and the change of versions.
import Foundation
import Testing

@Suite struct OperateTests {
    private let place: Workplace
    private let pipelines = "\(Workplace.root)/pipelines"
    private let make = "make --no-print-directory -f \(Workplace.root)/pipelines/operate.mk"

    init() throws {
        place = try Workplace()
        let filled = try place.run(
            """
            printf '%s\\n' '{"id":"rc:1","start":"2024-01-15T08:00:00Z"}' \
                '{"id":"rc:2","start":"2024-01-15T09:00:00Z"}' | state-mark upload >/dev/null
            printf '%s\\n' '{"id":"rc:3","error":{"stage":"fetch","class":"item","kind":"gone",
                "message":"it is gone","at":"2024-01-15T09:20:00.000Z"}}' | tr -d '\\n' |
                state-mark fetch >/dev/null
            """)
        #expect(filled.status == 0, "\(filled.errors)")
    }

    @Test("the same checkpoint and settings give the same evidence, and its checksums hold")
    func evidence() throws {
        let outcome = try place.run(
            """
            echo MAX_WORKERS=4 >.env
            \(pipelines)/evidence.sh -n 2>planned && ls evidence
            for n in 1 2; do CALLPIPE_BACKOFF_SCALE=$n \(make) evidence EVIDENCE=packed-$n; done >told
            cut -d ' ' -f 1 told | uniq | wc -l
            stat -c %a packed-1/* && ls -A packed-1 | wc -l
            mkdir open && tar -xzf packed-1/*.tar.gz -C open && cd open && sha256sum --quiet -c SHA256SUMS
            jq -r .number audit-head.json; wc -l <audit.ndjson; jq .whole audit-verdict.json
            jq -r .message errors.ndjson; wc -l <manifest.ndjson; cat settings.txt
            cd .. && sha256sum --quiet -c told && echo told
            """)
        #expect(
            outcome.output == "1\n600\n1\n2\n2\ntrue\nit is gone\n0\nMAX_WORKERS=4\ntold\n",
            "\(outcome.errors)")
    }

    @Test("no secret of the settings comes into the evidence")
    func secrets() throws {
        let outcome = try place.run(
            #"""
            cat >.env <<'END'
            RINGCENTRAL_CLIENT_SECRET=planted-1
            export DEEPGRAM_API_KEY="planted-2"
            WHISPERX_URL=https://user:planted-3@host
            CALLPIPE_COMMAND=program --key planted-4 {wav}
            SLACK_WEBHOOK_URL=https://hooks/planted-5
            GOOGLE_KEY="-----BEGIN PRIVATE KEY-----
            planted6=
            -----END PRIVATE KEY-----"
            NOT_MAX_WORKERS=planted-7
            MAX_WORKERS_SECRET=planted-8
            export CALLPIPE_ENGINE=whisperx
            END
            \#(pipelines)/evidence.sh packed >/dev/null
            tar -xzOf packed/*.tar.gz | grep -c planted
            tar -xzOf packed/*.tar.gz ./settings.txt
            """#)
        #expect(outcome.output == "0\nCALLPIPE_ENGINE=whisperx\n", "\(outcome.errors)")
    }

    @Test("what is wrong with the settings is told once, not by each program")
    func warnings() throws {
        let outcome = try place.run("echo BATCH_SIZE=9 >.env; \(pipelines)/evidence.sh packed")
        #expect(outcome.status == 0)
        #expect(outcome.errors.ranges(of: "BATCH_SIZE").count == 1, "\(outcome.errors)")
        let page = try place.run("\(make) incident").output
        #expect(
            !page[..<(try #require(page.range(of: "== Checks")?.lowerBound))].contains("BATCH_SIZE")
        )
    }

    @Test("evidence of a broken chain is packed too, and the status tells of it")
    func broken() throws {
        let outcome = try place.run(
            """
            sqlite3 state.db "UPDATE audit SET detail = '{}' WHERE number = 1"
            \(pipelines)/evidence.sh packed; echo "ended with $?"
            tar -xzOf packed/*.tar.gz ./audit-verdict.json | jq .whole
            """)
        #expect(outcome.output.hasSuffix("ended with 1\nfalse\n"), "\(outcome.errors)")
    }

    @Test("the page of an incident has all its parts, even of a checkpoint that is not there")
    func incident() throws {
        let whole = try place.run("\(make) incident")
        #expect(whole.status == 0, "\(whole.errors)")
        for part in ["Load, memory and disk", "Units", "Checks", "The last errors", "What next"] {
            #expect(whole.output.contains("\n== \(part)\n"), "\(part)")
        }
        #expect(whole.output.contains("it is gone"))
        // The alerts are on the first screen.
        let alerts = whole.output.split(separator: "\n").firstIndex(of: "== Alerts that fire")
        #expect(alerts.map { $0 < 30 } ?? false, "\(whole.output)")
        let bare = try place.run("CALLPIPE_STATE=none.db \(make) incident; ls none.db")
        #expect(bare.output.contains("== What next"))
        #expect(bare.output.contains("ended with 78"))
        #expect(bare.errors.contains("cannot access 'none.db'"))
    }

    /// Versions of this build below a prefix, as `make upgrade` lays them.
    private let versions = """
        install() { mkdir -p opt/versions/$1/share && ln -s \(Workplace.programs) opt/versions/$1/bin
            mkdir -p opt/versions/$1/lib && \(Workplace.root)/pipelines/version.sh activate $PWD/opt $1; }
        rollback() { \(Workplace.root)/pipelines/version.sh rollback $PWD/opt "$@"; }
        now() { readlink opt/current; ls backups 2>/dev/null | grep -c gz; }
        install one && install two && now
        """

    @Test("a version is changed by one link, after a backup, and back again")
    func change() throws {
        let outcome = try place.run(
            """
            \(versions)
            [ opt/bin/state-mark -ef \(Workplace.programs)/state-mark ] && echo the same
            rollback && now; rollback && now
            \(pipelines)/version.sh list $PWD/opt
            """)
        #expect(
            outcome.output == """
                versions/two
                1
                the same
                versions/one
                2
                versions/two
                3
                one (before)
                two (in use)

                """, "\(outcome.errors)")
    }

    @Test("a version that cannot read the checkpoint is taken only with a backup that it can")
    func downgrade() throws {
        let outcome = try place.run(
            """
            \(versions)
            backup=$PWD/$(ls backups/*.db.gz)
            sqlite3 state.db 'PRAGMA user_version = 99'
            rollback; echo "ended with $?"; now
            """)
        #expect(outcome.output.hasSuffix("ended with 78\nversions/two\n1\n"), "\(outcome.errors)")
        #expect(outcome.errors.contains("nothing was changed"))
        // The programs of "two" know version 99 in this test.
        let restored = try place.run(
            """
            rm opt/versions/two/bin && mkdir opt/versions/two/bin
            printf '#!/bin/bash\\ncp "$2" "$3/newer.db.gz"\\n' >opt/versions/two/bin/state-backup
            chmod +x opt/versions/two/bin/state-backup
            \(pipelines)/version.sh rollback $PWD/opt "$(ls $PWD/backups/callpipe*.db.gz)" >/dev/null
            echo "ended with $?"; readlink opt/current
            opt/bin/state-show --fields id | wc -l; ls backups | grep -c newer
            for file in state.db.replaced-*; do sqlite3 $file 'PRAGMA user_version'; done
            """)
        #expect(
            restored.output == "ended with 0\nversions/one\n3\n1\n99\n", "\(restored.errors)")
    }

    @Test("a prefix with programs of others is refused, and so is a version that is not there")
    func refusals() throws {
        let outcome = try place.run(
            """
            mkdir -p usr/bin usr/versions/one; version() { \(pipelines)/version.sh "$@"; echo "$?"; }
            version activate $PWD/usr one; version activate $PWD/opt one; version rollback $PWD/opt
            version; version remove $PWD/opt
            """)
        #expect(outcome.output == "73\n66\n66\n64\n64\n", "\(outcome.errors)")
        #expect(outcome.errors.contains("such as /opt/callpipe"))
    }

    @Test("the head of the audit chain goes out by a channel; a dry run sends nothing")
    func anchor() throws {
        let services = try place.start("alert_services.py", [])
        place["SLACK_WEBHOOK_URL"] = services.ready["slack"] as? String
        place["RECEIVED"] = services.url + "/_control/received"
        let outcome = try place.run(
            """
            \(pipelines)/anchor.sh -n | jq .number; curl -s "$RECEIVED" | wc -l
            \(pipelines)/anchor.sh slack: | jq -r .hash >hash
            curl -s "$RECEIVED" | grep -c "$(cat hash)"
            state-audit --expect "$(cat hash)" --format json | jq .expected
            \(pipelines)/anchor.sh >/dev/null; echo "ended with $?"
            """)
        #expect(outcome.output == "2\n0\n1\ntrue\nended with 64\n", "\(outcome.errors)")
    }
}
