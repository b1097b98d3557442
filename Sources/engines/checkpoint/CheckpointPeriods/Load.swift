// Load: the calls that came in a period, what was done with them, and what waits.
public import Checkpoint
import Records

/// The calls and the work of a period.
public struct Load: Sendable {
    /// The work of one stage.
    public struct Line: Sendable {
        /// The stage.
        public let stage: Stage
        /// The recordings that were completed.
        public internal(set) var done = Flow()
        /// The recordings that failed for good, and still are failed.
        public internal(set) var failed = 0
        /// The errors, also those of attempts that were repeated.
        public internal(set) var errors = 0
        /// The recordings that wait at the moment of the report.
        public internal(set) var waiting = 0

        /// The share of attempts that ended in an error, from 0 to 1; `nil` without attempts.
        public var errorRate: Double? {
            let attempts = done.count + errors
            return attempts == 0 ? nil : Double(errors) / Double(attempts)
        }
    }

    /// The recordings by the hour in which their calls began.
    public private(set) var calls = Flow()
    /// The length of those calls in hours.
    public private(set) var callHours = 0.0
    /// The hours in which the work was done, of which the first and the last count as a whole.
    public let workHours: Double
    /// The stages that were asked for, in the order of the work.
    public private(set) var lines: [Line] = []

    /// Reads the load; inside a transaction.
    ///
    /// Work and its errors are counted by the hour of the clock, so the first hour and the last one
    /// count as a whole.
    ///
    /// - Parameters:
    ///   - period: The span of time.
    ///   - checkpoint: The open file.
    /// - Throws: `Failure` of scope `stop`.
    public init(of period: Period, in checkpoint: Checkpoint) throws {
        workHours = period.clockHours(until: .now)
        let arrived = try checkpoint.rows(
            of: period,
            """
            SELECT substr(start_time, 1, 13), count(*), ifnull(sum(duration), 0) FROM calls
            WHERE start_time >= ?1 AND start_time < ?2 GROUP BY 1
            """
        ) { row throws(Failure) in
            (try row.text(0), Int(try row.integer(1)), try row.number(2) ?? 0)
        }
        for (hour, count, seconds) in arrived {
            calls.add(count, in: hour)
            callHours += seconds / 3600
        }
        var found: [Stage: Line] = [:]
        for count in try Load.counts(period, checkpoint) {
            guard let stage = Stage(rawValue: count.stage) else { continue }
            var line = found[stage] ?? Line(stage: stage)
            switch count.status {
            case "completed": line.done.add(count.number, in: count.hour)
            case "failed": line.failed += count.number
            case "error": line.errors += count.number
            default: line.waiting += count.number
            }
            found[stage] = line
        }
        lines = found.values.sorted { $0.stage.rank < $1.stage.rank }
    }

    private typealias Count = (stage: String, status: String, hour: String, number: Int)

    private static func counts(
        _ period: Period, _ checkpoint: Checkpoint
    ) throws(Failure) -> [Count] {
        try checkpoint.rows(
            of: period,
            """
            SELECT stage, status, hour, count FROM tallies
              WHERE status IN ('completed', 'failed')
                AND hour >= substr(?1, 1, 13) AND hour || ':00:00.000Z' < ?2
            UNION ALL
            SELECT stage, 'waiting', '', sum(count) FROM tallies
              WHERE status IN ('pending', 'queued') GROUP BY stage
            UNION ALL
            SELECT stage, 'error', '', count(*) FROM errors
              WHERE time >= substr(?1, 1, 13) AND substr(time, 1, 13) || ':00:00.000Z' < ?2
                AND stage IS NOT NULL AND kind <> 'lease'
              GROUP BY stage
            """
        ) { row throws(Failure) in
            (
                try row.text(0), try row.text(1), try row.text(2), Int(try row.integer(3))
            )
        }
    }
}
