// FiguresTests: the figures for monitoring, from counts that triggers keep.
import CheckpointSchema
import CheckpointSupport
import Foundation
import Records
import Testing

@testable import Checkpoint
@testable import CheckpointFigures

@Suite struct FiguresTests {
    let desk = Desk()

    private func read() throws -> Checkpoint {
        let checkpoint = try Checkpoint(reading: desk.path)
        checkpoint.processGroup.boot = UUID().uuidString
        return checkpoint
    }

    @Test("the queue is counted by stage, and what is done by the hour")
    func queue() throws {
        try desk.mark(
            .fetch, line(1, audio), line(2, audio), line(3, error("fetch", "item", "gone")))
        try desk.todo(.upload, line(4), line(5))
        let queue = try QueueFigures(in: read())
        #expect(queue.lines.map(\.stage) == [.fetch, .upload])
        #expect((queue.pending, queue.failed, queue.processing) == (2, 1, 0))
        // Both were done within the clock hour of now, or in the part of the one before that counts.
        #expect((1...2).contains(queue.completedLastHour))
        #expect(queue.lines[0].completed == 2)
    }

    @Test("of the earlier clock hour, the part within the last hour counts")
    func lastHour() throws {
        try desk.mark(.fetch, line(1, audio))
        let hours = [-7200.0, -3600, 0].map {
            String(Timestamp.now.adding(seconds: $0).text.prefix(13))
        }
        _ = try desk.sqlite3(
            "DELETE FROM tallies; INSERT INTO tallies VALUES"
                + hours.map { "('fetch', 'completed', '\($0)', 3600)" }.joined(separator: ", "))
        let before = Timestamp.now
        let queue = try QueueFigures(in: read())
        let after = Timestamp.now
        func expected(_ time: Timestamp) -> Int {
            7200 - Int(time.seconds.truncatingRemainder(dividingBy: 3600).rounded())
        }
        guard hours[2] == String(after.text.prefix(13)) else { return }
        #expect((expected(after) - 1...expected(before) + 1).contains(queue.completedLastHour))
    }

    @Test("stage times are counted once, and a mark that changes nothing adds none")
    func times() throws {
        try desk.todo(.fetch, line(1), line(2), line(3))
        for (number, seconds) in [(1, 0.4), (2, 7), (3, 4000)] {
            _ = try desk.sqlite3(
                """
                UPDATE outcomes SET status = 'completed', finished_at = '2026-11-29T10:00:0\(number).000Z',
                  seconds = \(seconds) WHERE call = \(number) AND stage = 'fetch'
                """)
        }
        // The same again.
        try desk.mark(.fetch, line(1, audio), line(2, audio))
        let times = try StageTimes(in: read())
        #expect(times.stages.map(\.stage) == [.fetch])
        let histogram = try #require(times.stages.first?.times)
        #expect(histogram.counts == [0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 1])
        #expect(histogram.cumulative.last == 3 && histogram.count == 3)
        #expect(histogram.seconds == 4007.4)
        #expect(times.all.count == 3)
        let none = try StageTimes(in: read(), since: Timestamp("2026-11-29T11:00:00Z"))
        #expect(none.stages.isEmpty && none.all.mean == nil)
    }

    @Test("hours of long ago become one row a limit, and their sums stay")
    func folding() throws {
        _ = try desk.todo(.fetch, (1...6).map { line($0) })
        let ends = ["01T10", "01T11", "02T10", "03T12", "03T12", "09T10"]
        for (index, end) in ends.enumerated() {
            _ = try desk.sqlite3(
                """
                UPDATE outcomes SET status = 'completed', finished_at = '2026-01-\(end):00:00.000Z',
                  seconds = \(index + 1) WHERE call = \(index + 1) AND stage = 'fetch'
                """)
        }
        #expect(
            try desk.sqlite3("SELECT hour, up_to, count, seconds FROM stage_times")
                == "|1.0|1|1.0\n|2.0|1|2.0\n|5.0|3|12.0\n2026-01-09T10|10.0|1|6.0")
        #expect(try StageTimes(in: read()).all.count == 6)
        #expect(try StageTimes(in: read()).all.seconds == 21)
    }

    @Test("a percentile lies between the limits of its place")
    func percentiles() {
        var histogram = StageTimes.Histogram()
        #expect(histogram.percentile(0.5) == nil)
        histogram.counts[2] = 100
        #expect(histogram.percentile(0.5) == 0.75)
        #expect(histogram.percentile(1) == 1)
        histogram.counts[10] = 100
        #expect(histogram.percentile(0.99) == 1800)
        #expect(histogram.percentile(0.25) == 0.75)
    }

    @Test("errors are counted by stage, severity and category; those of the last hour exactly")
    func errors() throws {
        try desk.mark(
            .fetch, line(1, error("fetch", "item", "gone")),
            line(2, error("fetch", "temporary", "network")),
            line(3, error("fetch", "temporary", "network", at: Timestamp.now.text)))
        let counts = try ErrorCount.all(in: read())
        #expect(counts.map(\.count).reduce(0, +) == 3)
        #expect(counts[0].count == 2 && counts[0].stage == "fetch")
        let rows = try desk.sqlite3(
            "SELECT stage, severity, category, count(*) FROM errors GROUP BY 1, 2, 3 ORDER BY 4 DESC"
        )
        #expect(
            counts.map { "\($0.stage ?? "")|\($0.severity)|\($0.category)|\($0.count)" }
                .joined(separator: "\n") == rows)
        // The marking of the same records again adds none.
        try desk.mark(.fetch, line(1, error("fetch", "item", "gone")))
        #expect(try ErrorCount.all(in: read()).map(\.count).reduce(0, +) == 3)
        let recent = try ErrorFigures(in: read())
        #expect((recent.lastHour, recent.critical) == (1, 0))
        #expect(
            try ErrorCount.all(in: read(), since: Timestamp.now.adding(seconds: -86_400))
                .map(\.count) == [1])
    }

    private func run(
        _ number: Int, _ name: String?, _ begin: String, _ end: String?, _ status: Int?
    )
        throws
    {
        let values = [name, begin, end].map { $0.map { "'\($0)'" } ?? "NULL" }
        _ = try desk.sqlite3(
            """
            INSERT INTO runs(id, name, started_at, finished_at, exit_status)
            VALUES ('r\(number)', \(values.joined(separator: ", ")), \(status.map(String.init) ?? "NULL"))
            """)
    }

    @Test("a task's last success is that of status 0 or 1, whatever came later")
    func tasks() throws {
        _ = try desk.open()
        try run(1, "daily", "2026-01-01T02:00:00.000Z", "2026-01-01T03:00:00.000Z", 1)
        try run(2, "daily", "2026-01-02T02:00:00.000Z", "2026-01-02T03:00:00.000Z", 75)
        try run(3, "daily", "2026-01-03T02:00:00.000Z", nil, nil)
        try run(4, "backup", "2026-01-02T03:00:00.000Z", "2026-01-02T03:01:00.000Z", 69)
        try run(5, nil, "2026-01-02T04:00:00.000Z", "2026-01-02T04:01:00.000Z", 0)
        let tasks = try TaskFigures(in: read()).tasks
        #expect(tasks.map(\.name) == ["backup", "daily"])
        #expect(tasks[0].lastSuccess == nil && tasks[0].lastStatus == 69)
        #expect(tasks[1].lastSuccess?.text == "2026-01-01T03:00:00.000Z")
        #expect(tasks[1].lastEnd.text == "2026-01-02T03:00:00.000Z" && tasks[1].lastStatus == 75)
    }

    @Test("a pause of more than 26 hours begins the schedule anew")
    func schedule() throws {
        _ = try desk.open()
        #expect(try TaskFigures(in: read()).since == nil)
        try run(1, nil, "2026-01-01T02:00:00.000Z", nil, nil)
        try run(2, nil, "2026-01-02T03:59:00.000Z", nil, nil)
        // A row that comes late, as from a merge, is no pause.
        try run(3, nil, "2026-01-01T12:00:00.000Z", nil, nil)
        #expect(try TaskFigures(in: read()).since?.text == "2026-01-01T02:00:00.000Z")
        #expect(try TaskFigures(in: read()).lastBegin?.text == "2026-01-02T03:59:00.000Z")
        try run(4, nil, "2026-01-03T06:00:00.000Z", nil, nil)
        try run(5, nil, "2026-01-04T02:00:00.000Z", nil, nil)
        #expect(try TaskFigures(in: read()).since?.text == "2026-01-03T06:00:00.000Z")
    }

    @Test("the last result of a check takes the place of the one before")
    func notes() throws {
        let at = try #require(Timestamp("2026-01-01T02:00:00Z"))
        let first = CheckNote(
            "drive", status: "fail", at: at, latency: nil, detail: "it is gone", remedy: "share it")
        let second = CheckNote(
            "drive", status: "pass", at: at.adding(seconds: 60), latency: 0.25, detail: "there",
            remedy: "")
        try CheckNotes.keep([first], in: desk.open())
        #expect(try CheckNotes.all(in: read()) == [first])
        try CheckNotes.keep([second], in: desk.open())
        #expect(try CheckNotes.all(in: read()) == [second])
    }

    @Test("a file of version 1 gets the counts and the schedule that it would have had")
    func migration() throws {
        let old = Schema(steps: Array(Schema.current.steps.prefix(1)))
        _ = try Checkpoint(desk.path, schema: old)
        _ = try desk.sqlite3(
            """
            INSERT INTO errors(time, stage, severity, category, message) VALUES
              ('2026-01-01T02:00:00.000Z', 'fetch', 'error', 'gone', 'x'),
              ('2026-01-01T02:10:00.000Z', 'fetch', 'error', 'gone', 'y');
            INSERT INTO runs(id, started_at) VALUES ('a', '2026-01-01T02:00:00.000Z'),
              ('b', '2026-01-05T02:00:00.000Z'), ('c', '2026-01-06T02:00:00.000Z');
            """)
        _ = try desk.open()
        let figures = try TaskFigures(in: read())
        #expect(figures.since?.text == "2026-01-05T02:00:00.000Z")
        #expect(figures.lastBegin?.text == "2026-01-06T02:00:00.000Z")
        let counts = try ErrorCount.all(in: read())
        #expect(counts.map(\.count) == [2] && counts[0].severity == "HIGH")
    }
}
