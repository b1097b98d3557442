// WorkTimes: how long the stages took, and how long a call took to its archive.
public import Checkpoint
import Records

/// The times of the work that was completed in a period.
public struct WorkTimes: Sendable {
    /// The seconds from the claim of a recording to its mark, by stage in the order of the work.
    public let stages: [(stage: Stage, seconds: Distribution)]
    /// The seconds from the beginning of a call to its upload.
    public let delay: Distribution

    /// Reads the times; inside a transaction.
    ///
    /// Outcomes that are done stand in no index, so it looks at all of them.
    ///
    /// - Parameters:
    ///   - period: The span of time.
    ///   - checkpoint: The open file.
    /// - Throws: `Failure` of scope `stop`.
    public init(of period: Period, in checkpoint: Checkpoint) throws {
        var found: [Stage: Distribution] = [:]
        var delay = Distribution()
        let question = try Statement(
            checkpoint.database,
            """
            SELECT stage, seconds,
              iif(stage = 'upload', (julianday(finished_at) - julianday(start_time)) * 86400, NULL)
            FROM outcomes
            WHERE status = 'completed' AND finished_at >= ?1 AND finished_at < ?2
            """)
        try question.bind(period.start.text, period.end.text)
        while try question.step() {
            guard let stage = Stage(rawValue: try question.text(0)) else { continue }
            if let seconds = try question.number(1), seconds >= 0 {
                found[stage, default: Distribution()].add(seconds)
            }
            if let seconds = try question.number(2), seconds >= 0 { delay.add(seconds) }
        }
        stages = found.sorted { $0.key.rank < $1.key.rank }.map { ($0.key, $0.value) }
        self.delay = delay
    }
}
