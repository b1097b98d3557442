// Board: the figures of an archive that a page shows at a glance, read once.
public import Checkpoint
public import CheckpointFigures
internal import CheckpointReports
public import Records

/// The figures of a dashboard.
public struct Board: Sendable {
    /// The work of a stage in each of the last hours.
    public struct Course: Sendable {
        /// The stage.
        public let stage: Stage
        /// The recordings that it completed in each hour, the oldest first.
        public let completed: [Int]
    }

    /// The errors of a category in the last day.
    public struct Errors: Sendable {
        /// The severity, such as `HIGH`.
        public let severity: String
        /// The category, such as `NETWORK`.
        public let category: String
        /// The number of errors.
        public let count: Int
    }

    /// An alert that fires.
    public struct Alert: Sendable {
        /// Its name.
        public let name: String
        /// Its level, such as `critical`.
        public let level: String
        /// The time when it began to fire.
        public let since: String
        /// The sentence that was sent.
        public let message: String
    }

    /// The time of the look.
    public let now: Timestamp
    /// The number of recordings.
    public let recordings: Int
    /// The stages with their queues.
    public let queue: QueueFigures
    /// The names of the hours of the courses, the oldest first, such as `2024-01-15T14`.
    public let hours: [String]
    /// The courses of the stages that have done anything.
    public let courses: [Course]
    /// The errors of each of the same hours.
    public let errorsByHour: [Int]
    /// The errors of the last day.
    public let errors: [Errors]
    /// The alerts that fire, the latest first.
    public let alerts: [Alert]
    /// The last runs.
    public let runs: [JSON]
    /// The cost of the last 30 days, an object for each engine and model, and the total.
    public let spent: [JSON]

    /// The number of hours that the courses cover.
    private static let span = 24

    /// Reads them.
    ///
    /// - Throws: `Failure` of scope `stop`.
    public init(_ checkpoint: Checkpoint) throws {
        let now = Timestamp.now
        let hours = (0..<Board.span).reversed().map {
            String(now.adding(seconds: Double($0) * -3600).text.prefix(13))
        }
        self.now = now
        self.hours = hours
        queue = try QueueFigures(in: checkpoint)
        runs = try RunList(checkpoint).runs(atMost: 8, activeOnly: false)
        spent = try Spending(in: checkpoint, since: now.adding(seconds: -30 * 86_400)).lines
        let read = try checkpoint.transaction {
            try checkpoint.begin()
            return try Read(checkpoint.database, hours)
        }
        (recordings, courses, errorsByHour) = (read.recordings, read.courses, read.errorsByHour)
        (errors, alerts) = (read.errors, read.alerts)
    }
}

/// The parts that have statements of their own.
private struct Read {
    let recordings: Int
    let courses: [Board.Course]
    let errorsByHour: [Int]
    let errors: [Board.Errors]
    let alerts: [Board.Alert]

    init(_ database: Database, _ hours: [String]) throws(Failure) {
        recordings = try database.number("SELECT count(*) FROM calls WHERE erased_at IS NULL")
        let places = Dictionary(uniqueKeysWithValues: hours.enumerated().map { ($1, $0) })
        let first = hours.first ?? ""
        var byStage: [Stage: [Int]] = [:]
        let tallies = try Statement(
            database,
            """
            SELECT stage, hour, sum(count) FROM tallies
            WHERE status = 'completed' AND hour >= ?1 GROUP BY stage, hour
            """)
        try tallies.bind(first)
        while try tallies.step() {
            guard let stage = Stage(rawValue: try tallies.text(0)),
                let place = places[try tallies.text(1)]
            else { continue }
            byStage[stage, default: hours.map { _ in 0 }][place] = Int(try tallies.integer(2))
        }
        courses = Stage.allCases.compactMap { stage in
            byStage[stage].map { Board.Course(stage: stage, completed: $0) }
        }
        let counts = try Statement(
            database,
            """
            SELECT hour, severity, category, sum(count) FROM error_counts WHERE hour >= ?1
            GROUP BY hour, severity, category
            """)
        try counts.bind(first)
        var byHour = hours.map { _ in 0 }
        var byKind: [[String]: Int] = [:]
        while try counts.step() {
            let count = Int(try counts.integer(3))
            if let place = places[try counts.text(0)] { byHour[place] += count }
            byKind[[try counts.text(1), try counts.text(2)], default: 0] += count
        }
        errorsByHour = byHour
        errors = byKind.sorted { ($1.value, $0.key[1]) < ($0.value, $1.key[1]) }.map {
            Board.Errors(severity: $0.key[0], category: $0.key[1], count: $0.value)
        }
        alerts = try Statement(
            database,
            """
            SELECT name, level, ifnull(fired_at, first_true), message FROM alerts
            WHERE state = 'firing' ORDER BY number DESC LIMIT 20
            """
        ).all { row throws(Failure) in
            Board.Alert(
                name: try row.text(0), level: try row.text(1), since: try row.text(2),
                message: try row.text(3))
        }
    }
}
