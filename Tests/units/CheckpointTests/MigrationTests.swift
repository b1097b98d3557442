// MigrationTests: files that earlier versions wrote, with data, and what becomes of them.
import CheckpointSupport
import Foundation
import Records
import Testing

@testable import Checkpoint

@Suite struct MigrationTests {
    let desk: Desk

    init() throws {
        desk = try Desk()
    }

    /// Makes a file of an earlier version out of the text beside this one.
    private func load(_ version: Int) throws {
        let text = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "v\(version).sql")
        _ = try desk.sqlite3(".read \(text.path)")
        #expect(try desk.sqlite3("PRAGMA user_version") == "\(version)")
    }

    private func backups() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: desk.directory.path)
            .filter { $0.contains("backup") || $0.contains("migration") }
    }

    /// What every version has, in one order.
    ///
    /// What version 1 called processing was in nobody's hands, for nobody claimed anything.
    private static let everything = """
        SELECT number, id, source, start_time, duration, batch, seen_at, updated_at, record
          FROM calls ORDER BY number;
        SELECT c.id, stage, iif(status = 'processing', 'pending', status), attempts, not_before, error_class, error_kind, error_message,
          finished_at, seconds FROM outcomes JOIN calls AS c ON number = call ORDER BY 1, 2;
        SELECT number, time, stage, severity, category, message, call_id FROM errors ORDER BY 1;
        SELECT name, created_at, note FROM batches ORDER BY 1;
        """

    @Test("Every earlier version comes over with all that it held", arguments: 1..<Schema.version)
    func migration(_ version: Int) throws {
        try load(version)
        let before = try desk.sqlite3(MigrationTests.everything)
        #expect(before.utf8.count > 10_000)
        _ = try desk.open()
        #expect(try desk.sqlite3("PRAGMA user_version") == "\(Schema.version)")
        #expect(try desk.sqlite3("PRAGMA integrity_check") == "ok")
        #expect(try desk.sqlite3(MigrationTests.everything) == before)
    }

    @Test("The file as it was is kept, and can be read", arguments: 1..<Schema.version)
    func kept(_ version: Int) throws {
        try load(version)
        let before = try desk.sqlite3(".dump")
        _ = try desk.open()
        let name = try #require(backups().first)
        #expect(try backups().count == 1)
        #expect(name.hasPrefix("state.db.v\(version)-") && name.hasSuffix(".backup"))
        let path = desk.directory.path + "/" + name
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        #expect(attributes[.posixPermissions] as? Int == 0o600)
        try FileManager.default.removeItem(atPath: desk.path)
        try FileManager.default.moveItem(atPath: path, toPath: desk.path)
        #expect(try desk.sqlite3(".dump") == before)
        #expect(try desk.sqlite3("PRAGMA user_version") == "\(version)")
    }

    @Test("The work goes on where the earlier version left it", arguments: 1..<Schema.version)
    func goesOn(_ version: Int) throws {
        try load(version)
        let done = try desk.sqlite3("SELECT record FROM calls WHERE id = 'rc:401234567001'")
        let failed = try desk.sqlite3("SELECT record FROM calls WHERE id = 'rc:401234567007'")
        let open = try desk.sqlite3("SELECT record FROM calls WHERE id = 'rc:401234567005'")
        #expect(try desk.todo(.upload, done, failed, open) == [open])
        try desk.mark(.upload, open)
        #expect(try desk.outcome("rc:401234567005", .upload) == "completed|1||")
        #expect(try desk.outcome("rc:401234567008", .fetch) == "pending|2|temporary|network")
        #expect(try desk.outcome("rc:401234567010", .upload) == "skipped|0||")
    }

    @Test("The ledger is filled from the records that say what they cost")
    func ledger() throws {
        try load(2)
        _ = try desk.open()
        #expect(
            try desk.sqlite3(
                """
                SELECT c.id, l.stage, engine, model, seconds, wall, cost, at FROM ledger AS l
                JOIN calls AS c ON c.number = l.call ORDER BY 1
                """) == """
                    rc:401234567001|transcribe|whisper.cpp|base.en|61.5|12.31||2026-11-20T06:40:00.000Z
                    rc:401234567002|transcribe|deepgram|nova-3|126.0|4.5|0.0054|2026-11-20T07:40:00.125Z
                    rc:401234567003|transcribe|pocketsphinx|en-us||||
                    """)
        // What is marked again is in it already.
        let record = try desk.sqlite3("SELECT record FROM calls WHERE id = 'rc:401234567002'")
        try desk.mark(.transcribe, record)
        #expect(try desk.sqlite3("SELECT count(*) FROM ledger") == "3")
    }

    @Test("A ledger is filled from version 1 as well, and not of what is no record")
    func ledgerOfFirst() throws {
        try load(1)
        _ = try desk.sqlite3(
            """
            UPDATE calls SET record = json_set(record, '$.transcript.provenance',
              json('{"cost":1.5,"at":"2026-11-20T06:40:00Z"}')) WHERE number = 1;
            UPDATE calls SET record = 'nonsense' WHERE number = 2
            """)
        _ = try desk.open()
        let rows = "SELECT call, engine, cost, at FROM ledger"
        #expect(try desk.sqlite3(rows) == "1|pocketsphinx|1.5|2026-11-20T06:40:00.000Z")
    }

    @Test("Many who open an old file at once bring it over once")
    func atOnce() async throws {
        try load(1)
        let path = desk.path
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<8 { group.addTask { _ = try Checkpoint(path) } }
            try await group.waitForAll()
        }
        #expect(try backups().count == 1)
        #expect(try desk.sqlite3("PRAGMA integrity_check") == "ok")
    }

    @Test("A file that cannot be kept is not changed")
    func noRoom() throws {
        try load(1)
        let before = try desk.sqlite3(".dump")
        // A directory has the name that the copy is written under.
        let staged = desk.path + ".migration-part"
        try FileManager.default.createDirectory(
            atPath: staged + "/x", withIntermediateDirectories: true)
        let failure = try #require(throws: Failure.self) { try desk.open() }
        #expect((failure.scope, failure.kind) == (.stop, .storage))
        #expect(try desk.sqlite3("PRAGMA user_version") == "1")
        #expect(try desk.sqlite3(".dump") == before)
        try FileManager.default.removeItem(atPath: staged)
        _ = try desk.open()
        #expect(try backups().count == 1)
    }

    @Test("A migration that is broken off leaves the file as it was")
    func brokenOff() throws {
        try load(1)
        let before = try desk.sqlite3(".dump")
        let database = try Database(desk.path, busyTimeout: .zero)
        let failure = Failure(.stop, .internal, "migrate: it was killed")
        #expect(throws: failure) {
            try Schema.migrate(database) { _ throws(Failure) in throw failure }
        }
        #expect(try desk.sqlite3(".dump") == before)
        #expect(try desk.sqlite3("PRAGMA user_version") == "1")
    }

    @Test("A file without calls is brought over without a copy")
    func empty() throws {
        try load(1)
        _ = try desk.sqlite3("DELETE FROM calls; DELETE FROM outcomes")
        _ = try desk.open()
        #expect(try backups() == [])
    }
}
