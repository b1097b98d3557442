// CheckTests: what is wrong is found and what is safe is put right.
import CheckpointSupport
import Foundation
import Records
import Testing

@testable import Checkpoint
@testable import CheckpointCheck

@Suite struct CheckTests {
    let desk = Desk()

    init() throws {
        for number in 1...20 { try desk.mark(.fetch, line(number, audio)) }
        try desk.todo(.upload, line(21), line(22))
        try desk.mark(.upload, line(19), line(20))
        try desk.mark(.upload, line(1, error("upload", "temporary", "server")))
        try desk.mark(.upload, line(2, error("upload", "item", "gone")))
        // The claims of these pipes are gone.
        _ = try check().repair()
    }

    private func check() throws -> Check { Check(try desk.open()) }

    /// The findings that are not as they should be.
    private func wrong() throws -> [String] {
        let check = try check()
        let findings = try check.integrity(quick: false) + check.invariants(quick: false)
        return findings.filter { !$0.isFine }.map(\.what)
    }

    @Test("In a checkpoint as it should be nothing is found")
    func fine() throws {
        #expect(try wrong() == [])
        #expect(try check().integrity(quick: true).map(\.found) == ["ok"])
        #expect(try check().invariants(quick: true).allSatisfy(\.isFine))
    }

    @Test(
        "What is wrong is found, put right, and nothing else is changed",
        arguments: [
            (
                "outcomes without their call",
                "INSERT INTO outcomes(call, stage, status) VALUES (99, 'fetch', 'pending')"
            ),
            (
                "leases without their call or claim",
                "INSERT INTO leases VALUES (5, 77, '2024-01-01')"
            ),
            (
                "claims without their run",
                """
                INSERT INTO claims VALUES (9, 99, 'fetch', '2024', '2999', 1, NULL);
                INSERT INTO leases VALUES (5, 9, '2024')
                """
            ),
            (
                "open outcomes with another start or end than their call's",
                "UPDATE outcomes SET start_time = '1999' WHERE stage = 'upload' AND call = 21"
            ),
            (
                "queues that say they are past the last call",
                "INSERT OR REPLACE INTO enrolled VALUES ('fetch', 1000)"
            ),
            (
                "totals that are not those of the outcomes",
                "UPDATE tallies SET count = count + 7 WHERE stage = 'fetch'"
            ),
            ("totals that are not those of the outcomes", "DELETE FROM tallies"),
        ])
    func repaired(_ what: String, _ sql: String) throws {
        let before = try desk.dump()
        _ = try desk.sqlite3(sql)
        #expect(try wrong() == [what])
        let repairs = try check().repair()
        #expect(repairs.contains { $0.what == what || $0.what.hasPrefix("claims of pipes") })
        #expect(try wrong() == [])
        #expect(try desk.dump() == before)
        #expect(try check().repair().isEmpty)
    }

    @Test(
        "What only a person can put right is told, and left alone",
        arguments: [
            (
                "outcomes of an unknown stage or status",
                "UPDATE outcomes SET status = 'odd' WHERE call = 1 AND stage = 'fetch'"
            ),
            (
                "records that are no record, or another call's",
                #"UPDATE calls SET record = '{"id":"rc:5"}' WHERE id = 'rc:4'"#
            ),
            (
                "records that are no record, or another call's",
                "UPDATE calls SET record = 'nonsense' WHERE id = 'rc:4'"
            ),
            ("the audit's chain", "UPDATE audit SET detail = '{}' WHERE number = 2"),
        ])
    func told(_ what: String, _ sql: String) throws {
        _ = try desk.sqlite3(sql)
        #expect(try wrong() == [what])
        _ = try check().repair()
        #expect(try wrong() == [what])
    }

    @Test("An index that lost a row is made anew")
    func index() throws {
        // What an older, faulty program could have done: the index, but not the table.
        _ = try desk.sqlite3(
            """
            PRAGMA writable_schema = ON;
            UPDATE sqlite_schema SET sql = sql || ' WHERE number < 5' WHERE name = 'calls_start';
            """)
        _ = try desk.sqlite3("REINDEX calls_start")
        _ = try desk.sqlite3(
            """
            PRAGMA writable_schema = ON;
            UPDATE sqlite_schema SET sql = replace(sql, ' WHERE number < 5', '')
              WHERE name = 'calls_start';
            """)
        #expect(try !wrong().isEmpty)
        #expect(try check().repair().map(\.what) == ["indexes"])
        #expect(try wrong() == [])
    }

    @Test("Damaged pages are told")
    func damaged() throws {
        let text = String(repeating: "x", count: 200_000)
        try desk.mark(.fetch, line(30, #""x":"\#(text)""#))
        let file = try FileHandle(forUpdating: URL(filePath: desk.path))
        let sql = "SELECT rootpage FROM sqlite_schema WHERE name = 'calls_start'"
        let root = try #require(UInt64(try desk.sqlite3(sql)))
        try file.seek(toOffset: (root - 1) * 8192)
        try file.write(contentsOf: Data(repeating: 0x55, count: 4096))
        try file.close()
        let findings = try check().integrity(quick: true)
        #expect(findings.contains { !$0.isFine })
    }

    @Test("The statements of the work are answered from an index, and one that is not is told")
    func indexes() throws {
        let findings = try check().indexes(few: 1)
        #expect(findings.count == 4 * Stage.allCases.count)
        #expect(findings.filter { !$0.isFine }.map(\.found) == [])
        // Without the index of ids and that of leases, these two tables are read from end to end.
        _ = try desk.sqlite3(
            """
            PRAGMA writable_schema = ON;
            DELETE FROM sqlite_schema WHERE name = 'sqlite_autoindex_calls_1';
            UPDATE sqlite_schema SET sql = replace(sql, ' UNIQUE', '') WHERE name = 'calls';
            """)
        let slow = try check().indexes(few: 1).filter { !$0.isFine }
        #expect(Set(slow.map(\.what)).isSuperset(of: ["upload: todo", "upload: mark"]))
        #expect(slow.allSatisfy { $0.found.contains("SCAN") })
        // As long as there are few rows, that is fine.
        #expect(try check().indexes().allSatisfy(\.isFine))
    }

    @Test("A statement that cannot be prepared is told")
    func unprepared() throws {
        _ = try desk.sqlite3("DROP INDEX outcomes_failed")
        let wrong = try check().indexes().filter { !$0.isFine }
        #expect(wrong.map(\.what) == Stage.allCases.map { "\($0.rawValue): next" })
        #expect(wrong.allSatisfy { $0.found.contains("no such index: outcomes_failed") })
    }

    @Test("The sizes of tables and indexes add up to the file")
    func sizes() throws {
        let findings = try check().sizes()
        let bytes = try findings.map { finding in
            let object = try JSONSerialization.jsonObject(with: Data(finding.json.bytes))
            return try #require((object as? [String: Any])?["bytes"] as? Int)
        }
        #expect(bytes[1] + bytes[3...].reduce(0, +) == bytes[0])
    }

    @Test("Who has records in work is told, and whether somebody is committing")
    func holders() throws {
        let checkpoint = try Checkpoint(desk.path)
        let todo = try Todo(.fetch, in: checkpoint)
        try checkpoint.transaction { try withLine(line(40)) { _ = try todo.decide($0) } }
        let check = Check(checkpoint)
        let found = try check.holders().map(\.found)
        #expect(found.first == "free")
        #expect(found.contains { $0.hasPrefix("1 records, until ") })
        let other = try desk.open()
        try other.transaction {
            try other.begin()
            #expect(try check.holders().first { $0.check == "lock" }?.found == "held")
        }
        // Of another boot, they are nobody's.
        #expect(try self.check().holders().contains { $0.found.hasSuffix("its pipe has ended") })
    }

    @Test("What is deleted leaves room that a vacuum gives back; statistics are counted")
    func upkeep() throws {
        let text = String(repeating: "x", count: 400_000)
        try desk.mark(.fetch, line(30, #""x":"\#(text)""#))
        _ = try desk.sqlite3("DELETE FROM calls WHERE id = 'rc:30'")
        let size = try desk.sqlite3("PRAGMA page_count")
        _ = try check().vacuum()
        #expect(try #require(Int(desk.sqlite3("PRAGMA page_count"))) < #require(Int(size)) - 40)
        #expect(try check().analyze().first?.isFine == true)
        #expect(try desk.sqlite3("SELECT count(*) > 5 FROM sqlite_stat1") == "1")
        #expect(try check().indexes().allSatisfy(\.isFine))
    }
}
