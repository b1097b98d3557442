// RemovalTests: state-prune, state-hold, state-erase and state-audit as processes.
import Foundation
import Testing

@Suite struct RemovalTests {
    /// Two recordings, archived and marked; their ids.
    private func prepare(_ place: Workplace) throws -> [String] {
        let outcome = try place.run(
            """
            mkdir in
            for n in 1 2; do head -c $((n * 9000)) /dev/urandom > "in/$n.wav"; done
            touch -d '2026-03-04 05:06:07' in/*
            dir-list --settle 0s --copy in | state-todo upload | state-mark fetch |
                drive-reserve | state-mark reserve | drive-upload | state-mark upload
            """)
        #expect(outcome.status == 0, "\(outcome.errors)")
        return outcome.records.compactMap { $0["id"] as? String }
    }

    private func audioFiles(_ place: Workplace) throws -> Int {
        try place.run("find data/audio -type f | wc -l | xargs").output == "0\n"
            ? 0 : Int(place.run("find data/audio -type f | wc -l | xargs").output.dropLast()) ?? -1
    }

    private func record(_ id: String) -> String {
        "sqlite3 state.db \"SELECT record FROM calls WHERE id = '\(id)'\""
    }

    @Test("what is planned goes, once, and is not brought back")
    func prune() throws {
        let place = try Workplace()
        _ = try place.startDrive()
        let ids = try prepare(place)
        let young = try place.run("state-prune --audio --older-than 7d")
        #expect(young.status == 0 && young.output.isEmpty, "\(young.errors)")
        let plan = try place.run("state-prune --audio --older-than 0s --plan")
        #expect(plan.records.count == 2, "\(plan.errors)")
        #expect(plan.errors.contains("2 files would go, 27000 bytes"))
        #expect(try audioFiles(place) == 2)
        let gone = try place.run("state-prune --audio --older-than 0s")
        #expect(gone.status == 0, "\(gone.errors)")
        #expect(gone.output == plan.output)
        #expect(gone.errors.contains("2 files removed, 27000 bytes (26.3 KiB) freed"))
        #expect(try audioFiles(place) == 0)
        let again = try place.run("state-prune --audio --older-than 0s --format table")
        #expect(again.output == "file  bytes  path  copies\n")
        #expect(try place.run("state-todo upload", input: #"{"id":"\#(ids[0])"}"#).output.isEmpty)
        let audit = try place.run("state-audit --verify && state-audit | jq -r .action")
        #expect(audit.status == 0)
        #expect(audit.output.components(separatedBy: "pruned").count == 3)
        // A week later by the clock, it would have gone without being asked for at once.
        place["CALLPIPE_NOW"] = "2126-01-01T00:00:00Z"
        #expect(try place.run("state-prune --audio --older-than 7d").status == 0)
    }

    @Test("rotated logs and what was left unfinished go by their age")
    func logs() throws {
        let place = try Workplace()
        let outcome = try place.run(
            """
            mkdir -p log data/audio/2024/01/15
            touch -d '2024-01-01' log/{a.log,a.log.1,a.log.2.gz,other,x.log.txt.keep} \\
                log/{a.log-20240101,a.log-20240101-1704067200.gz,b.log-notes}
            touch log/a.log.3
            cd data/audio/2024/01/15
            touch -d '2024-01-01' rc-1.part rc-1.part.json rc-1.mp3 rc-2.mp3.link
            flock rc-3.part -c "touch -d 2024-01-01 rc-3.part rc-3.part.json; cd - >/dev/null;
                state-prune --logs log --tmp --older-than 30d >/dev/null"
            cd - >/dev/null
            ls log data/audio/2024/01/15
            """)
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(
            outcome.output
                == "data/audio/2024/01/15:\nrc-1.mp3\nrc-3.part\nrc-3.part.json\n\nlog:\na.log\na.log.3\nb.log-notes\nother\n",
            "\(outcome.errors)")
    }

    @Test("a held recording stays, whatever is asked for, until it is released")
    func hold() throws {
        let place = try Workplace()
        _ = try place.startDrive()
        let ids = try prepare(place)
        let hold = try place.run("state-hold dir:absent \(ids[0]) --reason 'case 17'")
        #expect(hold.status == 1)
        #expect(hold.errors.contains("unable to hold dir:absent: the checkpoint does not know it"))
        let list = try place.run("state-hold --list")
        #expect(list.records.map { $0["id"] as? String } == [ids[0]])
        let pruned = try place.run("state-prune --audio --older-than 0s")
        #expect(pruned.records.count == 1)
        #expect(pruned.errors.contains("1 recordings are held and keep their files"))
        let erased = try place.run(
            """
            sqlite3 state.db 'SELECT record FROM calls' | drive-delete >deleted
            state-erase --reason 'request 17' - <deleted
            """)
        #expect(erased.status == 1)
        #expect(erased.records.map { $0["id"] as? String } == [ids[1]])
        #expect(erased.errors.contains("case 17"))
        #expect(try place.run("state-hold --release - <deleted").status == 0)
        #expect(try place.run("state-erase --reason x - <deleted").records.count == 2)
    }

    @Test("each tool reads bare ids and records from standard input, and tells broken lines")
    func idsOnStandardInput() throws {
        let place = try Workplace()
        let outcome = try place.run(
            """
            printf '{"id":"dir:a"}\\n{"id":"dir:b"}\\n' | state-mark transcribe >marked
            printf ' dir:a \\r\\n\\n{"id":"dir:b"}' >ids
            state-hold --reason 'case 17' - <ids && state-hold --list | jq -r .id
            state-hold --release - <ids && state-hold --list
            state-show --fields id - <ids | jq -r .id
            state-show --why - <ids | jq -r .id | uniq
            state-erase --records - <ids | jq -r .id
            state-erase --reason 'request 17' - <ids | jq -r .id
            """)
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.output == String(repeating: "dir:a\ndir:b\n", count: 5))
        for command in [
            "state-hold -r x --rejects no -", "state-erase -r x --rejects no -", "state-show -",
        ] {
            let broken = try place.run(command, input: "{\"id\":\n[\"+1650\"]\n")
            #expect(broken.status == 1)
            #expect(broken.errors.contains("unable to read line 1: "))
            #expect(broken.errors.contains("unable to read line 2: "))
            #expect(!broken.errors.contains("1650"))
        }
        #expect(
            try place.run("cat no").output == "{\"id\":\n[\"+1650\"]\n{\"id\":\n[\"+1650\"]\n")
    }

    @Test("the way to the Drive asks for holds first")
    func holdOnTheDrive() throws {
        let place = try Workplace()
        let fake = try place.startDrive()
        let ids = try prepare(place)
        #expect(try place.run("state-hold \(ids[0]) --reason 'case 17'").status == 0)
        let outcome = try place.run(
            """
            state-erase --records \(ids[0]) \(ids[1]) rc:absent | drive-delete |
                state-erase --reason 'request 17' -
            """)
        #expect(outcome.status == 1)
        #expect(outcome.records.map { $0["id"] as? String } == [ids[1]])
        #expect(outcome.errors.contains("case 17"))
        #expect(try fake.files().filter { ($0["mimeType"] as? String) == "audio/wav" }.count == 1)
    }

    @Test("a hold, and a run that has it in work, are the reasons that are told first")
    func reasons() throws {
        let place = try Workplace()
        _ = try place.startDrive()
        let ids = try prepare(place)
        _ = try place.run("state-hold \(ids[0]) --reason 'case 17'")
        let failed = #"{"id":"\#(ids[0])","error":{"class":"item","kind":"gone","message":"x"}}"#
        for command in [
            "state-erase -r x \(ids[0])", "state-erase -r x -n \(ids[0])",
            "state-erase --records \(ids[0])", "echo '\(failed)' | state-erase -r x -",
        ] {
            let outcome = try place.run(command)
            #expect(outcome.status == 1 && outcome.output.isEmpty, "\(command)")
            #expect(outcome.errors.contains("case 17"), "\(outcome.errors)")
            #expect(outcome.errors.contains("release the hold first"), "\(outcome.errors)")
            #expect(!outcome.errors.contains("still has its files"), "\(outcome.errors)")
        }
        let busy = try place.run(
            """
            state-hold --release \(ids[0]) && echo '{"id":"\(ids[0])"}' >line &&
                state-mark upload --status pending --force <line >marked &&
                mkfifo ready go || exit
            state-run -- bash -c 'state-todo upload <line; echo >ready; read -r word <go' >/dev/null &
            read -r word <ready
            state-erase -r x \(ids[0])
            echo >go && wait
            """)
        #expect(busy.errors.contains("has it in work"), "\(busy.errors)")
        #expect(!busy.errors.contains("still has its files"), "\(busy.errors)")
    }

    @Test("an erased recording is nowhere, and the certificate is in the chain")
    func erase() throws {
        let place = try Workplace()
        let fake = try place.startDrive()
        let ids = try prepare(place)
        let refused = try place.run("state-erase \(ids.joined(separator: " ")) --reason x")
        #expect(refused.status == 1)
        #expect(refused.output.isEmpty)
        #expect(
            refused.errors.contains(
                "drive still has its files; run: state-erase --records \(ids[0]) | drive-delete"))
        let outcome = try place.run(
            """
            state-erase --records \(ids[0]) | drive-delete |
                state-erase --reason 'request 17' - | tee certificates
            """)
        #expect(outcome.status == 0, "\(outcome.errors)")
        let certificate = try #require(outcome.records.first)
        #expect(certificate["id"] as? String == ids[0])
        let erased = try #require(certificate["erased"] as? [String: Any])
        #expect(erased["reason"] as? String == "request 17")
        #expect((erased["files"] as? [Any])?.count == 1)
        #expect(try audioFiles(place) == 1)
        #expect(try fake.files().filter { ($0["mimeType"] as? String) == "audio/wav" }.count == 1)
        let proof = try place.run("state-audit --expect $(jq -r .audit.hash certificates)")
        #expect(proof.status == 0, "\(proof.errors)")
        #expect(try place.run(record(ids[0])).output == "{\"id\":\"\(ids[0])\"}\n")
        // The list brings it no more, nor does a late mark.
        let late = try place.run(
            "dir-list --settle 0s in | state-todo fetch | jq -r .id; \(record(ids[0]))")
        #expect(!late.output.contains("\(ids[0])\n"), "\(late.output)")
        let again = try place.run("state-erase \(ids[0]) --reason again | cmp - certificates")
        #expect(again.status == 0)
        expectNoSecrets(outcome, place)
    }

    @Test("killed at random moments and run again, every recording is erased and certified once")
    func kills() throws {
        let place = try Workplace()
        let outcome = try place.run(
            """
            for n in $(seq 1 60); do
                mkdir -p data/audio/2024/01/15
                echo $n >data/audio/2024/01/15/rc-$n.mp3
                printf '{"id":"rc:%s","start":"2024-01-15T00:00:00Z","name":"Zebra%s"}\\n' $n $n
            done | state-mark fetch >records
            for delay in 0.02 0.03 0.04 0.05 0.06 0.08 0.1; do
                timeout -s KILL $delay state-erase --reason x - <records >>certificates
            done
            state-erase --resume >>certificates
            state-erase --reason x - <records >certificates
            state-audit --verify >&2 || exit 70
            jq -r .id certificates | sort | uniq | wc -l
            state-audit | jq -r 'select(.action == "erased").id' | sort | uniq -d | wc -l
            jq -r '.erased.files[].name' certificates | sort | uniq | wc -l
            find data/audio -type f | wc -l
            grep -a -c Zebra state.db
            """)
        #expect(outcome.output == "60\n0\n60\n0\n0\n", "\(outcome.errors)")
    }

    @Test(
        "a wrong use is a wrong command line",
        arguments: [
            "state-prune", "state-prune --audio", "state-prune --older-than 7d",
            "state-prune --audio --older-than x", "state-hold --list rc:1", "state-hold",
            "state-prune --audio --older-than 0s --unless x=y", "state-hold rc:1",
            "state-hold rc:1 --reason=", "state-erase", "state-erase rc:1",
            "state-erase --resume rc:1", "state-audit --expect x", "state-audit --format xml",
        ])
    func wrongUse(_ command: String) throws {
        let outcome = try Workplace().run(command)
        #expect(outcome.status == 64, "\(command): \(outcome.status) \(outcome.errors)")
    }

    @Test(
        "a checkpoint that is not there is told, and none is made",
        arguments: [
            "state-prune --audio --older-than 0s", "state-hold --list", "state-erase rc:1 -r x",
            "state-audit --verify",
        ])
    func absent(_ command: String) throws {
        let place = try Workplace()
        let outcome = try place.run(command)
        #expect(outcome.status == 78, "\(outcome.errors)")
        #expect(outcome.errors.contains("it is not there"))
        #expect(!FileManager.default.fileExists(atPath: "\(place.path)/state.db"))
    }

    @Test("a directory that may not be written is told", .enabled(if: FreeSpaceTests.canMount))
    func readOnly() throws {
        let place = try Workplace()
        _ = try place.startDrive()
        let ids = try prepare(place)
        func readOnly(_ command: String) throws -> Outcome {
            try place.run(
                """
                unshare -Urm bash -c 'mount --bind data data && mount -o remount,bind,ro data &&
                    \(command)'
                """)
        }
        let prune = try readOnly("state-prune --audio --older-than 0s")
        #expect(prune.status == 74, "\(prune.errors)")
        #expect(prune.errors.contains("unable to remove audio/2026/03/04/"))
        let deleted = try place.run("\(record(ids[0])) | drive-delete >deleted")
        #expect(deleted.status == 0, "\(deleted.errors)")
        let erase = try readOnly("state-erase --reason x - <deleted")
        #expect(erase.status == 74, "\(erase.errors)")
        #expect(erase.output.isEmpty)
        #expect(try audioFiles(place) == 2)
        // What was begun goes on where the directory may be written again.
        #expect(try place.run("state-erase --resume").records.count == 1)
        #expect(try place.run("state-prune --audio --older-than 0s").status == 0)
        #expect(try audioFiles(place) == 0)
    }
}
