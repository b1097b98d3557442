// CheckpointView: all figures of a checkpoint for one look, or the reason why there are none.
import Checkpoint
import CheckpointFigures
import CheckpointReports
import Records
internal import System

/// The figures of a checkpoint, read once.
public struct CheckpointView: Sendable {
    /// The figures.
    struct Figures: Sendable {
        let queue: QueueFigures
        let errors: ErrorFigures
        let times: StageTimes
        let tasks: TaskFigures
        /// The begin of the oldest run; `nil` before the first one.
        let firstRun: Timestamp?
        let notes: [CheckNote]
        let summary: Summary
        let purged: (soon: Int, verySoon: Int)
        let overdue: [(source: String, end: String)]
        /// The source with an account here that no list has covered, though the first run is long ago.
        let neverListed: String?
        let lostLeases: Int
        let runs: [JSON]
    }

    /// The days before a purge from which on a recording needs a look, and those from which on it
    /// cannot wait.
    static let purgeDays = (soon: 14, verySoon: 3)
    /// The span that counts as lately, in seconds.
    static let lately = 86_400.0

    let now: Timestamp
    /// The figures, or the reason why there are none.
    let figures: Result<Figures, Failure>
    /// The time in seconds that opening and reading took.
    let latency: Double

    /// Opens and reads the checkpoint; a failure is a result too.
    public init(_ scene: Scene) {
        let (now, start) = (Timestamp.now, SystemClock.seconds)
        figures = scene.figures { try Figures($0, scene, now) }
        self.now = now
        latency = SystemClock.seconds - start
    }
}

extension CheckpointView.Figures {
    /// Reads all of them.
    init(_ checkpoint: Checkpoint, _ scene: Scene, _ now: Timestamp) throws {
        var scope = Summary.Scope()
        scope.listAge = HealthLimits.listAge(scene.environment)
        queue = try QueueFigures(in: checkpoint)
        errors = try ErrorFigures(in: checkpoint)
        times = try StageTimes(in: checkpoint, since: now.adding(seconds: -3600))
        tasks = try TaskFigures(in: checkpoint)
        firstRun = try checkpoint.database.value(
            "SELECT started_at FROM runs ORDER BY number LIMIT 1"
        ).flatMap { Timestamp($0) }
        notes = try CheckNotes.all(in: checkpoint)
        summary = try Summary(scope, of: checkpoint)
        neverListed = try Self.neverListed(checkpoint, scene, since: firstRun, now, scope.listAge)
        let limits = CheckpointView.purgeDays
        (purged, overdue, lostLeases) = try checkpoint.transaction {
            try checkpoint.begin()
            let counting = try Counting(checkpoint, scope, now)
            return (
                (
                    try counting.purged(withinDays: limits.soon),
                    try counting.purged(withinDays: limits.verySoon)
                ), try counting.overdueLists(), try counting.deadLeases()
            )
        }
        runs = try RunList(checkpoint).runs(atMost: 10, activeOnly: false)
    }

    private static func neverListed(
        _ checkpoint: Checkpoint, _ scene: Scene, since first: Timestamp?, _ now: Timestamp,
        _ age: Double
    ) throws(Failure) -> String? {
        let names = ["RINGCENTRAL_CLIENT_ID", "RC_APP_CLIENT_ID", "RC_CLIENT_ID"]
        guard let first, now.hours(since: first) * 3600 > age,
            names.contains(where: { scene.environment.value($0) != nil })
        else { return nil }
        let source = "ringcentral"
        let lists = try checkpoint.database.number(
            "SELECT count(*) FROM listings WHERE source = '\(source)'")
        return lists == 0 ? source : nil
    }
}

extension Scene {
    /// The path of the checkpoint.
    var statePath: String {
        get throws(Failure) { try Checkpoint.path(state, environment) }
    }
}
