// ConvergenceTests: whatever happens in whatever order, the work gets done and nothing is lost.
import CheckpointSupport
import Testing

@testable import Checkpoint

/// A generator with a seed, so that a failure comes again.
private struct Seeded: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        // SplitMix64.
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

@Suite struct ConvergenceTests {
    private static let work: [(Stage, String)] = [
        (.fetch, "audio"), (.transcribe, "transcript"), (.reserve, "uploads"), (.upload, "stored"),
    ]

    /// A pipe that ends or fails at a random place, any number of times.
    @Test("random runs, faults and repetitions end with every stage done", arguments: 1...6)
    func converges(_ seed: UInt64) throws {
        var random = Seeded(state: seed)
        let desk = Desk()
        let calls = 1...5
        var clock = 0
        for _ in 0..<12 {
            try run(
                desk, calls.map { line($0) }.shuffled(using: &random), &random, &clock, faults: 40)
            try checkLaws(desk)
        }
        try run(desk, calls.map { line($0) }, &random, &clock, faults: 0)
        let lines = calls.map { line($0) }
        #expect(try desk.todo(.upload, failedToo: true, earlyToo: true, lines) == [])
        for number in calls {
            let members = #""audio":1,"transcript":1,"uploads":{"drive":\#(number)},"stored":1"#
            #expect(try desk.record("rc:\(number)") == line(number, members))
        }
        #expect(
            try desk.sqlite3(
                "SELECT DISTINCT status FROM stages WHERE stage <> 'insights'") == "completed")
    }

    private func run(
        _ desk: Desk, _ lines: [String], _ random: inout Seeded, _ clock: inout Int, faults: Int
    ) throws {
        var records = try desk.todo(.upload, failedToo: true, earlyToo: true, lines)
        for (stage, member) in ConvergenceTests.work {
            records = records.map { text in
                if text.contains(#""error""#) || text.contains("\"\(member)\"") { return text }
                if Int.random(in: 0..<100, using: &random) < faults {
                    clock += 1
                    let scope = Bool.random(using: &random) ? "item" : "temporary"
                    let kind = Bool.random(using: &random) ? "network" : "rate_limit"
                    // Later than every success so far, as in a run that goes on.
                    let time = "2999-01-01T00:00:00.\(String(1000 + clock % 1000).dropFirst())Z"
                    return text.dropLast() + "," + error(stage.rawValue, scope, kind, at: time)
                        + "}"
                }
                // The id that was reserved is the call's own, whatever happens.
                let native = text.split(separator: #"""#)[3].dropFirst(3)
                let value = member == "uploads" ? #"{"drive":\#(native)}"# : "1"
                return text.dropLast() + #","\#(member)":\#(value)}"#
            }
            // Killed before this mark.
            if Int.random(in: 0..<100, using: &random) < faults / 4 { return }
            for text in records {
                try desk.mark(stage, text)
                if Int.random(in: 0..<100, using: &random) < faults { try twice(desk, stage, text) }
            }
        }
    }

    private func twice(_ desk: Desk, _ stage: Stage, _ text: String) throws {
        let once = try desk.dump()
        try desk.mark(stage, text)
        #expect(try desk.dump() == once)
    }

    private func checkLaws(_ desk: Desk) throws {
        let laws = [
            "SELECT count(*) FROM calls WHERE record LIKE '%\"error\"%'",
            "SELECT count(*) FROM stages WHERE status = 'failed' AND error_class IS NOT 'item' AND attempts <= 3",
            "SELECT count(*) FROM stages WHERE status = 'completed' AND error_kind IS NOT NULL",
            "SELECT count(*) FROM stages WHERE status = 'completed' AND attempts < 1",
            """
            SELECT count(*) FROM stages AS s JOIN calls AS c ON c.id = s.call_id
            WHERE s.stage = 'fetch' AND s.status = 'completed' AND c.record NOT LIKE '%"audio"%'
            """,
        ]
        let broken = try desk.sqlite3("SELECT " + laws.map { "(\($0))" }.joined(separator: " + "))
        #expect(broken == "0")
    }
}
