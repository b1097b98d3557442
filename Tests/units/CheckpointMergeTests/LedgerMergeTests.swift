// LedgerMergeTests: what was spent on either side is in the ledger once.
import CheckpointCheck
import CheckpointMerge
import CheckpointRetention
import CheckpointSupport
import Files
import Foundation
import Testing

@testable import Checkpoint

@Suite struct LedgerMergeTests {
    private let here: Desk
    private let there: Desk

    init() throws {
        here = Desk()
        there = Desk()
    }

    private func merge(_ source: Desk? = nil, into desk: Desk? = nil) throws {
        _ = try Merge(into: try (desk ?? here).open())
            .merge((source ?? there).path, goesOn: { true }) { _ in }
    }

    private func total(_ desk: Desk? = nil) throws -> String {
        try (desk ?? here).sqlite3(
            "SELECT sum(recordings), sum(cost) FROM ledger_sums; SELECT count(*) FROM ledger")
    }

    private func erase(_ id: String, in desk: Desk) throws {
        let data = try DataDirectory(desk.directory.appending(path: "data").path)
        let erasure = try Erasure(desk.open(), data: data, because: "request 17")
        try erasure.erase(id)
        try erasure.certify { _ in }
    }

    @Test("rows of another checkpoint come over with their call and run, once")
    func rowsOnce() throws {
        let again = made("whisper.cpp", nil, at: "2026-11-21T06:40:00Z")
        try here.mark(.transcribe, line(1, made()), line(2))
        try there.mark(.transcribe, line(3, made()), line(1, made()))
        try there.mark(.transcribe, line(1, again))
        try merge()
        #expect(try total() == "3|0.75\n3")
        #expect(
            try here.sqlite3(
                """
                SELECT c.id, l.engine, r.id IS NOT NULL FROM ledger AS l
                JOIN calls AS c ON c.number = l.call JOIN runs AS r ON r.number = l.run
                ORDER BY l.number
                """) == "rc:1|deepgram|1\nrc:3|deepgram|1\nrc:1|whisper.cpp|1")
        let before = try here.sqlite3("SELECT * FROM ledger; SELECT * FROM ledger_sums")
        try merge()
        #expect(try here.sqlite3("SELECT * FROM ledger; SELECT * FROM ledger_sums") == before)
        #expect(try Check(here.open()).invariants(quick: false).allSatisfy(\.isFine))
    }

    @Test("rows of erased recordings are folded in once, whoever erased them")
    func erased() throws {
        let lines = (1...3).map { line($0, made(at: "2026-11-20T06:40:0\($0)Z")) }
        try here.mark(.transcribe, lines[0], lines[1])
        try there.mark(.transcribe, lines)
        try erase("rc:1", in: here)
        try erase("rc:2", in: there)
        try erase("rc:3", in: there)
        for _ in 0..<2 {
            try merge()
            #expect(try total() == "3|0.75\n3")
            #expect(
                try here.sqlite3("SELECT ifnull(call, '-') FROM ledger ORDER BY number")
                    == "-\n2\n-")
        }
        #expect(try Check(here.open()).invariants(quick: false).allSatisfy(\.isFine))
        // And the other way round.
        try merge(here, into: there)
        #expect(try total(there) == "3|0.75\n3")
    }
}
