// LeaseTests: who has a record in work, for how long, and when everybody may have it again.
import CheckpointSupport
import Foundation
import Records
import Testing

@testable import Checkpoint
import System

/// A process in a group of its own that reads what nobody writes.
private final class Sleeper {
    let group: Int32
    private let hold: FileHandle
    private var isReaped = false

    init() throws {
        let pipe = Pipe()
        hold = pipe.fileHandleForWriting
        // Else the child would keep its own input open.
        _ = fcntl(hold.fileDescriptor, F_SETFD, FD_CLOEXEC)
        var attributes = posix_spawnattr_t()
        unsafe posix_spawnattr_init(&attributes)
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        unsafe posix_spawnattr_setpgroup(&attributes, 0)
        unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        unsafe posix_spawn_file_actions_adddup2(
            &actions, pipe.fileHandleForReading.fileDescriptor, 0)
        var words = unsafe [strdup("cat"), nil]
        defer { unsafe free(words[0]) }
        var process: pid_t = 0
        let code = unsafe posix_spawn(
            &process, "/bin/cat", &actions, &attributes, &words, environ)
        guard code == 0 else { throw SystemError(code: code) }
        group = process
    }

    /// Ends it, without asking how it ended: what is left is counted by the kernel still.
    func end() {
        kill(group, SIGKILL)
        // Waits until it is over, and leaves it where it is.
        var info = unsafe siginfo_t()
        unsafe waitid(P_PID, id_t(group), &info, WEXITED | WNOWAIT)
    }

    func reap() {
        if isReaped { return }
        isReaped = true
        kill(group, SIGKILL)
        waitpid(group, nil, 0)
    }

    deinit { reap() }
}

extension Desk {
    /// Opens it as a program of that process group would.
    func open(as group: ProcessGroup) throws -> Checkpoint {
        let checkpoint = try Checkpoint(path)
        checkpoint.processGroup = group
        return checkpoint
    }
}

@Suite struct LeaseTests {
    let desk = Desk()
    let here = ProcessGroup.own

    init() throws {
        try desk.mark(.fetch, line(1, audio), line(2, audio))
    }

    @Test("what is in work is nobody else's, whether the other comes by list or by queue")
    func excludes() throws {
        #expect(try desk.next(.upload, limit: 1, in: desk.open(as: here)) == ["rc:1"])
        #expect(try desk.next(.upload, in: desk.open(as: here)) == ["rc:2"])
        #expect(try desk.next(.transcribe, in: desk.open(as: here)) == [])
        let checkpoint = try desk.open(as: here)
        let todo = try Todo(.upload, in: checkpoint, lease: 60)
        let verdicts = try checkpoint.transaction {
            try [line(1), line(2), line(3)].map { text in
                try withLine(text) { try todo.decide($0) }
            }
        }
        #expect(verdicts == [.drop, .drop, .pass])
        #expect(todo.summary == "1 new, 0 done, 0 failed before, 2 in work elsewhere")
        #expect(try desk.next(.upload, in: desk.open(as: here)) == [])
        #expect(try desk.sqlite3("SELECT seconds FROM claims ORDER BY 1") == "60.0\n1800.0\n1800.0")
    }

    @Test("after a reboot everything is free at once")
    func reboot() throws {
        let last = try desk.open(as: here)
        #expect(try desk.next(.upload, in: last) == ["rc:1", "rc:2"])
        var now = here
        now.boot = "another"
        #expect(try desk.next(.upload, limit: 1, in: desk.open(as: now)) == ["rc:1"])
        #expect(
            try desk.sqlite3("SELECT severity, category, kind, call_id FROM errors")
                == "LOW|PROCESSING|lease|rc:1\nLOW|PROCESSING|lease|rc:2")
    }

    @Test("another name of the host changes nothing")
    func hostname() throws {
        #expect(try desk.next(.upload, in: desk.open(as: here)) == ["rc:1", "rc:2"])
        _ = try desk.sqlite3("UPDATE runs SET host = 'renamed'")
        #expect(try desk.next(.upload, in: desk.open(as: here)) == [])
    }

    @Test("of another machine, or another container, only the time says that it is over")
    func elsewhere() throws {
        for change in [\ProcessGroup.machine, \ProcessGroup.namespace] {
            let desk = Desk()
            try desk.mark(.fetch, line(1, audio))
            var other = here
            other[keyPath: change] = "another"
            other.number = 2_000_000_000
            #expect(try desk.next(.upload, in: desk.open(as: other)) == ["rc:1"])
            #expect(try desk.next(.upload, in: desk.open(as: here)) == [])
            _ = try desk.sqlite3("UPDATE claims SET until = '2024-01-01T00:00:00.000Z'")
            #expect(try desk.next(.upload, in: desk.open(as: here)) == ["rc:1"])
        }
    }

    @Test("while a process of the group lives they stay, whoever claimed them; then they are free")
    func groupDies() throws {
        let sleeper = try Sleeper()
        // The program that claimed has ended: no checkpoint of that group is open.
        #expect(try desk.next(.upload, in: desk.open(as: .here(sleeper.group))).count == 2)
        #expect(try desk.next(.upload, in: desk.open(as: here)) == [])
        sleeper.reap()
        #expect(try desk.next(.upload, in: desk.open(as: here)) == ["rc:1", "rc:2"])
    }

    @Test("processes that are over and not yet asked about keep nothing")
    func zombies() throws {
        let sleeper = try Sleeper()
        #expect(try desk.next(.upload, in: desk.open(as: .here(sleeper.group))).count == 2)
        sleeper.end()
        #expect(try desk.next(.upload, in: desk.open(as: here)) == ["rc:1", "rc:2"])
    }

    @Test("another group that got the same number keeps nothing")
    func sameNumber() throws {
        let sleeper = try Sleeper()
        var before = ProcessGroup.here(sleeper.group)
        before.leaderStart = 1
        #expect(try desk.next(.upload, in: desk.open(as: before)).count == 2)
        #expect(try desk.next(.upload, in: desk.open(as: here)) == ["rc:1", "rc:2"])
    }

    @Test("a group that lives and does nothing keeps them until the time is up")
    func hangs() throws {
        let sleeper = try Sleeper()
        #expect(try desk.next(.upload, in: desk.open(as: .here(sleeper.group))).count == 2)
        _ = try desk.sqlite3(
            "UPDATE claims SET until = strftime('%Y-%m-%dT%H:%M:%fZ', 'now', '-1 seconds')")
        #expect(try desk.next(.upload, in: desk.open(as: here)) == ["rc:1", "rc:2"])
    }

    @Test("a clock that is set back makes no lease last longer than it was meant to")
    func clockSetBack() throws {
        let sleeper = try Sleeper()
        #expect(try desk.next(.upload, in: desk.open(as: .here(sleeper.group))).count == 2)
        // Taken long before the clock was set back, and renewed just before.
        _ = try desk.sqlite3(
            """
            UPDATE claims SET since = strftime('%Y-%m-%dT%H:%M:%fZ', 'now', '-1 days'),
              until = strftime('%Y-%m-%dT%H:%M:%fZ', 'now', '+30 days')
            """)
        #expect(try desk.next(.upload, in: desk.open(as: here)) == [])
        // A record that is free, so that somebody claims, which looks after the others.
        try desk.todo(.upload, line(3))
        let rest = "SELECT round((julianday(until) - julianday('now')) * 86400) <= 1800 FROM claims"
        #expect(try desk.sqlite3("\(rest) GROUP BY 1") == "1")
    }

    @Test("a mark on the way renews the claim of its pipe, and the last one ends the lease")
    func marks() throws {
        let checkpoint = try desk.open(as: here)
        #expect(try desk.next(.upload, in: checkpoint) == ["rc:1", "rc:2"])
        _ = try desk.sqlite3("UPDATE claims SET until = '2024-01-01T00:00:00.000Z'")
        try desk.mark(.transcribe, line(1, audio))
        #expect(try desk.sqlite3("SELECT until > '2025' FROM claims") == "1")
        #expect(try desk.sqlite3("SELECT count(*) FROM leases") == "2")
        try desk.mark(.upload, line(1, audio))
        #expect(try desk.sqlite3("SELECT call FROM leases") == "2")
        #expect(try desk.next(.upload, in: desk.open(as: here)) == [])
    }

    @Test("the longer of the ladder's wait and the service's counts, up to a week")
    func retryAfter() throws {
        for (asked, due) in [
            (10, "2024-02-01T00:05:00.000Z"), (7200, "2024-02-01T02:00:00.000Z"),
            (1_000_000, "2024-02-08T00:00:00.000Z"),
        ] {
            let desk = Desk()
            for (kind, attempts) in [("network", 1), ("rate_limit", 0)] {
                let failed = error("fetch", "temporary", kind).dropLast()
                try desk.mark(.fetch, line(1, failed + #","retry_after":\#(asked)}"#))
                #expect(try desk.sqlite3("SELECT not_before FROM outcomes") == due)
                let before = kind == "network" ? 0 : 1
                #expect(
                    try desk.sqlite3("SELECT attempts FROM outcomes") == "\(before + attempts)")
                _ = try desk.sqlite3("DELETE FROM errors")
            }
        }
    }

    @Test("whoever was too slow begins anew, and what it had is found by the others")
    func losesItsClaim() throws {
        let slow = try desk.open(as: here)
        let claims = try Claims(for: .upload, in: slow, lasting: 60)
        try slow.transaction { try claims.take(1) }
        _ = try desk.sqlite3("UPDATE claims SET until = '2024-01-01T00:00:00.000Z'")
        #expect(try desk.next(.upload, limit: 1, in: desk.open(as: here)) == ["rc:1"])
        try slow.transaction { try claims.take(2) }
        let whole = "SELECT count(*) FROM leases JOIN claims ON claims.number = leases.claim"
        #expect(try desk.sqlite3(whole) == "2")
        #expect(try desk.sqlite3("SELECT count(DISTINCT claim) FROM leases") == "2")
    }

    @Test("a loop in one group leaves many claims, and the group is asked about once")
    func manyClaims() throws {
        try desk.mark(.fetch, (3...60).map { line($0, audio) })
        var ids: [String] = []
        for _ in 1...60 { ids += try desk.next(.upload, limit: 1, in: desk.open(as: here)) }
        #expect(ids == (1...60).map { "rc:\($0)" })
        #expect(try desk.sqlite3("SELECT count(*) FROM claims") == "60")
        #expect(try desk.next(.upload).count == 60)
        #expect(try desk.sqlite3("SELECT count(*) FROM claims") == "1")
    }

    @Test("a run that was given the name of one that is over counts by its own group")
    func namedAgain() throws {
        func open(as group: ProcessGroup) throws -> Checkpoint {
            let checkpoint = try Checkpoint(desk.path, run: "nightly")
            checkpoint.processGroup = group
            return checkpoint
        }
        let sleeper = try Sleeper()
        #expect(try desk.next(.upload, limit: 1, in: open(as: .here(sleeper.group))) == ["rc:1"])
        #expect(try desk.next(.upload, limit: 1, in: open(as: here)) == ["rc:2"])
        sleeper.reap()
        #expect(try desk.next(.upload, in: open(as: here)) == ["rc:1", "rc:2"])
        #expect(try desk.next(.upload, in: desk.open(as: here)) == [])
        #expect(try desk.sqlite3("SELECT count(*) FROM runs WHERE id = 'nightly'") == "1")
    }
}
