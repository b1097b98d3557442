// ReadOnlyTests: a checkpoint that is opened to be read, and never changed.
import CheckpointSupport
import Foundation
import Records
import Testing

@testable import Checkpoint

@Suite struct ReadOnlyTests {
    let desk = Desk()

    private func failure(_ path: String? = nil) throws -> Failure {
        try #require(throws: Failure.self) { _ = try Checkpoint(reading: path ?? desk.path) }
    }

    @Test("a file that is not there is told, and not made")
    func missing() throws {
        #expect(try failure().kind == .configuration)
        #expect(try failure().message.hasSuffix("it is not there"))
        #expect(!FileManager.default.fileExists(atPath: desk.path))
        #expect(try failure(desk.path + "/none").scope == .stop)
    }

    @Test("an empty file and a newer one are told and stay as they are")
    func versions() throws {
        _ = FileManager.default.createFile(atPath: desk.path, contents: nil)
        #expect(try failure().message.hasSuffix("it is empty"))
        #expect(FileManager.default.contents(atPath: desk.path) == Data())
        try FileManager.default.removeItem(atPath: desk.path)
        try desk.mark(.fetch, line())
        _ = try desk.sqlite3("PRAGMA user_version = 99")
        #expect(try failure().kind == .configuration)
    }

    @Test("another program's database and what is none are told")
    func strange() throws {
        _ = try desk.sqlite3("CREATE TABLE theirs(a)")
        #expect(try failure().message.hasSuffix("it is another program's database"))
        try Data(repeating: 0x7B, count: 8192).write(to: URL(filePath: desk.path))
        #expect(try failure().kind == .integrity)
    }

    @Test("a reader can change nothing, sees one moment, and holds up nobody who writes")
    func apart() throws {
        try desk.mark(.fetch, line(1))
        let reader = try Checkpoint(reading: desk.path)
        #expect(throws: Failure.self) { try reader.database.execute("DELETE FROM calls") }
        let question = "SELECT count(*) FROM calls"
        try reader.transaction {
            try reader.begin()
            #expect(try reader.database.value(question) == "1")
            let writer = try desk.open(busyTimeout: .zero)
            let mark = try Mark(.fetch, in: writer)
            try writer.transaction { try withLine(line(2)) { try mark.note($0) } }
            #expect(try reader.database.value(question) == "1")
        }
        #expect(try reader.database.value(question) == "2")
        // And nobody who writes holds it up.
        let writer = try desk.open()
        try writer.transaction {
            try writer.begin()
            let other = try Checkpoint(reading: desk.path, busyTimeout: .zero)
            #expect(try other.database.value(question) == "2")
        }
    }

    @Test(
        "where neither file nor directory may be written, the cause is told",
        .enabled(if: geteuid() != 0))
    func protected() throws {
        try desk.mark(.fetch, line(1))
        let files = FileManager.default
        try files.setAttributes([.posixPermissions: 0o400], ofItemAtPath: desk.path)
        #expect(try Checkpoint(reading: desk.path).database.value("SELECT 1") == "1")
        try files.setAttributes([.posixPermissions: 0o500], ofItemAtPath: desk.directory.path)
        defer {
            try? files.setAttributes([.posixPermissions: 0o700], ofItemAtPath: desk.directory.path)
        }
        #expect(try failure().message.contains("-shm beside it"))
    }
}
