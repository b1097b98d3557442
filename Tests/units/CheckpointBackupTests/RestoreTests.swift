// RestoreTests: a backup in the place of the checkpoint, whatever is there, or not at all.
import CheckpointSchema
import CheckpointSupport
import Foundation
import Records
import Testing

@testable import Checkpoint
@testable import CheckpointBackup

@Suite struct RestoreTests {
    let desk = Desk()
    private var folder: String { desk.directory.path + "/backups" }

    init() throws {
        try desk.mark(.fetch, line(1, audio), line(2, error("fetch", "item", "gone")))
    }

    @discardableResult
    private func back() throws -> Backup.Result {
        try Backup(of: desk.path, in: folder).make { true }
    }

    @discardableResult
    private func restore(_ source: String? = nil) throws -> Restore {
        try Restore.replace(desk.path, by: source ?? folder) { true }
    }

    private func failure(_ source: String? = nil) throws -> Failure {
        try #require(throws: Failure.self) { try restore(source) }
    }

    private func ids(_ path: String? = nil) throws -> String? {
        try Database(path ?? desk.path, busyTimeout: .seconds(5))
            .value("SELECT group_concat(id) FROM (SELECT id FROM calls ORDER BY number)")
    }

    private func names(_ word: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: desk.directory.path)
            .filter { $0.contains(word) }.sorted()
    }

    /// Has a record in work, as a pipe of this process's group.
    private func claim(_ text: String) throws {
        let checkpoint = try Checkpoint(desk.path)
        let todo = try Todo(.fetch, in: checkpoint)
        try checkpoint.transaction { try withLine(text) { _ = try todo.decide($0) } }
    }

    /// Changes a byte of a file.
    private func flip(_ path: String, at offset: UInt64) throws {
        let file = try FileHandle(forUpdating: URL(filePath: path))
        try file.seek(toOffset: offset)
        let byte = try #require(try file.read(upToCount: 1)?.first)
        try file.seek(toOffset: offset)
        try file.write(contentsOf: Data([byte ^ 1]))
        try file.close()
    }

    @Test("A checkpoint that another program made meanwhile keeps its log")
    func madeMeanwhile() throws {
        try back()
        let place = desk.directory.path + "/new.db"
        let copy = try VerifiedCopy(of: folder, for: place) { true }
        try Data("theirs".utf8).write(to: URL(filePath: place))
        try Data("log".utf8).write(to: URL(filePath: place + "-wal"))
        let failure = try #require(throws: Failure.self) {
            try copy.settle(at: place, after: place + ".kept")
        }
        #expect(failure.kind == .timeout)
        #expect(try String(contentsOfFile: place + "-wal", encoding: .utf8) == "log")
    }

    @Test("What was marked since is gone, and kept; the audit says so")
    func replaced() throws {
        let made = try back()
        try desk.mark(.fetch, line(3))
        let restore = try restore()
        let kept = try #require(restore.kept)
        #expect(try ids() == "rc:1,rc:2")
        #expect(try ids(kept) == "rc:1,rc:2,rc:3")
        #expect(restore.backup == made.path && restore.calls == 2)
        #expect(try desk.sqlite3("PRAGMA integrity_check") == "ok")
        #expect(
            try desk.sqlite3(
                """
                SELECT action, detail ->> 'sha256', detail ->> 'kept' FROM audit
                ORDER BY number DESC LIMIT 1
                """)
                == "restored|\(made.manifest.backup.sha256)|"
                + URL(filePath: kept).lastPathComponent)
        #expect(try names("restore-part") + names("keep-part") == [])
        let attributes = try FileManager.default.attributesOfItem(atPath: kept)
        #expect(attributes[.posixPermissions] as? Int == 0o600)
    }

    @Test("While a record is in work nothing is replaced, afterwards it is")
    func inWork() throws {
        try back()
        try claim(line(3))
        let before = try desk.dump()
        let failure = try failure()
        #expect((failure.scope, failure.kind) == (.stop, .timeout))
        #expect(failure.message.hasSuffix("1 of its records are in work"))
        #expect(try desk.dump() == before)
        #expect(try names("before-restore") == [])
        try desk.mark(.fetch, line(3))
        try restore()
        #expect(try ids() == "rc:1,rc:2")
    }

    @Test("Nothing is in work in what was restored, whatever was when the backup was made")
    func noLeases() throws {
        try claim(line(3))
        try back()
        #expect(try desk.sqlite3("SELECT count(*) FROM leases") == "1")
        try desk.mark(.fetch, line(3))
        try restore()
        #expect(try desk.sqlite3("SELECT count(*) FROM leases") == "0")
        #expect(try desk.todo(.fetch, line(3)) == [line(3)])
    }

    @Test("A program that had it open goes on with what was restored")
    func openElsewhere() throws {
        try back()
        let other = try desk.open()
        let mark = try Mark(.fetch, in: other)
        try other.transaction { try withLine(line(3)) { try mark.note($0) } }
        try restore()
        try other.transaction { try withLine(line(4)) { try mark.note($0) } }
        #expect(try ids() == "rc:1,rc:2,rc:4")
        #expect(try desk.sqlite3("PRAGMA integrity_check") == "ok")
    }

    @Test("A flipped byte is refused wherever it lies, and nothing changes")
    func flipped() throws {
        let made = try back()
        let before = try desk.dump()
        let size = UInt64(made.manifest.backup.bytes)
        for offset in stride(from: 0, to: size, by: Int(size / 64)) {
            try flip(made.path, at: offset)
            let failure = try failure()
            #expect((failure.scope, failure.kind) == (.stop, .integrity), "byte \(offset)")
            try flip(made.path, at: offset)
        }
        #expect(try desk.dump() == before)
        #expect(try names("restore") == [])
        try restore()
    }

    @Test("Without a manifest gzip's and SQLite's own checks are left")
    func noManifest() throws {
        let made = try back()
        try FileManager.default.removeItem(
            atPath: made.path.replacingOccurrences(of: ".db.gz", with: ".manifest.json"))
        try flip(made.path, at: UInt64(made.manifest.backup.bytes / 2))
        #expect(try failure(made.path).kind == .integrity)
        try flip(made.path, at: UInt64(made.manifest.backup.bytes / 2))
        #expect(try restore(made.path).manifest == nil)
    }

    @Test("A manifest of another backup, or none at all, is refused")
    func wrongManifest() throws {
        let made = try back()
        let path = made.path.replacingOccurrences(of: ".db.gz", with: ".manifest.json")
        let text = try String(contentsOfFile: path, encoding: .utf8)
        for (part, other) in [
            ("callpipe_", "other_"), ("{", "["), (#""calls":2"#, #""calls":3"#),
        ] {
            try text.replacingOccurrences(of: part, with: other)
                .write(toFile: path, atomically: true, encoding: .utf8)
            #expect(try failure(made.path).kind == .integrity)
        }
    }

    @Test("What cannot be read gives way, with its log, and is kept")
    func damaged() throws {
        try back()
        try Data("this is no database".utf8).write(to: URL(filePath: desk.path))
        try Data("nor is this its log".utf8).write(to: URL(filePath: desk.path + "-wal"))
        let restore = try restore()
        #expect(try ids() == "rc:1,rc:2")
        #expect(try desk.sqlite3("PRAGMA integrity_check") == "ok")
        let kept = try #require(restore.kept)
        #expect(try String(contentsOfFile: kept, encoding: .utf8) == "this is no database")
        #expect(try String(contentsOfFile: kept + "-wal", encoding: .utf8) == "nor is this its log")
    }

    @Test("What cannot be read but is open somewhere does not give way")
    func damagedAndOpen() throws {
        try back()
        try Data("this is no database".utf8).write(to: URL(filePath: desk.path))
        let holder = Process()
        holder.executableURL = URL(filePath: "/bin/cat")
        let file = try FileHandle(forReadingFrom: URL(filePath: desk.path))
        let pipe = Pipe()
        holder.standardInput = pipe
        holder.standardError = file
        try holder.run()
        let failure = try failure()
        #expect(failure.kind == .timeout)
        #expect(failure.message.contains("cat (process \(holder.processIdentifier)) has it open"))
        try pipe.fileHandleForWriting.close()
        holder.waitUntilExit()
        try restore()
        #expect(try ids() == "rc:1,rc:2")
    }

    @Test("Where no checkpoint is there will be one; a log without its file is set aside")
    func missing() throws {
        try back()
        // A real log, of the very file that is missing.
        let holder = try desk.open()
        let mark = try Mark(.fetch, in: holder)
        try holder.transaction { try withLine(line(9)) { try mark.note($0) } }
        try FileManager.default.moveItem(atPath: desk.path, toPath: desk.path + ".moved")
        #expect(FileManager.default.fileExists(atPath: desk.path + "-wal"))
        let restore = try restore()
        #expect(restore.kept == nil)
        #expect(try ids() == "rc:1,rc:2")
        #expect(try names("before-restore").count == 1)
    }

    @Test("An empty file is no obstacle")
    func empty() throws {
        try back()
        try FileManager.default.removeItem(atPath: desk.path)
        _ = FileManager.default.createFile(atPath: desk.path, contents: nil)
        #expect(try restore().kept == nil)
        #expect(try ids() == "rc:1,rc:2")
        try desk.mark(.fetch, line(3))
        #expect(try desk.sqlite3("PRAGMA journal_mode") == "wal")
    }

    @Test("Another program's file and a newer one are neither restored nor replaced")
    func foreign() throws {
        try back()
        for sql in ["PRAGMA application_id = 7", "PRAGMA user_version = 99"] {
            let other = desk.directory.path + "/other.db"
            try? FileManager.default.removeItem(atPath: other)
            try FileManager.default.copyItem(atPath: desk.path, toPath: other)
            try Database(other, busyTimeout: .zero).execute(sql)
            #expect(try failure(other).kind == .configuration)
            let refused = try #require(throws: Failure.self) {
                try Restore.replace(other, by: folder) { true }
            }
            #expect(refused.kind == .configuration)
            #expect(try ids(other) == "rc:1,rc:2")
        }
    }

    @Test("A backup of an earlier version is brought to the newer one in the copy alone")
    func older() throws {
        let made = try back()
        let copy = try VerifiedCopy(of: made.path, for: desk.path) { true }
        let opened = try copy.opened(schema: .madeUp)
        #expect(try opened.database.value("PRAGMA user_version") == "\(Schema.madeUp.version)")
        #expect(try opened.database.value("SELECT count(*) FROM made_up") == "2")
        #expect(try desk.sqlite3("PRAGMA user_version") == "\(Schema.current.version)")
        #expect(try names(".backup") == [])
    }

    @Test("Pages of another size are no obstacle")
    func pages() throws {
        let other = Desk()
        _ = try other.sqlite3("PRAGMA page_size = 1024; PRAGMA journal_mode = WAL")
        try other.mark(.fetch, line(7))
        _ = try Backup(of: other.path, in: folder).make { true }
        try restore()
        #expect(try ids() == "rc:7")
        #expect(try desk.sqlite3("PRAGMA page_size; PRAGMA integrity_check") == "8192\nok")
    }

    @Test("What sqlite3 copied can be restored too, with its log")
    func plain() throws {
        let holder = try desk.open()
        let mark = try Mark(.fetch, in: holder)
        try holder.transaction { try withLine(line(3)) { try mark.note($0) } }
        for suffix in ["", "-wal"] {
            try FileManager.default.copyItem(
                atPath: desk.path + suffix, toPath: desk.path + ".other" + suffix)
        }
        try holder.transaction { try withLine(line(4)) { try mark.note($0) } }
        try restore(desk.path + ".other")
        #expect(try ids() == "rc:1,rc:2,rc:3")
    }

    @Test("Elsewhere the copy is as it was, byte for byte, and takes nobody's place")
    func elsewhere() throws {
        let made = try back()
        let path = desk.directory.path + "/elsewhere.db"
        let restore = try Restore.write(folder, to: path) { true }
        #expect(restore.calls == 2 && restore.kept == nil)
        #expect(try Packing.sums(of: path) == made.manifest.database.sums)
        let failure = try #require(throws: Failure.self) {
            try Restore.write(folder, to: path) { true }
        }
        #expect(failure.message.hasSuffix("there is a file already"))
        #expect(try desk.sqlite3("SELECT count(*) FROM audit WHERE action = 'restored'") == "0")
    }

    @Test("Broken off at any moment it leaves the old or the new, and the next run ends it")
    func brokenOff() throws {
        // Several times the pages between two questions.
        let text = String(repeating: "x", count: 1 << 20)
        for number in 10..<30 { try desk.mark(.fetch, line(number, #""x":"\#(text)""#)) }
        try back()
        let old = try ids()
        try desk.mark(.fetch, line(3))
        var asked = 0
        for last in 0..<100 {
            asked = 0
            let outcome = try? Restore.replace(desk.path, by: folder) {
                asked += 1
                return asked <= last
            }
            #expect(try desk.sqlite3("PRAGMA integrity_check") == "ok")
            if outcome != nil { break }
            #expect(try ids() == old.map { "\($0),rc:3" })
        }
        #expect(asked > 3)
        #expect(try ids() == old)
    }

    @Test("One restore at a time")
    func twice() throws {
        try back()
        let other = try VerifiedCopy(of: folder, for: desk.path) { true }
        #expect(try failure().kind == .timeout)
        _ = consume other
        try restore()
    }

    @Test("A drill touches nothing, and says whether time and loss are as allowed")
    func drill() throws {
        try back()
        try desk.mark(.fetch, line(3))
        let before = try desk.dump()
        let met = try RestoreTest(folder, beside: desk.path, .init(time: nil, point: nil)) { true }
        #expect(met.isMet && met.calls == 2)
        let late = try RestoreTest(folder, beside: desk.path, .init(time: nil, point: 0)) { true }
        #expect(!late.isMet)
        let slow = try RestoreTest(folder, beside: desk.path, .init(time: 0, point: nil)) { true }
        #expect(!slow.isMet)
        #expect(try desk.dump() == before)
        #expect(try names("drill") == [])
    }

    @Test("A drill without a backup, or with a broken one, fails")
    func drillFails() throws {
        let objectives = RestoreTest.Objectives(time: nil, point: nil)
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        var failure = try #require(throws: Failure.self) {
            try RestoreTest(folder, beside: desk.path, objectives) { true }
        }
        #expect(failure.message.hasSuffix("there is no backup with a manifest"))
        let made = try back()
        try flip(made.path, at: 40)
        failure = try #require(throws: Failure.self) {
            try RestoreTest(folder, beside: desk.path, objectives) { true }
        }
        #expect(failure.kind == .integrity)
    }
}
