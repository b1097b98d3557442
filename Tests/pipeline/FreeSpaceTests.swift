// FreeSpaceTests: tools that write files end with 75 while there is too little room, and mark nothing.
import Foundation
import Testing

@Suite struct FreeSpaceTests {
    @Test("nothing is fetched and nothing marked, until there is room")
    func fetch() throws {
        let place = try Workplace()
        let calls = try place.startRingCentral("--heavy-limit", "1000")
        let pipe = "rc-list --days 30 --limit 3 | state-todo fetch | rc-fetch | state-mark fetch"
        place["CALLPIPE_MIN_FREE"] = "7P"
        let refused = try place.run(pipe)
        #expect(refused.status == 75, "\(refused.errors)")
        #expect(refused.output.isEmpty)
        #expect(refused.errors.contains("rc-fetch: unable to write below \(place.path)/data: "))
        #expect(refused.errors.contains("7 PiB have to stay free; make room"))
        #expect(try calls.operations("content") == 0)
        let marked = "sqlite3 state.db \"SELECT count(*) FROM stages WHERE status = 'completed'\""
        #expect(try place.run(marked).output == "0\n")

        // The option wins over the environment.
        let done = try place.run(pipe.replacing("rc-fetch", with: "rc-fetch --min-free 1K"))
        #expect(done.status == 0, "\(done.errors)")
        #expect(try place.run(marked).output == "3\n")
        // What is done needs no room.
        let again = try place.run("rc-fetch", input: done.output)
        #expect(again.status == 0, "\(again.errors)")
        #expect(again.output == done.output)
    }

    @Test("nothing is transcribed and nothing copied")
    func others() throws {
        let place = try Workplace()
        let listed = try place.run(
            "mkdir in; head -c 9000 /dev/urandom > in/1.wav; dir-list --settle 0s in > listed")
        #expect(listed.status == 0, "\(listed.errors)")
        try place.startEngine()
        for tool in ["dir-list --settle 0s --copy --data other in", "transcribe < listed"] {
            let outcome = try place.run("CALLPIPE_MIN_FREE=7P \(tool)")
            #expect(outcome.status == 75, "\(tool): \(outcome.errors)")
            #expect(outcome.output.isEmpty)
        }
        #expect(try place.run("dir-list --settle 0s --min-free 7P in").status == 0)
    }

    @Test("nothing is restored, beside the checkpoint or in its place")
    func restore() throws {
        let place = try Workplace()
        let made = try place.run(
            "state-mark fetch && state-backup backups", input: #"{"id":"rc:1"}"#)
        #expect(made.status == 0, "\(made.errors)")
        for options in ["", "--to other.db", "--drill"] {
            let outcome = try place.run("CALLPIPE_MIN_FREE=7P state-restore \(options) backups")
            #expect(outcome.status == 75, "\(options): \(outcome.errors)")
        }
        #expect(try place.run("ls | grep -c -e other -e restore").output == "0\n")
        #expect(try place.run("state-restore --min-free 1K backups").status == 0)
    }

    @Test("a size that is none is told", arguments: ["5X", "-1", "much"])
    func wrong(_ size: String) throws {
        let place = try Workplace()
        try place.startEngine()
        #expect(try place.run("transcribe --min-free=\(size) </dev/null").status == 64)
        let outcome = try place.run("CALLPIPE_MIN_FREE=\(size) transcribe </dev/null")
        #expect(outcome.status == 78)
        #expect(outcome.errors.contains("CALLPIPE_MIN_FREE"))
    }

    /// A file system of its own needs a namespace, which not every machine grants.
    static let canMount =
        (try? Workplace().run("unshare -Urm mount -t tmpfs tmpfs /mnt"))?.status == 0

    @Test("a disk that fills up is left with its floor", .enabled(if: canMount))
    func small() throws {
        let place = try Workplace()
        let outcome = try place.run(
            """
            mkdir in data
            for n in 1 2 3 4 5 6; do head -c 500000 /dev/urandom > in/$n.wav; done
            unshare -Urm bash -c '
                mount -t tmpfs -o size=3m tmpfs data
                dir-list --settle 0s --copy --min-free 1500K in
                status=$?
                ls data/audio/*/*/* | grep -c wav >&2
                exit $status'
            """)
        #expect(outcome.status == 75, "\(outcome.errors)")
        // 3 MiB hold three files of 0.48 MiB above a floor of 1.5 MiB, and a fourth that begins there.
        #expect(outcome.records.count == 4, "\(outcome.errors)")
    }
}
