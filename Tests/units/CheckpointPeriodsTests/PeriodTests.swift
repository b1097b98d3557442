// PeriodTests: load, times and costs of a span of time, and the course of an incident.
import CheckpointSupport
import Records
import Testing

@testable import Checkpoint
@testable import CheckpointPeriods

@Suite struct PeriodTests {
    private let desk = Desk()
    private let day: Period

    init() throws {
        day = try Self.period("2024-01-15T00:00:00Z", "2024-01-16T00:00:00Z")
        try desk.mark(.fetch, #"{"id":"rc:0"}"#)
        _ = try desk.sqlite3("DELETE FROM outcomes; DELETE FROM calls; DELETE FROM runs")
    }

    private static func period(_ start: String, _ end: String) throws -> Period {
        let first = try #require(Timestamp(start))
        let last = try #require(Timestamp(end))
        return try #require(Period(from: first, to: last))
    }

    private func read<Result>(_ body: (Checkpoint) throws -> Result) throws -> Result {
        let checkpoint = try Checkpoint(reading: desk.path)
        return try checkpoint.reading { try body(checkpoint) }
    }

    /// A call, and its outcome of a stage.
    private func add(
        _ number: Int, began: String, _ stage: String = "upload", _ status: String = "completed",
        finished: String? = nil, seconds: Double = 1, expires: String? = nil
    ) throws {
        func text(_ value: String?) -> String { value.map { "'\($0)'" } ?? "NULL" }
        _ = try desk.sqlite3(
            """
            INSERT OR IGNORE INTO calls(number, id, source, start_time, duration, expires, seen_at,
                updated_at, record)
              VALUES (\(number), 'rc:\(number)', 'rc', '\(began)', 1800, \(text(expires)), '', '', '{}');
            INSERT INTO outcomes(call, stage, status, start_time, finished_at, seconds, expires)
              VALUES (\(number), '\(stage)', '\(status)', '\(began)', \(text(finished)),
                \(seconds), \(text(expires)));
            """)
    }

    @Test("a period has to end after it began")
    func order() {
        #expect(Period(from: day.end, to: day.start) == nil)
        #expect(Period(from: day.start, to: day.start) == nil)
        #expect(day.hours == 24)
    }

    @Test("the load counts calls by their beginning, and work by its end, inside the period only")
    func load() throws {
        for number in 1...3 {
            try add(
                number, began: "2024-01-15T14:0\(number):00.000Z",
                finished: "2024-01-15T15:00:00.000Z")
        }
        try add(4, began: "2024-01-15T23:59:59.999Z", "fetch", "pending")
        try add(5, began: "2024-01-14T23:59:59.999Z", finished: "2024-01-15T16:00:00.000Z")
        try add(6, began: "2024-01-16T00:00:00.000Z", finished: "2024-01-16T00:00:00.000Z")
        try add(
            7, began: "2024-01-10T00:00:00.000Z", "fetch", "failed",
            finished: "2024-01-15T01:00:00.000Z")
        _ = try desk.sqlite3(
            """
            INSERT INTO errors(time, stage, severity, category, kind, message, call_id)
              VALUES ('2024-01-15T12:00:00.000Z', 'upload', 'HIGH', 'API', 'server', 'm', 'rc:1'),
                ('2024-01-16T12:00:00.000Z', 'upload', 'HIGH', 'API', 'server', 'm', 'rc:1'),
                ('2024-01-15T13:00:00.000Z', 'upload', 'LOW', 'PROCESSING', 'lease', 'm', 'rc:2');
            """)
        let load = try read { try Load(of: day, in: $0) }
        #expect((load.calls.count, load.calls.peak, load.calls.busyHours) == (4, 3, 2))
        #expect(load.calls.peakHour == "2024-01-15T14")
        #expect(load.callHours == 2)
        #expect(load.lines.map(\.stage) == [.fetch, .upload])
        #expect(
            (load.lines[0].waiting, load.lines[0].failed, load.lines[0].done.count) == (1, 1, 0))
        let upload = load.lines[1]
        #expect((upload.done.count, upload.done.peak, upload.done.perBusyHour) == (4, 3, 2))
        #expect(upload.errors == 1 && upload.errorRate == 0.2)
    }

    @Test("work and its errors count by the same hours of the clock, and so does their mean")
    func partHours() throws {
        try add(1, began: "2024-01-15T14:00:00.000Z", finished: "2024-01-15T15:10:00.000Z")
        try add(2, began: "2024-01-15T14:00:00.000Z", finished: "2024-01-15T16:10:00.000Z")
        try add(3, began: "2024-01-15T14:00:00.000Z", finished: "2024-01-15T17:00:00.000Z")
        _ = try desk.sqlite3(
            """
            INSERT INTO errors(time, stage, severity, category, kind, message, call_id)
              VALUES ('2024-01-15T14:59:00.000Z', 'upload', 'HIGH', 'API', 'server', 'm', 'rc:1'),
                ('2024-01-15T15:05:00.000Z', 'upload', 'HIGH', 'API', 'server', 'm', 'rc:1'),
                ('2024-01-15T16:59:00.000Z', 'upload', 'HIGH', 'API', 'server', 'm', 'rc:2'),
                ('2024-01-15T17:00:00.000Z', 'upload', 'HIGH', 'API', 'server', 'm', 'rc:3');
            """)
        let span = try Self.period("2024-01-15T15:55:00Z", "2024-01-15T16:55:00Z")
        let load = try read { try Load(of: span, in: $0) }
        #expect((load.lines[0].done.count, load.lines[0].errors, load.workHours) == (2, 2, 2))
        let now = try #require(Timestamp("2024-01-15T16:56:00Z"))
        #expect(span.clockHours(until: now) == 1 + 56.0 / 60)
        #expect(day.clockHours(until: now) == 24)
    }

    @Test("a percentile is right to one percent, of short times and of long ones")
    func percentiles() {
        var times = Distribution()
        #expect(times.percentile(0.5) == nil && times.mean == nil)
        for number in 1...1000 { times.add(Double(number) * 3.7) }
        for (share, right) in [(0.5, 1850.0), (0.95, 3515), (0.99, 3663), (1, 3700), (0, 3.7)] {
            let found = times.percentile(share) ?? 0
            #expect(abs(found - right) <= right * 0.01, "\(share): \(found)")
        }
        #expect(times.most == 3700)
        var short = Distribution()
        short.add(0)
        #expect(short.percentile(0.5) == 0)
    }

    @Test("times are those of work that ended in the period, and of calls to their upload")
    func times() throws {
        try add(
            1, began: "2024-01-15T00:00:00.000Z", finished: "2024-01-15T02:00:00.000Z", seconds: 10)
        try add(
            2, began: "2024-01-14T00:00:00.000Z", finished: "2024-01-14T02:00:00.000Z", seconds: 99)
        try add(
            1, began: "2024-01-15T00:00:00.000Z", "fetch", finished: "2024-01-15T01:00:00.000Z",
            seconds: 4)
        let times = try read { try WorkTimes(of: day, in: $0) }
        #expect(times.stages.map(\.stage) == [.fetch, .upload])
        #expect(times.stages.map(\.seconds.mean) == [4, 10])
        #expect(abs((times.delay.mean ?? 0) - 7200) < 0.01)
    }

    @Test("costs are by month, engine and model, of the months of the period")
    func costs() throws {
        _ = try desk.sqlite3(
            """
            INSERT INTO ledger(call, stage, engine, model, seconds, wall, cost, at) VALUES
              (1, 'transcribe', 'deepgram', 'nova', 3600, 60, 0.75, '2024-01-02T00:00:00.000Z'),
              (2, 'transcribe', 'deepgram', 'nova', 3600, 60, 0.75, '2024-01-15T00:00:00.000Z'),
              (3, 'transcribe', 'whisper.cpp', 'tiny', 7200, 3600, NULL, '2024-01-15T00:00:00.000Z'),
              (4, 'transcribe', 'deepgram', 'nova', 3600, 60, 9, '2023-12-31T23:00:00.000Z'),
              (5, 'transcribe', 'deepgram', 'nova', 3600, 60, 0.5, '2024-01-31T23:00:00.000Z'),
              (6, 'transcribe', 'deepgram', 'nova', 3600, 60, 9, '2024-02-01T00:00:00.000Z');
            """)
        let costs = try read { try Costs(of: day, in: $0) }
        #expect(costs.lines.map(\.engine) == ["deepgram", "whisper.cpp"])
        #expect(costs.lines.map(\.month) == ["2024-01", "2024-01"])
        #expect(costs.lines.map(\.cost) == [2, nil])
        #expect(costs.lines.map(\.hours) == [3, 2])
        #expect(costs.total == 2)
        let january = try Self.period("2024-01-01T00:00:00Z", "2024-02-01T00:00:00Z")
        #expect(try read { try Costs(of: january, in: $0) }.total == 2)
    }

    @Test("requests are told by host, with those that failed and those without an answer")
    func requests() throws {
        _ = try desk.sqlite3(
            """
            INSERT INTO requests(time, tool, process, sequence, method, host, path, status,
                milliseconds) VALUES
              ('2024-01-15T09:00:00.000Z', 'rc-list', 1, 1, 'GET', 'b', '/', 200, 100),
              ('2024-01-15T09:00:00.000Z', 'rc-list', 1, 2, 'GET', 'b', '/', 503, 300),
              ('2024-01-15T09:00:00.000Z', 'rc-list', 1, 3, 'GET', 'a', '/', NULL, 5000),
              ('2024-01-16T09:00:00.000Z', 'rc-list', 1, 4, 'GET', 'b', '/', 200, 100);
            """)
        let requests = try read { try Requests(of: day, in: $0) }
        #expect(requests.lines.map(\.host) == ["a", "b"])
        #expect(requests.lines.map(\.failed) == [1, 1])
        #expect(requests.lines.map(\.seconds.mean) == [5, 0.2])
    }

    @Test("an incident is told in the order of time, each line with its source")
    func incident() throws {
        try add(1, began: "2024-01-15T08:00:00.000Z", "fetch", "pending", expires: "2024-01-15")
        try add(2, began: "2024-01-15T08:00:00.000Z", finished: "2024-01-15T12:00:00.000Z")
        _ = try desk.sqlite3(
            """
            INSERT INTO errors(time, stage, severity, category, kind, message, call_id) VALUES
              ('2024-01-15T09:00:00.000Z', 'fetch', 'MEDIUM', 'NETWORK', 'network', 'no host', 'rc:1'),
              ('2024-01-15T09:30:00.000Z', 'fetch', 'MEDIUM', 'NETWORK', 'network', 'later', 'rc:2'),
              ('2024-01-15T09:31:00.000Z', 'fetch', 'CRITICAL', 'NETWORK', 'network', 'dead', 'rc:2');
            INSERT INTO runs(id, name, started_at, finished_at, exit_status) VALUES
              ('r0', 'daily', '2024-01-15T02:00:00.000Z', '2024-01-15T02:10:00.000Z', 0),
              ('r1', 'daily', '2024-01-15T08:00:00.000Z', '2024-01-15T09:40:00.000Z', 69),
              ('r2', 'daily', '2024-01-15T11:00:00.000Z', '2024-01-15T11:10:00.000Z', 0),
              ('r3', 'daily', '2024-01-15T12:00:00.000Z', '2024-01-15T12:10:00.000Z', 0),
              ('r4', 'retry', '2024-01-15T10:00:00.000Z', NULL, NULL),
              ('r5', 'gaps', '2024-01-14T05:00:00.000Z', '2024-01-15T08:30:00.000Z', 70),
              ('r6', 'gaps', '2024-01-14T05:00:00.000Z', '2024-01-14T08:30:00.000Z', 70);
            INSERT INTO alerts(rule, name, level, priority, respond_within, state, first_true,
                last_eval, fired_at,
                resolved_at, message, acknowledged_at, note)
              VALUES ('errors', 'Errors', 'critical', 'P1', 3600, 'resolved', '2024-01-15T09:00:00.000Z',
                '2024-01-15T11:30:00.000Z', '2024-01-15T09:35:00.000Z', '2024-01-15T11:30:00.000Z',
                'too many errors', '2024-01-15T09:50:00.000Z', 'on it'),
                ('old', 'Old', 'warning', 'P2', 3600, 'firing', '2024-01-14T09:00:00.000Z',
                '2024-01-15T11:30:00.000Z', '2024-01-14T09:35:00.000Z', NULL,
                'it went on', NULL, NULL),
                ('over', 'Over', 'warning', 'P2', 3600, 'resolved', '2024-01-14T09:00:00.000Z',
                '2024-01-14T11:30:00.000Z', '2024-01-14T09:35:00.000Z', '2024-01-14T11:30:00.000Z',
                'it was over', NULL, NULL);
            INSERT INTO audit VALUES (1, '2024-01-15T12:00:00.000Z', 'stored', 'rc:2', 'upload', '{}',
                NULL, '00');
            """)
        let incident = try read { try Incident(in: day, of: $0) }
        let told = incident.events.map {
            "\($0.time.dropFirst(11).prefix(5)) \($0.source) \($0.subject)"
        }
        #expect(
            told == [
                "09:35 alert old", "08:30 run gaps", "09:00 error fetch", "09:31 error fetch",
                "09:35 alert errors", "09:40 run daily",
                "09:50 alert errors",
                "10:00 run retry", "11:10 run daily", "11:30 alert errors", "12:00 audit stored",
            ])
        // It began before the time of the report, and failed in it.
        #expect(incident.firstSign?.text == "run r5 ended with 70")
        #expect(incident.events[2].text == "2 errors of the kind network, MEDIUM: no host")
        #expect(incident.events[3].text == "one error of the kind network, CRITICAL: dead")
        #expect(incident.firstAlert?.time == "2024-01-15T09:35:00.000Z")
        #expect(incident.lastSign?.subject == "retry")
        #expect(incident.kinds.map(\.count) == [3])
        let impact = incident.impact
        #expect((impact.calls, impact.uploaded, impact.failed) == (2, 1, 0))
        #expect((impact.purged, impact.lostRuns) == (1, 1))
    }
}
