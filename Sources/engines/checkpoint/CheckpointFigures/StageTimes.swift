// StageTimes: the times that stages took, as a histogram for each stage.
import CheckpointSchema
public import Checkpoint
public import Records

/// The times of work of the completed recordings, counted by limits in seconds.
///
/// The time of a recording goes from its lease to its mark.
public struct StageTimes: Sendable {
    /// The times of one stage, or of all.
    public struct Histogram: Sendable {
        /// The limits in seconds in their order; the last one is infinity.
        public static let limits = Schema.timeLimits + [.infinity]
        /// The number of times between the limit before and this one.
        public internal(set) var counts = [Int](repeating: 0, count: limits.count)
        /// The sum of the times in seconds.
        public internal(set) var seconds = 0.0

        /// The number of times.
        public var count: Int { counts.reduce(0, +) }
        /// The mean in seconds; `nil` without any time.
        public var mean: Double? { count > 0 ? seconds / Double(count) : nil }

        /// The number of times up to each limit, as Prometheus counts.
        public var cumulative: [Int] {
            var sum = 0
            return counts.map { count in
                sum += count
                return sum
            }
        }

        /// The time in seconds within which a part of the recordings was done.
        ///
        /// It lies between two limits, and is taken by the place of the part between their counts.
        /// Beyond the last limit it is that limit.
        ///
        /// - Parameter part: From 0 to 1, such as 0.95.
        /// - Returns: `nil` without any time.
        public func percentile(_ part: Double) -> Double? {
            guard count > 0 else { return nil }
            let wanted = part * Double(count)
            var (below, lower) = (0.0, 0.0)
            for (limit, count) in zip(Histogram.limits, counts) {
                let upTo = below + Double(count)
                if upTo >= wanted, count > 0 {
                    return limit.isFinite
                        ? lower + (limit - lower) * (wanted - below) / Double(count) : lower
                }
                (below, lower) = (upTo, limit.isFinite ? limit : lower)
            }
            return lower
        }

        /// Adds the times of another one.
        public mutating func add(_ other: Histogram) {
            for index in counts.indices { counts[index] += other.counts[index] }
            seconds += other.seconds
        }
    }

    /// By stage, in the order of the work.
    public let stages: [(stage: Stage, times: Histogram)]

    /// The times of all stages together.
    public var all: Histogram {
        stages.reduce(into: Histogram()) { $0.add($1.times) }
    }

    /// Adds the counts up that a trigger keeps.
    ///
    /// - Parameters:
    ///   - checkpoint: The open file.
    ///   - since: Only recordings that were completed in the clock hour of this time or later; `nil`
    ///     for all.
    /// - Throws: `Failure` of scope `stop`.
    public init(in checkpoint: Checkpoint, since: Timestamp? = nil) throws {
        let question = try Statement(
            checkpoint.database,
            """
            SELECT stage, up_to, sum(count), sum(seconds) FROM stage_times
            WHERE hour >= ?1 GROUP BY 1, 2
            """)
        try question.bind(since.map { String($0.text.prefix(13)) } ?? "")
        var found: [Stage: Histogram] = [:]
        while try question.step() {
            guard let stage = Stage(rawValue: try question.text(0)),
                let limit = try question.number(1),
                let place = Histogram.limits.firstIndex(where: { limit <= $0 })
            else { continue }
            found[stage, default: Histogram()].counts[place] += Int(try question.integer(2))
            found[stage, default: Histogram()].seconds += try question.number(3) ?? 0
        }
        stages = found.sorted { $0.key.rank < $1.key.rank }.map { (stage: $0.key, times: $0.value) }
    }
}
