// QueueFigures: the open work of each stage, and the work of the last hour.
public import Checkpoint
import CheckpointReports
public import Records

/// The work that waits, is done now, failed, and was done in the last hour.
public struct QueueFigures: Sendable {
    /// One stage.
    public struct Line: Sendable {
        /// The stage.
        public let stage: Stage
        /// The recordings that wait: those in the queue and those that wait for another attempt.
        public let pending: Int
        /// The recordings that a living run has in work.
        public let processing: Int
        /// The recordings that failed for good.
        public let failed: Int
        /// All recordings that were completed.
        public let completed: Int
        /// The recordings that were completed in the last hour, as ``QueueFigures/lastHour`` counts.
        public let completedLastHour: Int
        /// The recordings that failed for good in the last hour, counted in the same way.
        public let failedLastHour: Int
        /// The recordings that had nothing to do, or were excluded by hand.
        public let skipped: Int
    }

    /// The stages that were asked for, in the order of the work.
    public let lines: [Line]
    /// The time for which the figures hold.
    public let now: Timestamp

    /// The sum over the stages: a recording counts in each stage where it waits.
    public var pending: Int { lines.reduce(0) { $0 + $1.pending } }
    /// The recordings in work.
    public var processing: Int { lines.reduce(0) { $0 + $1.processing } }
    /// The sum over the stages of what failed for good.
    public var failed: Int { lines.reduce(0) { $0 + $1.failed } }
    /// The sum over the stages of what was completed in the last hour.
    public var completedLastHour: Int { lines.reduce(0) { $0 + $1.completedLastHour } }

    /// Reads the counts that triggers keep; the time does not grow with the recordings that are done.
    ///
    /// - Parameter checkpoint: The open file.
    /// - Throws: `Failure` of scope `stop`.
    public init(in checkpoint: Checkpoint) throws {
        self = try checkpoint.transaction {
            try checkpoint.begin()
            return try QueueFigures(within: checkpoint)
        }
    }

    private init(within checkpoint: Checkpoint) throws(Failure) {
        let now = Timestamp(checkpoint.now) ?? .now
        let counts = try Counting(checkpoint, Summary.Scope(), now).counts()
        let recent = try QueueFigures.lastHour(now, checkpoint)
        self.now = now
        lines = counts.sorted { $0.key.rank < $1.key.rank }.map { stage, counts in
            Line(
                stage: stage,
                pending: (counts[.pending] ?? 0) + (counts[.queued] ?? 0),
                processing: counts[.processing] ?? 0, failed: counts[.failed] ?? 0,
                completed: counts[.completed] ?? 0,
                completedLastHour: recent[stage]?[.completed] ?? 0,
                failedLastHour: recent[stage]?[.failed] ?? 0, skipped: counts[.skipped] ?? 0)
        }
    }

    /// The outcomes of the last hour by stage and status.
    ///
    /// Counts are kept by the hour of the clock. The part of the earlier clock hour that lies in the
    /// last hour is taken by its length.
    private static func lastHour(
        _ now: Timestamp, _ checkpoint: Checkpoint
    ) throws(Failure) -> [Stage: [Status: Int]] {
        let start = now.adding(seconds: -3600)
        let part = 1 - (start.seconds / 3600).truncatingRemainder(dividingBy: 1)
        let question = try Statement(
            checkpoint.database,
            """
            SELECT stage, status, sum(count * iif(hour = ?1, ?2, 1.0)) FROM tallies
            WHERE hour >= ?1 AND status IN ('completed', 'failed') GROUP BY 1, 2
            """)
        try question.bind(String(start.text.prefix(13)), part)
        var recent: [Stage: [Status: Int]] = [:]
        while try question.step() {
            guard let stage = Stage(rawValue: try question.text(0)),
                let status = Status(rawValue: try question.text(1))
            else { continue }
            recent[stage, default: [:]][status] = Int((try question.number(2) ?? 0).rounded())
        }
        return recent
    }
}
