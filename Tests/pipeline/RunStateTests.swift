// RunStateTests: a run that was killed is lost, whatever its first programs noted of their end.
import Foundation
import Testing

@Suite struct RunStateTests {
    /// Two recordings in the file `lines`, fifos to meet at, and a way to kill a group.
    private func scene() throws -> Workplace {
        let place = try Workplace()
        _ = try place.run(
            """
            printf '{"id":"rc:%s"}\\n' 1 2 >lines && mkfifo ready hold
            """)
        return place
    }

    private func states(_ place: Workplace) throws -> [String] {
        try place.run("state-show --runs").records.map {
            "\($0["state"] as? String ?? "") \($0["exit_status"] as? Int ?? -1)"
        }
    }

    @Test("The filter before a stage has ended well, and the stage was killed with its records")
    func killedStage() throws {
        let place = try scene()
        let pipe = "state-todo fetch <lines | { cat >passed; echo >ready; read -r word <hold; }"
        let outcome = try place.run(
            """
            setsid bash -c '\(pipe)' & read -r word <ready && kill -KILL -- -$! && wait $!
            cat passed
            """)
        #expect(outcome.records.count == 2, "\(outcome.errors)")
        #expect(try states(place) == ["lost -1"])
        let run = try #require(place.run("state-show --runs").records.first)
        #expect(run["finished_at"] == nil && run["seconds"] == nil)
        let story = try place.run("state-show --why rc:1 | jq -r .event").output
        #expect(story.contains("run_lost\n") && !story.contains("run_ended"), "\(story)")
        #expect(!(try place.run("state-summary --format table").output.contains("status 0")))
        // The next run takes the records, and the lost run stays lost.
        let next = try place.run("setsid -w bash -c 'state-todo fetch <lines | state-mark fetch'")
        #expect(next.records.count == 2, "\(next.errors)")
        #expect(try states(place) == ["ended 0", "lost -1"])
        let table = try place.run("state-show --runs --format table").output
        #expect(table.contains("lost"))
        #expect(try place.run("state-summary --format table").output.contains("status 0"))
    }

    @Test("A mark was killed that held no lease, after an earlier one of the run had ended")
    func killedMark() throws {
        let place = try scene()
        let pipe = """
            state-mark fetch <lines >first
            { cat lines; read -r word <hold; } | state-mark transcribe |
                { read -r line; echo >ready; cat >second; }
            """
        _ = try place.run(
            "setsid bash -c '\(pipe)' & read -r word <ready && kill -KILL -- -$! && wait $!")
        #expect(try states(place) == ["lost -1"])
    }

    @Test("A wrapper that was killed with its command leaves a lost run")
    func killedWrapper() throws {
        let place = try scene()
        let pipe = "state-todo fetch <lines | { cat >passed; echo >ready; read -r word <hold; }"
        _ = try place.run(
            """
            setsid state-run --name night -- bash -c '\(pipe)' & read -r word <ready
            kill -KILL $! && wait $!
            kill -KILL -- -$(sqlite3 state.db 'SELECT process_group FROM runs')
            until state-show --runs | jq -e 'select(.state != "running")' >/dev/null; do :; done
            """)
        #expect(try states(place) == ["lost -1"])
    }

    @Test("A wrapper that saw its command killed knows the end of all, and tells it")
    func killedCommand() throws {
        let place = try scene()
        let outcome = try place.run(
            """
            state-run -- bash -c 'state-todo fetch <lines >passed; kill -KILL 0'; echo $?
            """)
        #expect(outcome.output == "137\n", "\(outcome.errors)")
        #expect(try states(place) == ["ended 137"])
        _ = try place.run("setsid -w bash -c 'state-todo fetch <lines >/dev/null'")
        #expect(try states(place).last == "ended 137")
    }

    @Test("Runs whose programs all ended have ended, also those of merging and restoring")
    func ended() throws {
        let place = try scene()
        let outcome = try place.run(
            """
            setsid -w bash -c 'state-todo fetch <lines | state-mark fetch | state-mark upload >marked'
            setsid -w state-run -- state-mark --state other.db fetch <lines >/dev/null
            setsid -w bash -c 'state-merge other.db && state-hold -r x rc:1 && state-erase -r y rc:2'
            setsid -w bash -c 'state-backup backups && state-restore backups' >/dev/null
            """)
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(Set(try states(place)) == ["ended 0"])
    }
}
