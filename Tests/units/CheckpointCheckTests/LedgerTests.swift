// LedgerTests: what transcripts cost is written down once, added up, and never changes its sum.
import CheckpointRetention
import CheckpointSupport
import Files
import Foundation
import Records
import Testing

@testable import Checkpoint
@testable import CheckpointCheck
@testable import CheckpointReports

private let rows = """
    SELECT c.id, l.stage, l.engine, l.model, l.seconds, l.wall, l.cost, l.at
    FROM ledger AS l LEFT JOIN calls AS c ON c.number = l.call ORDER BY l.number
    """

private let sums = """
    SELECT engine, model, hour, recordings, seconds, wall, cost, timed, priced FROM ledger_sums
    WHERE recordings <> 0
    """

@Suite struct LedgerTests {
    let desk = Desk()

    private func spending(_ desk: Desk? = nil, since: String? = nil) throws -> [String] {
        let checkpoint = try Checkpoint(reading: (desk ?? self.desk).path)
        return try Spending(in: checkpoint, since: since.flatMap { Timestamp($0) })
            .lines.map(\.text)
    }

    private func wrong(_ desk: Desk? = nil) throws -> [String] {
        try Check(try (desk ?? self.desk).open()).invariants(quick: false)
            .filter { !$0.isFine }.map(\.what)
    }

    @Test("a transcript is a row, with the run; marked again it adds none, made again it does")
    func once() throws {
        try desk.mark(.transcribe, line(1, made()), line(2, made()), line(1, made()))
        try desk.mark(.transcribe, line(1, made()))
        let first = "rc:1|transcribe|deepgram|nova-3|360.0|36.0|0.25|2026-11-20T06:40:00.000Z"
        let second = first.replacing("rc:1", with: "rc:2")
        #expect(try desk.sqlite3(rows) == "\(first)\n\(second)")
        #expect(
            try desk.sqlite3(
                "SELECT count(*) FROM ledger JOIN runs ON runs.number = run") == "2")
        try desk.mark(.transcribe, line(1, made("whisper.cpp", at: "2026-11-21T07:40:00+01:00")))
        #expect(
            try desk.sqlite3(rows + " DESC LIMIT 1")
                == "rc:1|transcribe|whisper.cpp|nova-3|360.0|36.0|0.25|2026-11-21T06:40:00.000Z")
        #expect(try desk.sqlite3("SELECT sum(recordings), sum(cost) FROM ledger_sums") == "3|0.75")
        #expect(try wrong() == [])
    }

    @Test("what was spent counts also when this stage or a later one failed after that")
    func failed() throws {
        try desk.mark(.transcribe, line(1, "\(made()),\(error("upload", "item", "quota"))"))
        try desk.mark(.transcribe, line(2, "\(made()),\(error("transcribe", "item", "engine"))"))
        // The same transcript comes by with the failure of another try.
        try desk.mark(.transcribe, line(3, made()))
        try desk.mark(.transcribe, line(3, "\(made()),\(error("transcribe", "item", "engine"))"))
        #expect(
            try desk.sqlite3("SELECT id FROM ledger JOIN calls AS c ON c.number = call ORDER BY 1")
                == "rc:1\nrc:2\nrc:3")
        #expect(try desk.outcome("rc:2", .transcribe).hasPrefix("failed"))
    }

    @Test("the row is durable with its outcome, or neither is there")
    func together() throws {
        let checkpoint = try desk.open()
        let mark = try Mark(.transcribe, in: checkpoint)
        struct Killed: Error {}
        #expect(throws: Killed.self) {
            try checkpoint.transaction {
                try withLine(line(1, made())) { try mark.note($0) }
                throw Killed()
            }
        }
        #expect(try desk.sqlite3("\(rows); \(sums); SELECT * FROM outcomes") == "")
        try checkpoint.transaction { try withLine(line(1, made())) { try mark.note($0) } }
        #expect(try desk.sqlite3("SELECT count(*) FROM ledger") == "1")
    }

    @Test(
        "no provenance, no row; and none of what another stage marks",
        arguments: [
            transcript, #""transcript":null"#, #""transcript":"provenance""#,
            #""transcript":{"provenance":null}"#, #""transcript":{"provenance":"x"}"#,
            #""transcript":{"text":"\"provenance\":{}"}"#,
        ])
    func none(_ member: String) throws {
        try desk.mark(.transcribe, line(1, member))
        for stage in Stage.allCases where stage != .transcribe {
            try desk.mark(stage, line(2, made()))
        }
        #expect(try desk.sqlite3("SELECT count(*) FROM ledger") == "0")
    }

    @Test(
        "what is not said, or is no amount, is null; a call without times has one row",
        arguments: [
            (made("e", nil, at: nil, #""version":"1""#), "e|||||"),
            (made("e", nil, at: "now", #""seconds":"1","wall":-2,"cost":1e300"#), "e|||||"),
            (made("e", nil, at: "12:00", #""seconds":[],"wall":null,"cost":0"#), "e||||0.0|"),
            (#""transcript":{"engine":7,"provenance":{"seconds":1}}"#, "||1.0|||"),
        ])
    func unknown(_ member: String, _ expected: String) throws {
        for _ in 0..<2 { try desk.mark(.transcribe, line(1, member)) }
        #expect(
            try desk.sqlite3("SELECT engine, model, seconds, wall, cost, at FROM ledger")
                == expected)
        #expect(try wrong() == [])
    }

    @Test("sums are by engine and model, with a total; ratios are of what is known")
    func byEngine() throws {
        try desk.mark(
            .transcribe, line(1, made()), line(2, made()),
            line(3, made("whisper.cpp", "base.en", #""seconds":720,"wall":180"#)),
            line(4, made("deepgram", "nova-3", #""seconds":720"#)), line(5, made("odd", nil, "")))
        let expected = """
            {"what":"engine","engine":"deepgram","model":"nova-3","recordings":3,"hours":0.4,\
            "wall_hours":0.02,"real_time_factor":0.1,"cost":0.5,"cost_per_hour":2.5}
            {"what":"engine","engine":"odd","model":null,"recordings":1,"hours":0}
            {"what":"engine","engine":"whisper.cpp","model":"base.en","recordings":1,\
            "hours":0.2,"wall_hours":0.05,"real_time_factor":0.25}
            {"what":"total","recordings":5,"hours":0.6,"wall_hours":0.07,\
            "real_time_factor":0.175,"cost":0.5,"cost_per_hour":2.5}
            """
        #expect(try spending().joined(separator: "\n") == expected)
    }

    @Test("a time limits them to the millisecond, in the middle of an hour and at its ends")
    func since() throws {
        let times = [
            "05:59:59.999", "06:00:00.000", "06:30:00.000", "06:59:59.999", "07:00:00.000",
        ]
        for (index, time) in times.enumerated() {
            try desk.mark(.transcribe, line(index, made(at: "2026-11-20T\(time)Z")))
        }
        try desk.mark(.transcribe, line(9, made(at: nil)))
        for (since, count) in [
            ("05:00:00", 5), ("05:59:59.999", 5), ("06:00:00", 4), ("06:30:00", 3),
            ("06:30:00.001", 2), ("06:59:59.999", 2), ("07:00:00", 1), ("07:00:00.001", 0),
        ] {
            let last = try spending(since: "2026-11-20T\(since)Z").last
            #expect(last?.contains(#""recordings":\#(count),"#) == true, "\(since)")
        }
        #expect(try spending().last?.contains(#""recordings":6,"#) == true)
    }

    @Test("an empty checkpoint has spent nothing")
    func empty() throws {
        try desk.mark(.transcribe, line(1))
        #expect(try spending() == [#"{"what":"total","recordings":0,"hours":0}"#])
    }

    @Test("sums follow what somebody changes by hand")
    func byHand() throws {
        try desk.mark(.transcribe, line(1, made()), line(2, made()), line(3, made()))
        _ = try desk.sqlite3(
            """
            UPDATE ledger SET cost = 1, model = NULL WHERE call = 1;
            DELETE FROM ledger WHERE call = 2
            """)
        #expect(try wrong() == [])
        #expect(
            try desk.sqlite3(sums)
                == "deepgram||2026-11-20T06|1|360.0|36.0|1.0|360.0|360.0\n"
                + "deepgram|nova-3|2026-11-20T06|1|360.0|36.0|0.25|360.0|360.0")
        #expect(try spending().count == 3)
    }

    @Test("the story of a recording has each time that it was paid, and no other's")
    func story() throws {
        try desk.mark(.transcribe, line(1, made()), line(2, made("other")))
        try desk.mark(
            .transcribe,
            line(1, made("whisper.cpp", nil, at: "2026-11-21T06:40:00Z", #""seconds":1"#)))
        let history = try History(of: "rc:1", in: Checkpoint(reading: desk.path))
        let told = history.events.filter { $0.what == "ledger" }.map { $0.json(of: "rc:1").text }
        #expect(told.count == 2)
        #expect(
            told[0].hasPrefix(
                #"{"id":"rc:1","time":"2026-11-20T06:40:00.000Z","event":"ledger","#
                    + #""stage":"transcribe","engine":"deepgram","model":"nova-3","#
                    + #""seconds":360,"wall":36,"cost":0.25,"run":""#))
        #expect(told[1].contains(#""engine":"whisper.cpp","seconds":1,"run":"#))
    }

    @Test("erasing takes the call out of its rows, and leaves every sum as it was")
    func erased() throws {
        try desk.mark(.transcribe, line(1, made()), line(2, made()))
        let before = try (desk.sqlite3(sums), spending(), spending(since: "2026-11-20T06:10:00Z"))
        let data = try DataDirectory(desk.directory.appending(path: "data").path)
        let erasure = try Erasure(desk.open(), data: data, because: "request 17")
        try erasure.erase("rc:1")
        try erasure.certify { _ in }
        #expect(
            try desk.sqlite3("SELECT call, run IS NULL, cost FROM ledger ORDER BY number")
                == "|1|0.25\n2|0|0.25")
        let after = try (desk.sqlite3(sums), spending(), spending(since: "2026-11-20T06:10:00Z"))
        #expect(after == before)
        #expect(try wrong() == [])
        // A late mark brings nothing back.
        try desk.mark(.transcribe, line(1, made()))
        #expect(try spending() == before.1)
    }

    @Test("a row of no call, or of an erased one, is found, and kept without its call")
    func orphans() throws {
        try desk.mark(.transcribe, line(1, made()), line(2, made()))
        let what = "rows of the ledger without their call, or of one that was erased"
        for sql in [
            "UPDATE ledger SET call = 99 WHERE call = 1",
            "UPDATE calls SET erased_at = '2026-11-20T07:00:00.000Z' WHERE number = 2",
        ] {
            let before = try spending()
            _ = try desk.sqlite3(sql)
            #expect(try wrong() == [what])
            let repairs = try Check(desk.open()).repair()
            #expect(repairs.contains { $0.what == what })
            #expect(try wrong() == [])
            #expect(try spending() == before)
        }
        #expect(try desk.sqlite3("SELECT count(*), count(call), count(run) FROM ledger") == "2|0|0")
    }

    @Test(
        "sums that are wrong are found and counted anew",
        arguments: [
            "DELETE FROM ledger_sums", "UPDATE ledger_sums SET cost = cost + 0.01",
            "UPDATE ledger_sums SET recordings = 7", "UPDATE ledger_sums SET cost = NULL",
            "INSERT INTO ledger_sums VALUES ('x', '', '', 1, 1, 1, 1, 1, 1)",
        ])
    func sumsAnew(_ sql: String) throws {
        try desk.mark(.transcribe, line(1, made()), line(2, made("whisper.cpp", nil, "")))
        let before = try desk.sqlite3(sums)
        _ = try desk.sqlite3(sql)
        #expect(try wrong() == ["sums that are not those of the ledger"])
        _ = try Check(desk.open()).repair()
        #expect(try wrong() == [])
        #expect(try desk.sqlite3(sums) == before)
    }
}
