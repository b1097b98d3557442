// MigrationTests: a file of an earlier version, and the step that brings it up to date.
//
// The step is made up: a file of this program's version is the earlier one.
import CheckpointSchema
import CheckpointSupport
import Foundation
import Records
import Testing

@testable import Checkpoint

@Suite struct MigrationTests {
    let desk = Desk()
    let before: String

    init() throws {
        try desk.mark(.fetch, line(1, audio), line(2, error("fetch", "item", "gone")))
        try desk.mark(.transcribe, line(1, "\(audio),\(made())"))
        try desk.todo(.upload, line(1, audio), line(3))
        before = try desk.sqlite3(".dump")
    }

    private func migrate() throws {
        _ = try Checkpoint(desk.path, schema: .madeUp)
    }

    private func version() throws -> String { try desk.sqlite3("PRAGMA user_version") }

    private func backups() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: desk.directory.path)
            .filter { $0.contains("backup") || $0.contains("migration") }
    }

    @Test("The step runs once, and every other row stays")
    func migration() throws {
        let rows = """
            SELECT number, id, record FROM calls; SELECT * FROM outcomes; SELECT * FROM errors;
            SELECT * FROM ledger; SELECT * FROM leases; SELECT * FROM tallies
            """
        let kept = try desk.sqlite3(rows)
        #expect(try version() == "\(Schema.current.version)")
        for _ in 0..<2 {
            try migrate()
            #expect(try version() == "\(Schema.madeUp.version)")
            #expect(try desk.sqlite3("SELECT * FROM made_up") == "1|rc:1\n2|rc:2\n3|rc:3")
            #expect(try desk.sqlite3(rows) == kept)
        }
        #expect(try desk.sqlite3("PRAGMA integrity_check") == "ok")
        #expect(try backups().count == 1)
    }

    @Test("A file of a newer version is refused, and stays as it is")
    func newer() throws {
        try migrate()
        let after = try desk.sqlite3(".dump")
        let failure = try #require(throws: Failure.self) { try desk.open() }
        #expect((failure.scope, failure.kind) == (.stop, .configuration))
        #expect(throws: failure) { try Checkpoint(reading: desk.path) }
        #expect(try desk.sqlite3(".dump") == after)
    }

    @Test("A reader refuses a file of an earlier version, and leaves it as it is")
    func reader() throws {
        let database = try Database(desk.path, busyTimeout: .zero, for: .reading)
        let failure = try #require(throws: Failure.self) {
            try Schema.madeUp.requireCurrent(database)
        }
        #expect(failure.message.contains("it has version \(Schema.current.version)"))
        #expect(try desk.sqlite3(".dump") == before)
    }

    @Test("The file as it was is kept, and can be read")
    func kept() throws {
        try migrate()
        let name = try #require(backups().first)
        #expect(name.hasPrefix("state.db.v\(Schema.current.version)-") && name.hasSuffix(".backup"))
        let path = desk.directory.path + "/" + name
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        #expect(attributes[.posixPermissions] as? Int == 0o600)
        try FileManager.default.removeItem(atPath: desk.path)
        try FileManager.default.moveItem(atPath: path, toPath: desk.path)
        #expect(try desk.sqlite3(".dump") == before)
        #expect(try version() == "\(Schema.current.version)")
        #expect(try desk.todo(.upload, line(3)).count == 1)
    }

    @Test("Many who open an old file at once bring it over once")
    func atOnce() async throws {
        let path = desk.path
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<8 { group.addTask { _ = try Checkpoint(path, schema: .madeUp) } }
            try await group.waitForAll()
        }
        #expect(try backups().count == 1)
        #expect(try desk.sqlite3("PRAGMA integrity_check; SELECT count(*) FROM made_up") == "ok\n3")
    }

    @Test("A file that cannot be kept is not changed")
    func noRoom() throws {
        // A directory has the name that the copy is written under.
        let staged = desk.path + ".migration-part"
        try FileManager.default.createDirectory(
            atPath: staged + "/x", withIntermediateDirectories: true)
        let failure = try #require(throws: Failure.self) { try migrate() }
        #expect((failure.scope, failure.kind) == (.stop, .storage))
        #expect(try version() == "\(Schema.current.version)")
        #expect(try desk.sqlite3(".dump") == before)
        try FileManager.default.removeItem(atPath: staged)
        try migrate()
        #expect(try backups().count == 1)
    }

    @Test("A step that is broken off leaves the file as it was")
    func brokenOff() throws {
        let database = try Database(desk.path, busyTimeout: .zero)
        let killed = Failure(.stop, .internal, "migrate: it was killed")
        #expect(throws: killed) {
            try Schema.madeUp.migrate(database) { _ throws(Failure) in throw killed }
        }
        let faulty = Schema(steps: Schema.madeUp.steps + ["UPDATE none SET a = 1"])
        #expect(throws: Failure.self) {
            try faulty.migrate(database) { _ throws(Failure) in }
        }
        #expect(try desk.sqlite3(".dump") == before)
        #expect(try version() == "\(Schema.current.version)")
    }

    @Test("A file without calls is brought over without a copy")
    func empty() throws {
        _ = try desk.sqlite3("DELETE FROM calls; DELETE FROM outcomes")
        try migrate()
        #expect(try version() == "\(Schema.madeUp.version)")
        #expect(try backups() == [])
    }
}
