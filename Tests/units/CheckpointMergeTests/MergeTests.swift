// MergeTests: another checkpoint becomes part of this one, once, and nothing is lost or made up.
import CheckpointSchema
import CheckpointRetention
import CheckpointSupport
import Foundation
import Records
import Testing

@testable import Checkpoint
@testable import CheckpointMerge

struct MergeTests {
    private let here: Desk
    private let there: Desk

    init() throws {
        here = Desk()
        there = Desk()
    }

    @discardableResult
    private func merge(_ path: String? = nil) throws -> (tally: Merge.Tally, told: [Merge.Conflict])
    {
        var told: [Merge.Conflict] = []
        let tally = try Merge(into: try here.open())
            .merge(path ?? there.path, goesOn: { true }) { told.append($0) }
        return (tally, told)
    }

    private func everything() throws -> String {
        try here.sqlite3(
            """
            SELECT * FROM calls; SELECT * FROM outcomes; SELECT * FROM errors; SELECT * FROM runs;
            SELECT * FROM batches; SELECT * FROM holds; SELECT * FROM audit; SELECT * FROM tallies
            WHERE count > 0
            """)
    }

    private func upload(_ id: String) -> String {
        #""uploads":{"drive":{"audio":{"id":"\#(id)"}}}"#
    }

    @Test("What is not known is added with outcomes, errors, batches and runs; twice is once")
    func adds() throws {
        try here.mark(.fetch, line(1, audio))
        try there.mark(.fetch, batch: "monday", line(2, audio))
        try there.mark(.transcribe, line(2, error("transcribe", "temporary", "engine")))
        let runOfFetch = """
            SELECT r.id FROM outcomes AS o JOIN runs AS r ON r.number = o.run
            JOIN calls AS c ON c.number = o.call WHERE c.id = 'rc:2' AND o.stage = 'fetch'
            """
        let first = try merge()
        #expect(first.tally.added == 1 && first.tally.errors == 1 && first.told.isEmpty)
        #expect(try here.outcome("rc:2", .fetch) == "completed|1||")
        #expect(try here.outcome("rc:2", .transcribe) == "pending|1|temporary|engine")
        #expect(try here.record("rc:2").contains(audio))
        #expect(try here.sqlite3("SELECT 1 FROM batches WHERE name = 'monday'") == "1")
        #expect(try here.sqlite3(runOfFetch) == there.sqlite3(runOfFetch))
        let before = try everything()
        let second = try merge()
        #expect(second.tally == Merge.Tally())
        #expect(try everything() == before)
    }

    @Test("Completed beats the rest; later beats earlier; a member comes from the side that won")
    func outcomes() throws {
        let other = #""audio":{"path":"audio/1.mp3","bytes":8}"#
        try here.mark(.fetch, line(1, audio), line(2, audio))
        try there.mark(.fetch, line(1, other), line(2, other))
        for (desk, id, time) in [
            (here, 1, "05"), (there, 1, "06"), (here, 2, "06"), (there, 2, "05"),
        ] {
            _ = try desk.sqlite3(
                """
                UPDATE outcomes SET finished_at = '2024-02-\(time)T00:00:00.000Z'
                WHERE call = (SELECT number FROM calls WHERE id = 'rc:\(id)')
                """)
        }
        try here.mark(.transcribe, line(1, error("transcribe", "item", "engine")))
        try there.mark(.transcribe, line(1, transcript))
        try here.mark(.transcribe, line(2, transcript))
        try there.mark(.transcribe, line(2, error("transcribe", "item", "engine")))
        try merge()
        #expect(try here.record("rc:1").contains(other))
        #expect(try here.record("rc:1").contains(transcript))
        #expect(try here.record("rc:2").contains(audio))
        #expect(try here.record("rc:2").contains(transcript))
        for id in ["rc:1", "rc:2"] {
            #expect(try here.outcome(id, .transcribe).hasPrefix("completed|"))
        }
    }

    @Test("What a redaction took out of one side does not come back from the other")
    func redacted() throws {
        func text(_ words: String) -> String { #""transcript":{"path":"t","text":"\#(words)"}"# }
        try here.mark(.transcribe, line(1, text("card 4111")), line(2, text("card [CARD]")))
        try here.mark(.redact, line(2, text("card [CARD]") + #","redaction":{"counts":{}}"#))
        try there.mark(.transcribe, line(1, text("card [CARD]")), line(2, text("card 4111")))
        try there.mark(.redact, line(1, text("card [CARD]") + #","redaction":{"counts":{}}"#))
        try merge()
        let records = try here.sqlite3("SELECT record FROM calls")
        #expect(!records.contains("4111"))
        #expect(records.components(separatedBy: "[CARD]").count == 3)
    }

    @Test("Of two that are not completed the one that was tried more often counts")
    func attempts() throws {
        func fail(_ desk: Desk, _ id: Int, _ times: Int) throws {
            for day in 1...times {
                try desk.mark(
                    .fetch,
                    line(id, error("fetch", "temporary", "server", at: "2024-02-0\(day)T00:00:00Z"))
                )
            }
        }
        try fail(here, 1, 1)
        try fail(there, 1, 2)
        try fail(here, 2, 2)
        try fail(there, 2, 1)
        try here.mark(.fetch, status: .pending, line(3))
        try there.mark(.fetch, status: .skipped, line(3))
        try merge()
        #expect(try here.outcome("rc:1", .fetch) == "pending|2|temporary|server")
        #expect(try here.outcome("rc:2", .fetch) == "pending|2|temporary|server")
        #expect(try here.outcome("rc:3", .fetch) == "skipped|0||")
        #expect(try here.sqlite3("SELECT count(*) FROM errors") == "4")
    }

    @Test("A recording that was stored twice is a conflict, told each time, and what is here stays")
    func conflicts() throws {
        try here.mark(.upload, line(1, upload("a")), line(2, upload("same")))
        try there.mark(.upload, line(1, upload("b")), line(2, upload("same") + #","note":1"#))
        _ = try here.sqlite3("UPDATE outcomes SET finished_at = '2124-01-01T00:00:00.000Z'")
        let conflict = Merge.Conflict(
            id: "rc:1", what: "uploads.drive.audio.id", here: "a", there: "b", keepsTheirs: false)
        #expect(try merge().told == [conflict])
        #expect(try merge().told == [conflict])
        #expect(try here.record("rc:1").contains(upload("a")))
        #expect(try here.record("rc:2").contains(#""note":1"#), "what only one says is kept")
    }

    @Test("An id that was only reserved here gives way to a file that is stored there")
    func reserved() throws {
        try here.mark(.reserve, line(1, upload("reserved")))
        try there.mark(.upload, line(1, upload("stored")))
        let told = try merge().told
        #expect(told.map(\.keepsTheirs) == [true])
        #expect(try here.record("rc:1").contains(upload("stored")))
        #expect(try here.outcome("rc:1", .upload) == "completed|1||")
        #expect(try merge().told.isEmpty, "both say the same now")
    }

    @Test("What is erased here stays so; what is erased there alone is told")
    func erasures() throws {
        try here.mark(.fetch, line(1, audio), line(2, audio))
        try there.mark(.fetch, line(1, audio), line(2, audio), line(3, audio))
        try there.mark(.transcribe, line(1, error("transcribe", "item", "engine")))
        let erase =
            "UPDATE calls SET erased_at = '2024-03-01', record = '{\"id\":\"' || id || '\"}'"
        _ = try here.sqlite3("\(erase) WHERE id = 'rc:1'; DELETE FROM outcomes WHERE call = 1")
        _ = try there.sqlite3("\(erase) WHERE id IN ('rc:2', 'rc:3')")
        let told = try merge().told
        #expect(told.map(\.id) == ["rc:2"] && told.map(\.what) == ["erased"])
        #expect(try here.record("rc:1") == #"{"id":"rc:1"}"#)
        #expect(try here.outcome("rc:1", .fetch).isEmpty)
        #expect(try here.sqlite3("SELECT count(*) FROM errors") == "0")
        #expect(try here.record("rc:2").contains(audio))
        #expect(try here.sqlite3("SELECT erased_at FROM calls WHERE id = 'rc:3'") == "2024-03-01")
    }

    @Test("What was fetched by the other's word comes into a queue that is past it")
    func enrols() throws {
        try here.todo(.upload, line(1), line(2))
        #expect(try here.next(.transcribe) == [])
        try there.mark(.fetch, line(1, audio))
        try merge()
        #expect(try here.next(.transcribe) == ["rc:1"])
        let before = try everything()
        try merge()
        #expect(try everything() == before)
    }

    @Test("Holds are united, and a release on one side is a release")
    func holds() throws {
        try here.mark(.fetch, line(1), line(2))
        try there.mark(.fetch, line(2), line(1))
        let hold = "INSERT INTO holds(call, reason, since, released_at) SELECT number"
        _ = try here.sqlite3("\(hold), 'a', '2024-01-01', NULL FROM calls WHERE id = 'rc:1'")
        _ = try there.sqlite3(
            """
            \(hold), 'a', '2024-01-01', '2024-02-01' FROM calls WHERE id = 'rc:1';
            \(hold), 'b', '2024-01-02', NULL FROM calls WHERE id = 'rc:2'
            """)
        try merge()
        let shown = """
            SELECT c.id, h.reason, h.released_at FROM holds AS h
            JOIN calls AS c ON c.number = h.call ORDER BY 1
            """
        #expect(try here.sqlite3(shown) == "rc:1|a|2024-02-01\nrc:2|b|")
        #expect(try merge().tally == Merge.Tally())
    }

    @Test("A hold for another reason than ours is told, and comes when ours is released")
    func heldTwice() throws {
        for (desk, reason) in [(here, "a"), (there, "b")] {
            try desk.mark(.fetch, line(1))
            let checkpoint = try desk.open()
            _ = try checkpoint.transaction {
                try Holds(checkpoint).hold("rc:1", because: reason)
            }
        }
        let told = Merge.Conflict(
            id: "rc:1", what: "held", here: "a", there: "b", keepsTheirs: false)
        #expect(try merge().told == [told])
        #expect(try merge().told == [told])
        let standing = "SELECT reason FROM holds WHERE released_at IS NULL"
        #expect(try here.sqlite3(standing) == "a")
        let checkpoint = try here.open()
        _ = try checkpoint.transaction {
            try Holds(checkpoint).release("rc:1", because: nil)
        }
        #expect(try merge().told == [])
        #expect(try here.sqlite3(standing) == "b")
    }

    @Test("The chain gets one line with the other's head")
    func audit() throws {
        try there.mark(.fetch, line(1, audio))
        let head = try there.sqlite3("SELECT hash FROM audit ORDER BY number DESC LIMIT 1")
        try merge()
        try merge()
        let lines = try here.sqlite3("SELECT detail FROM audit WHERE action = 'merged'")
        let wanted = head.isEmpty ? Audit.beginning : head
        #expect(lines.contains(#""head":"\#(wanted)""#) && !lines.contains("\n"))
    }

    @Test("A file of an earlier version is brought up in a copy; the file is not touched")
    func earlier() throws {
        try there.mark(.fetch, line(9))
        let before = try there.sqlite3(".dump")
        do {
            let source = try MergeSource(there.path, beside: here.path, schema: .madeUp) { true }
            let copy = try Database(source.path, busyTimeout: .zero)
            #expect(try copy.value("PRAGMA user_version") == "\(Schema.madeUp.version)")
            #expect(try copy.value("SELECT id FROM made_up") == "rc:9")
        }
        #expect(try there.sqlite3(".dump") == before)
        #expect(try there.sqlite3("PRAGMA user_version") == "\(Schema.current.version)")
        let left = try FileManager.default.contentsOfDirectory(atPath: here.directory.path)
        #expect(!left.contains { $0.contains("merge") })
    }

    @Test("A dry run copies the other file elsewhere than beside the checkpoint")
    func copyElsewhere() throws {
        try here.mark(.fetch, line(1))
        try there.mark(.fetch, line(2))
        let other = Desk()
        let elsewhere = other.directory
        var copies: Set<String> = []
        let merge = Merge(into: try here.open(), copyingTo: elsewhere.path)
        let tally = try merge.merge(
            there.path,
            goesOn: {
                for place in [here.directory.path, elsewhere.path] {
                    let names = try? FileManager.default.contentsOfDirectory(atPath: place)
                    copies.formUnion(
                        (names ?? []).filter { $0.contains("merge-") }.map {
                            "\(place)/\($0.prefix { $0 != "-" })"
                        })
                }
                return true
            }
        ) { _ in }
        #expect(tally.added == 1)
        #expect(copies == ["\(elsewhere.path)/callpipe.merge"])
        #expect(try FileManager.default.contentsOfDirectory(atPath: elsewhere.path) == [])
    }

    @Test("Nothing comes from a broken file, an empty one, another program's or a newer one")
    func refused() throws {
        try here.mark(.fetch, line(1))
        let before = try everything()
        try there.mark(.fetch, line(1))
        _ = try there.sqlite3(
            """
            WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < 2000)
            INSERT INTO calls(id, source, seen_at, updated_at, record)
              SELECT 'rc:' || i, 'ringcentral', 'a', 'b', '{"id":"rc:' || i || '"}' FROM n;
            PRAGMA wal_checkpoint(TRUNCATE)
            """)
        var bytes = try Data(contentsOf: URL(filePath: there.path))
        // The head of a page: a change of what stands inside a record is no broken page.
        let middle = bytes.count / 2 / 8192 * 8192
        bytes.replaceSubrange(middle..<(middle + 4096), with: Data(repeating: 0xA5, count: 4096))
        let broken = there.directory.appending(path: "broken.db")
        try bytes.write(to: broken)
        let empty = there.directory.appending(path: "empty.db")
        try Data().write(to: empty)
        let foreign = there.directory.appending(path: "foreign.db")
        try Data().write(to: foreign)
        try Database(foreign.path, busyTimeout: .zero).execute("CREATE TABLE t(x)")
        let newer = there.directory.appending(path: "newer.db")
        try FileManager.default.copyItem(atPath: there.path, toPath: newer.path)
        try Database(newer.path, busyTimeout: .zero).execute("PRAGMA user_version = 99")
        for (file, kind) in [
            (broken, Failure.Kind.integrity), (empty, .input), (foreign, .configuration),
            (newer, .configuration), (there.directory.appending(path: "none.db"), .storage),
        ] {
            let failure = #expect(throws: Failure.self, "\(file.path)") { try merge(file.path) }
            #expect(failure?.kind == kind, "\(file.path)")
        }
        #expect(try everything() == before)
    }
}
