// OpeningTests: files that are new, strange, broken, locked, full, or left behind by a crash.
import CheckpointSchema
import CheckpointSupport
import Foundation
import Records
import Testing

@testable import Checkpoint

@Suite struct OpeningTests {
    let desk = Desk()

    private func failure(_ body: () throws -> Void) throws -> Failure {
        try #require(throws: Failure.self) { try body() }
    }

    @Test("a new file is its owner's only, and says what it is")
    func new() throws {
        try desk.todo(.fetch, line())
        let attributes = try FileManager.default.attributesOfItem(atPath: desk.path)
        #expect(attributes[.posixPermissions] as? Int == 0o600)
        #expect(try desk.sqlite3("PRAGMA user_version") == "\(Schema.current.version)")
        #expect(try desk.sqlite3("PRAGMA application_id") == "\(Schema.applicationID)")
        #expect(try desk.sqlite3("PRAGMA journal_mode") == "wal")
        #expect(try desk.sqlite3("PRAGMA integrity_check") == "ok")
    }

    @Test("an empty file has lost its content: it is refused, and stays as it is")
    func empty() throws {
        _ = FileManager.default.createFile(atPath: desk.path, contents: nil)
        let failure = #expect(throws: Failure.self) { try Checkpoint(desk.path) }
        #expect(failure?.message.hasSuffix("it is empty") == true)
        #expect(failure?.remedy.contains("state-restore") == true)
        #expect(throws: Failure.self) { try Checkpoint(trying: desk.path) }
        #expect(try Data(contentsOf: URL(filePath: desk.path)).isEmpty)
    }

    @Test("a program that was killed while it made the file left none, and the next one makes it")
    func killedAtCreation() throws {
        try Data(count: 9000).write(to: URL(filePath: desk.path + ".tmp"))
        #expect(try desk.todo(.fetch, line()) == [line()])
        #expect(!FileManager.default.fileExists(atPath: desk.path + ".tmp"))
    }

    @Test("a closed checkpoint is one file")
    func closed() throws {
        try desk.mark(.fetch, line())
        #expect(!FileManager.default.fileExists(atPath: desk.path + "-wal"))
    }

    @Test("many who open a new file at once all get it")
    func atOnce() async throws {
        let path = desk.path
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<8 {
                group.addTask {
                    let checkpoint = try Checkpoint(path)
                    let todo = try Todo(.fetch, in: checkpoint)
                    try checkpoint.transaction {
                        try withLine(line(number)) { _ = try todo.decide($0) }
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(try desk.sqlite3("SELECT count(*) FROM calls") == "8")
    }

    @Test("a newer file is refused with a clear text, and is not touched")
    func newer() throws {
        try desk.todo(.fetch, line())
        _ = try desk.sqlite3("PRAGMA user_version = 9")
        let failure = try failure { _ = try desk.open() }
        #expect((failure.scope, failure.kind) == (.stop, .configuration))
        let ending = "it has version 9, and this program knows up to \(Schema.current.version)"
        #expect(failure.message.hasSuffix(ending))
    }

    @Test("another program's database is refused and stays as it is, byte for byte")
    func foreign() throws {
        _ = try desk.sqlite3("CREATE TABLE theirs(a); INSERT INTO theirs VALUES (1)")
        let before = FileManager.default.contents(atPath: desk.path)
        let failure = try failure { _ = try desk.open() }
        #expect(failure.kind == .configuration)
        #expect(FileManager.default.contents(atPath: desk.path) == before)
    }

    @Test("what is no database is refused")
    func notDatabase() throws {
        try Data(repeating: 0x7B, count: 8192).write(to: URL(filePath: desk.path))
        let failure = try failure { _ = try desk.open() }
        #expect((failure.scope, failure.kind) == (.stop, .integrity))
    }

    @Test("a file that lost its end is refused")
    func truncated() throws {
        try desk.mark(.fetch, line(1, #""x":"\#(String(repeating: "x", count: 100_000))""#))
        let file = try FileHandle(forUpdating: URL(filePath: desk.path))
        try file.truncate(atOffset: 50_000)
        try file.close()
        let failure = try failure { try desk.todo(.upload, line()) }
        #expect(failure.kind == .integrity)
    }

    @Test("a directory that is not there, and a directory in place of a file")
    func noFile() throws {
        let missing = try failure { _ = try Checkpoint(desk.path + "/none/state.db") }
        #expect((missing.scope, missing.kind) == (.stop, .storage))
        #expect(missing.message.hasSuffix("No such file or directory"))
        let directory = try failure { _ = try Checkpoint(desk.directory.path) }
        #expect((directory.scope, directory.kind) == (.stop, .storage))
        let nameless = try failure { _ = try Checkpoint("") }
        #expect(nameless.kind == .configuration)
    }

    @Test(
        "a file that may not be written is refused before anything is read",
        .enabled(if: geteuid() != 0))
    func readOnly() throws {
        try desk.todo(.fetch, line())
        try FileManager.default.setAttributes([.posixPermissions: 0o400], ofItemAtPath: desk.path)
        let failure = try failure { _ = try desk.open() }
        #expect(failure.message.hasSuffix("permission denied"))
    }

    @Test("a file that another holds for too long ends in a wish to be run again")
    func busy() throws {
        let holder = try desk.open()
        try holder.transaction {
            try holder.begin()
            let waiter = try desk.open(busyTimeout: .milliseconds(1))
            let failure = try failure { try waiter.transaction { try waiter.begin() } }
            #expect((failure.scope, failure.kind) == (.stop, .timeout))
        }
    }

    @Test("a full disk in the middle of a commit keeps nothing of it")
    func full() throws {
        let checkpoint = try desk.open()
        let mark = try Mark(.fetch, in: checkpoint)
        try checkpoint.transaction { try withLine(line(1)) { try mark.note($0) } }
        try checkpoint.database.execute("PRAGMA max_page_count = 40")
        let failure = try failure {
            try checkpoint.transaction {
                for number in 2...2000 { try withLine(line(number)) { try mark.note($0) } }
            }
        }
        #expect((failure.scope, failure.kind) == (.stop, .storage))
        #expect(try desk.sqlite3("SELECT count(*) FROM calls") == "1")
        #expect(!checkpoint.database.isInTransaction)
    }

    @Test("work that is broken off keeps nothing; what was committed is there after a crash")
    func crash() throws {
        let checkpoint = try desk.open()
        let mark = try Mark(.fetch, in: checkpoint)
        try checkpoint.transaction { try withLine(line(1)) { try mark.note($0) } }
        struct Killed: Error {}
        #expect(throws: Killed.self) {
            try checkpoint.transaction {
                try withLine(line(2)) { try mark.note($0) }
                // What a crash at this moment would leave behind.
                for suffix in ["", "-wal"] {
                    try FileManager.default.copyItem(
                        atPath: desk.path + suffix, toPath: desk.path + "2" + suffix)
                }
                throw Killed()
            }
        }
        #expect(try desk.sqlite3("SELECT id FROM calls") == "rc:1")
        let survivor = try Checkpoint(desk.path + "2")
        #expect(try survivor.database.value("SELECT group_concat(id) FROM calls") == "rc:1")
        #expect(try survivor.database.value("PRAGMA integrity_check") == "ok")
    }

    @Test(
        "the file is named by option, by CALLPIPE_STATE, by DATABASE_URL, or state.db",
        arguments: [
            ("sqlite:///calls.db", "calls.db"), ("sqlite:////srv/calls.db", "/srv/calls.db"),
            ("sqlite+pysqlite:///calls.db?timeout=5", "calls.db"),
        ])
    func location(_ url: String, _ path: String) throws {
        let environment = Environment(["DATABASE_URL": url])
        #expect(try Checkpoint.path(nil, environment) == path)
        #expect(try Checkpoint.path("other.db", environment) == "other.db")
        #expect(try Checkpoint.path(nil, Environment([:])) == "state.db")
    }

    @Test(
        "a database that is no file is refused without showing its password",
        arguments: [
            "postgresql://user:secret@localhost/calls", "sqlite://", "sqlite:///:memory:",
            "calls.db",
        ])
    func noFileAddress(_ url: String) throws {
        let failure = try failure {
            _ = try Checkpoint.path(nil, Environment(["DATABASE_URL": url]))
        }
        #expect(failure.kind == .configuration)
        #expect(!failure.description.contains("secret"))
    }
}
