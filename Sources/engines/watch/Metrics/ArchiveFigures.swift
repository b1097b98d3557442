// ArchiveFigures: all figures that metrics tell, read once.
internal import Checkpoint
internal import CheckpointFigures
internal import CheckpointReports
internal import Diagnosis
public import Health
public import Records
internal import System

/// The figures of the checkpoint, or the reason why there are none, and the health beside them.
public struct ArchiveFigures: Sendable {
    /// The figures of the checkpoint.
    struct Stored: Sendable {
        let queue: QueueFigures
        let times: StageTimes
        let recentTimes: StageTimes
        let tasks: TaskFigures
        let errors: [ErrorCount]
        let recentErrors: [ErrorCount]
        let lastHour: ErrorFigures
        let listings: [Listed]
        let spent: [JSON]
        let monthCost: Double
        let bytes: Int
        let logBytes: Int
    }

    /// The end of the last whole list of a source.
    struct Listed: Sendable {
        let source: String
        let end: Timestamp
    }

    let scene: Scene
    /// The time of the figures.
    public let now: Timestamp
    let health: HealthReport
    let stored: Result<Stored, Failure>
    let budgets: [RateBudgetUse]
    let backup: Timestamp?
    let keys: [(name: String, changed: Timestamp)]
    let monthlyBudget: Double?

    /// The reason why there are no figures of the checkpoint; `nil` when there are.
    public var failure: Failure? {
        if case .failure(let failure) = stored { failure } else { nil }
    }

    /// Reads everything; a checkpoint that cannot be read is told by ``failure``.
    ///
    /// - Parameters:
    ///   - scene: The places.
    ///   - settingsFile: The path of the settings file, which may hold secrets.
    public init(_ scene: Scene, settingsFile: String) {
        let now = Timestamp.now
        self.scene = scene
        self.now = now
        health = HealthReport(scene)
        budgets = RateBudgetUse.all(scene.environment)
        backup = LastBackup(scene.environment).flatMap { Timestamp($0.time) }
        keys = SecretFiles(scene.environment, settingsFile: settingsFile).changes
        monthlyBudget = scene.environment.value("ALERT_MONTHLY_BUDGET").flatMap { Double($0) }
        stored = scene.figures { try Stored($0, now) }
    }
}

extension ArchiveFigures.Stored {
    init(_ checkpoint: Checkpoint, _ now: Timestamp) throws {
        queue = try QueueFigures(in: checkpoint)
        times = try StageTimes(in: checkpoint)
        recentTimes = try StageTimes(in: checkpoint, since: now.adding(seconds: -3600))
        tasks = try TaskFigures(in: checkpoint)
        errors = try ErrorCount.all(in: checkpoint)
        recentErrors = try ErrorCount.all(in: checkpoint, since: now.adding(seconds: -86_400))
        lastHour = try ErrorFigures(in: checkpoint)
        spent = try Spending(in: checkpoint, since: nil).lines
        let database = checkpoint.database
        let month = try Statement(
            database, "SELECT total(cost) FROM ledger_sums WHERE hour >= ?1")
        try month.bind(now.text.prefix(7) + "-01T00")
        monthCost = try month.first { row throws(Failure) in try row.number(0) ?? 0 } ?? 0
        bytes = try database.number("PRAGMA page_size") * database.number("PRAGMA page_count")
        logBytes = database.logSize
        listings = try Statement(
            database, "SELECT source, listed_until FROM listings ORDER BY source"
        ).all { row throws(Failure) in
            let (source, end) = (try row.text(0), Timestamp(try row.text(1)))
            return end.map { ArchiveFigures.Listed(source: source, end: $0) }
        }.compactMap { $0 }
    }
}
