// AuditChainTests: a chain that was touched does not hold, and one that was cut off is found out.
import CheckpointSupport
import Foundation
import Records
import Testing

@testable import Checkpoint
@testable import CheckpointReports

@Suite struct AuditChainTests {
    let desk = Desk()

    /// Lines of three marks.
    private func fill() throws {
        for number in 1...3 { try desk.mark(.upload, line(number, audio)) }
    }

    private func verify(_ expected: String? = nil) throws -> AuditChain.Verdict {
        try AuditChain(desk.open()).verify(expecting: expected)
    }

    private func head() throws -> AuditChain.Head { try AuditChain(desk.open()).head() }

    @Test("an empty chain holds, and has a head")
    func empty() throws {
        let verdict = try verify()
        #expect(verdict.fault == nil && verdict.isExpectedThere)
        #expect(try head().number == 0)
        #expect(try verify(head().hash).isExpectedThere)
    }

    @Test("each line follows from the one before, and an anchored head is found again")
    func holds() throws {
        try fill()
        let anchor = try head()
        #expect(anchor.number == 3)
        try desk.mark(.transcribe, line(1, "\(audio),\(transcript)"))
        let verdict = try verify(anchor.hash.uppercased())
        #expect(verdict.fault == nil && verdict.isExpectedThere)
        #expect(verdict.head == (try head()))
        #expect(try !verify(String(repeating: "a", count: 64)).isExpectedThere)
    }

    @Test(
        "a change, a gap and a line in between are told with their number",
        arguments: [
            ("UPDATE audit SET detail = '{}' WHERE number = 2", 2),
            ("UPDATE audit SET call_id = NULL WHERE number = 1", 1),
            ("UPDATE audit SET time = time || '0' WHERE number = 3", 3),
            ("UPDATE audit SET hash = upper(hash) WHERE number = 2", 2),
            ("DELETE FROM audit WHERE number = 2", 2),
            ("DELETE FROM audit WHERE number = 1", 1),
            (
                """
                UPDATE audit SET number = 4 WHERE number = 3;
                INSERT INTO audit SELECT 3, time, action, call_id, stage, detail, run, hash
                  FROM audit WHERE number = 2
                """, 3
            ),
        ])
    func broken(_ sql: String, _ number: Int64) throws {
        try fill()
        _ = try desk.sqlite3(sql)
        let verdict = try verify()
        #expect(verdict.fault?.number == number)
        #expect(verdict.head.number == number - 1)
    }

    @Test("an end that was cut off holds by itself, and is found out by an anchored head")
    func cut() throws {
        try fill()
        let anchor = try head()
        _ = try desk.sqlite3("DELETE FROM audit WHERE number = 3")
        #expect(try verify().fault == nil)
        #expect(try !verify(anchor.hash).isExpectedThere)
    }

    @Test("a detail that is no JSON any more is shown as text")
    func shown() throws {
        try fill()
        _ = try desk.sqlite3("UPDATE audit SET detail = '\"}{' WHERE number = 2")
        var lines: [String] = []
        try AuditChain(desk.open()).forEach(of: "rc:2") { lines.append($0.json.text) }
        #expect(lines.count == 1)
        #expect(lines.first?.contains(#""detail":"\"}{""#) == true)
    }
}
