// BackupTests: what a backup holds, what a killed one leaves, and which old ones go.
import CheckpointSupport
import Foundation
import Records
import Testing

@testable import Checkpoint
@testable import CheckpointBackup

@Suite struct BackupTests {
    let desk = Desk()
    private var folder: String { desk.directory.path + "/backups" }

    private func make(settings: [String]? = nil) throws -> Backup.Result {
        try Backup(of: desk.path, in: folder).make(settings: settings) { true }
    }

    private func names() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
    }

    /// The output of a command of the shell, run in the folder.
    private func shell(_ command: String) throws -> String {
        let process = Process()
        process.executableURL = URL(filePath: "/bin/bash")
        process.arguments = ["-c", command]
        process.currentDirectoryURL = URL(filePath: folder)
        let output = desk.directory.appending(path: "answer-\(UUID().uuidString)")
        _ = FileManager.default.createFile(atPath: output.path, contents: nil)
        process.standardOutput = try FileHandle(forWritingTo: output)
        try process.run()
        process.waitUntilExit()
        return try String(contentsOf: output, encoding: .utf8)
    }

    /// A backup of another day, and its name without endings.
    private func age(_ made: Backup.Result, to time: String) throws {
        let old = made.manifest.backup.file.dropFirst("callpipe_".count).prefix(15)
        let new = DatabaseCopy.stamp(try #require(Timestamp(time)))
        _ = try shell(
            """
            mv callpipe_\(old).db.gz callpipe_\(new).db.gz
            sed -E 's/callpipe_[0-9_]+/callpipe_\(new)/; \
            s/"(started|finished)":"[^"]*"/"\\1":"\(time)"/g' \
            callpipe_\(old).manifest.json >callpipe_\(new).manifest.json
            rm callpipe_\(old).manifest.json
            """)
    }

    private func stem(_ time: String) throws -> String {
        "callpipe_" + DatabaseCopy.stamp(try #require(Timestamp(time)))
    }

    @Test("A backup is the checkpoint, packed, and its manifest says how to know")
    func whole() throws {
        try desk.mark(.fetch, line(1, audio))
        try desk.mark(.fetch, line(2, error("fetch", "item", "gone")))
        let made = try make()
        let file = made.manifest.backup.file
        let sum = made.manifest.backup.sha256
        #expect(try shell("sha256sum <\(file)").hasPrefix(sum))
        #expect(try shell("gzip -dc \(file) | sha256sum").hasPrefix(made.manifest.database.sha256))
        #expect(
            try shell(
                "gzip -dc \(file) >x; sqlite3 x 'PRAGMA integrity_check; SELECT id FROM calls'")
                == "ok\nrc:1\nrc:2\n")
        #expect(made.manifest.database.tables["calls"] == 2)
        #expect(made.manifest.database.stages["fetch"] == ["completed": 1, "failed": 1])
        #expect(try shell("cat latest.success").hasSuffix("Z \(file)\n"))
        #expect(try shell("stat -c %a callpipe_* latest.success") == "600\n600\n600\n")
        #expect(try shell("jq -r .backup.sha256 *.json") == sum + "\n")
    }

    @Test("Two backups in one second are two")
    func twice() throws {
        try desk.mark(.fetch, line(1))
        let made = try [make(), make(), make()]
        #expect(Set(made.map(\.path)).count == 3)
        #expect(try names().filter { $0.hasSuffix(".db.gz") }.count == 3)
    }

    @Test("What a killed backup left is gone after the next one")
    func killed() throws {
        try desk.mark(.fetch, line(1))
        _ = try make()
        let before = try names()
        _ = try shell(
            """
            for name in callpipe_20240115_030000.db callpipe_20240115_030000.db.gz \
                callpipe_20240115_030000.manifest.json config_20240115_030000.tar.gz; do
                echo left >.$name.part; done
            echo mine >.mine.part
            """)
        let made = try make()
        let new = made.manifest.backup.file.dropLast(5)
        #expect(
            try names() == (before + [".mine.part", "\(new)db.gz", "\(new)manifest.json"]).sorted())
    }

    @Test("A backup that was killed between its first name and its last is completed")
    func decided() throws {
        try desk.mark(.fetch, line(1))
        let made = try make(settings: [desk.path])
        let complete = try names()
        let moment = made.manifest.backup.file.dropFirst(9).dropLast(5)
        _ = try shell(
            """
            set -e; mv callpipe_\(moment)manifest.json .callpipe_\(moment)manifest.json.part
            mv config_\(moment)tar.gz .config_\(moment)tar.gz.part
            """)
        _ = try Backup(of: desk.path, in: folder)
        #expect(try names() == complete)
    }

    @Test("Old backups go, but for the newest good one, and for what nobody vouches for")
    func retention() throws {
        try desk.mark(.fetch, line(1))
        for day in 1...4 { try age(make(), to: "2024-01-0\(day)T03:00:00.000Z") }
        // The newest is broken, one has no manifest, and others' files are others'.
        _ = try shell(
            """
            printf x | dd of=\(try stem("2024-01-04T03:00:00.000Z")).db.gz bs=1 seek=99 conv=notrunc
            rm \(try stem("2024-01-01T03:00:00.000Z")).manifest.json
            touch database.sql.gz
            """)
        let backup = try Backup(of: desk.path, in: folder)
        #expect(try backup.remove(before: #require(Timestamp("2024-01-02T00:00:00Z"))) == [])
        let removed = try backup.remove(before: #require(Timestamp("2024-02-01T00:00:00Z")))
        #expect(
            removed == [
                try stem("2024-01-04T03:00:00.000Z") + ".db.gz",
                try stem("2024-01-02T03:00:00.000Z") + ".db.gz",
            ])
        #expect(
            try names().filter { $0.hasSuffix(".gz") } == [
                try stem("2024-01-01T03:00:00.000Z") + ".db.gz",
                try stem("2024-01-03T03:00:00.000Z") + ".db.gz", "database.sql.gz",
            ])
    }

    @Test("When no backup is good, none is removed")
    func noneGood() throws {
        try desk.mark(.fetch, line(1))
        for day in 1...2 { try age(make(), to: "2024-01-0\(day)T03:00:00.000Z") }
        _ = try shell("for f in *.gz; do printf x | dd of=$f bs=1 seek=99 conv=notrunc; done")
        let before = try names()
        #expect(try Backup(of: desk.path, in: folder).remove(before: .now) == [])
        #expect(try names() == before)
    }

    @Test("Settings are archived as tar unpacks them, and a missing one is no matter")
    func settings() throws {
        try desk.mark(.fetch, line(1))
        let place = desk.directory.path
        let long = String(repeating: "a", count: 90)
        _ = try FileManager.default.createDirectory(
            atPath: "\(place)/config/\(long)", withIntermediateDirectories: true)
        try Data("SECRET=1\n".utf8).write(to: URL(filePath: "\(place)/.env"))
        try Data(repeating: 7, count: 1000)
            .write(to: URL(filePath: "\(place)/config/\(long)/b.ini"))
        try FileManager.default.createSymbolicLink(
            atPath: "\(place)/config/current", withDestinationPath: "\(long)/b.ini")
        let made = try make(settings: ["\(place)/.env", "\(place)/config", "\(place)/none"])
        let config = try #require(made.manifest.config)
        #expect(try shell("stat -c %a \(config.file)") == "600\n")
        #expect(try shell("sha256sum <\(config.file)").hasPrefix(config.sha256))
        #expect(
            try shell(
                """
                mkdir x; tar -xzf \(config.file) -C x && cat x\(place)/.env &&
                cmp x\(place)/config/current \(place)/config/\(long)/b.ini && echo same
                """) == "SECRET=1\nsame\n")
        let failure = try #require(throws: Failure.self) { try make(settings: ["\(place)/none"]) }
        #expect(failure.kind == .configuration)
    }

    @Test("A damaged checkpoint gets no backup, and the old ones stay the newest")
    func damaged() throws {
        let text = String(repeating: "x", count: 200_000)
        try desk.mark(.fetch, line(1, #""x":"\#(text)""#))
        _ = try make()
        let before = try names()
        let success = try shell("cat latest.success")
        let file = try FileHandle(forUpdating: URL(filePath: desk.path))
        try file.seek(toOffset: 2 * 8192)
        try file.write(contentsOf: Data(repeating: 0x55, count: 8192))
        try file.close()
        let failure = try #require(throws: Failure.self) { try make() }
        #expect((failure.scope, failure.kind) == (.stop, .integrity))
        #expect(try names() == before)
        #expect(try shell("cat latest.success") == success)
    }

    @Test("A backup that is told to end leaves nothing")
    func ended() throws {
        try desk.mark(.fetch, line(1))
        let backup = try Backup(of: desk.path, in: folder)
        #expect(throws: Failure.self) { try backup.make { false } }
        #expect(try names() == [".callpipe.lock"])
    }

    @Test("One backup at a time works in a directory; another says so")
    func busy() throws {
        try desk.mark(.fetch, line(1))
        let holder = try Backup(of: desk.path, in: folder)
        let failure = try #require(throws: Failure.self) {
            _ = try Backup(of: desk.path, in: folder, busyTimeout: .zero)
        }
        #expect((failure.scope, failure.kind) == (.stop, .timeout))
        _ = try holder.make { true }
    }

    @Test("Without a checkpoint nothing is made")
    func missing() throws {
        let failure = try #require(throws: Failure.self) { try make() }
        #expect(failure.kind == .storage)
        #expect(!FileManager.default.fileExists(atPath: folder))
        #expect(!FileManager.default.fileExists(atPath: desk.path))
    }
}
