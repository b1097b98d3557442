// CopyTests: a second file of the same moment, made while others write.
import CheckpointSchema
import CheckpointSupport
import Foundation
import Records
import Testing

@testable import Checkpoint

@Suite struct CopyTests {
    let desk = Desk()
    private var copy: String { desk.path + ".copy" }

    private func fill(_ count: Int, from first: Int = 1) throws {
        let checkpoint = try desk.open()
        let mark = try Mark(.fetch, in: checkpoint)
        let more = #""x":"\#(String(repeating: "x", count: 4000))""#
        try checkpoint.transaction {
            for number in first..<(first + count) {
                try withLine(line(number, more)) { try mark.note($0) }
            }
        }
    }

    private func names() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: desk.directory.path)
            .filter { !$0.hasPrefix("answer-") && !["-wal", "-shm"].contains($0.suffix(4)) }
            .sorted()
    }

    @Test("what is committed while the copy is made is not in it, and does not begin it again")
    func moment() throws {
        try fill(6000)
        var pulses = 0
        let source = try Database(desk.path, busyTimeout: .zero)
        try DatabaseCopy.make(copy, by: copy + "-part", from: source) {
            pulses += 1
            return (try? fill(1, from: 10_000 + pulses)) != nil
        }
        #expect(pulses >= 3)
        let copied = try Database(copy, busyTimeout: .zero, for: .immutable)
        #expect(try copied.value("SELECT count(*) FROM calls") == "6000")
        #expect(try copied.value("PRAGMA integrity_check") == "ok")
        #expect(try desk.sqlite3("SELECT count(*) FROM calls") == "\(6000 + pulses)")
        let attributes = try FileManager.default.attributesOfItem(atPath: copy)
        #expect(attributes[.posixPermissions] as? Int == 0o600)
        #expect(try names() == ["state.db", "state.db.copy"])
    }

    @Test("a copy that is broken off leaves nothing under its name")
    func brokenOff() throws {
        try fill(3000)
        let source = try Database(desk.path, busyTimeout: .zero)
        #expect(throws: Failure.self) {
            try DatabaseCopy.make(copy, by: copy + "-part", from: source) { false }
        }
        #expect(try names().contains { $0.hasPrefix("state.db.copy") } == false)
        // The source is as free as before.
        try fill(1, from: 9000)
        try DatabaseCopy.make(copy, by: copy + "-part", from: source) { true }
        #expect(try names().contains("state.db.copy"))
    }

    @Test("what a killed copy left is replaced")
    func leftovers() throws {
        try fill(1)
        for suffix in ["", "-journal", "-wal"] {
            try Data("left behind".utf8).write(to: URL(filePath: copy + "-part" + suffix))
        }
        let source = try Database(desk.path, busyTimeout: .zero)
        try DatabaseCopy.make(copy, by: copy + "-part", from: source) { true }
        #expect(try Database(copy, busyTimeout: .zero).value("PRAGMA integrity_check") == "ok")
    }

    @Test("before its tables change a checkpoint is kept, by whoever has the lock")
    func beforeMigration() throws {
        try fill(3)
        let holder = try desk.open()
        try holder.transaction {
            try holder.begin()
            let first = try #require(try DatabaseCopy.beforeMigration(of: desk.path, from: 1))
            let second = try #require(try DatabaseCopy.beforeMigration(of: desk.path, from: 1))
            #expect(first != second)
            #expect(first.hasPrefix(desk.path + ".v1-") && first.hasSuffix(".backup"))
            for path in [first, second] {
                let kept = try Database(path, busyTimeout: .zero, for: .immutable)
                #expect(try kept.value("SELECT count(*) FROM calls") == "3")
            }
        }
    }

    @Test("of a checkpoint without calls no copy is made")
    func empty() throws {
        _ = try desk.open()
        #expect(try DatabaseCopy.beforeMigration(of: desk.path, from: 1) == nil)
        #expect(try names() == ["state.db"])
    }

    @Test("a file's name may have marks of an address in it")
    func strangeName() throws {
        let path = desk.directory.path + "/100% of?a#file.db"
        _ = try Checkpoint(path)
        let database = try Database(path, busyTimeout: .zero, for: .immutable)
        #expect(try database.value("PRAGMA application_id") == "\(Schema.applicationID)")
    }
}
