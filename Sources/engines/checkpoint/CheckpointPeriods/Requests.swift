// Requests: the requests to services, by host, as state-errors has kept them.
public import Checkpoint
import Records

/// The requests of a period; none when no HTTP log was kept.
public struct Requests: Sendable {
    /// The requests to one host.
    public struct Line: Sendable {
        /// The host.
        public let host: String
        /// Those without an answer, and those with a status of 400 or more.
        public internal(set) var failed = 0
        /// The seconds that each took.
        public internal(set) var seconds = Distribution()
    }

    /// The hosts, by name.
    public let lines: [Line]

    /// Reads the requests; inside a transaction.
    ///
    /// - Parameters:
    ///   - period: The span of time.
    ///   - checkpoint: The open file.
    /// - Throws: `Failure` of scope `stop`.
    public init(of period: Period, in checkpoint: Checkpoint) throws {
        var found: [String: Line] = [:]
        let question = try Statement(
            checkpoint.database,
            """
            SELECT host, milliseconds, ifnull(status, 599) >= 400 FROM requests
            WHERE time >= ?1 AND time < ?2
            """)
        try question.bind(period.start.text, period.end.text)
        while try question.step() {
            let host = try question.text(0)
            var line = found[host] ?? Line(host: host)
            line.seconds.add((try question.number(1) ?? 0) / 1000)
            line.failed += Int(try question.integer(2))
            found[host] = line
        }
        lines = found.values.sorted { $0.host < $1.host }
    }
}
