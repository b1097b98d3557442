// RestoreTest: a restore into a scratch place, to know that it works and how long it takes.
import Checkpoint
public import Records

/// What a restore would have cost just now.
public struct RestoreTest: Sendable {
    /// How much of what may be lost or waited for.
    public struct Objectives: Sendable {
        /// Seconds from the order until the checkpoint is there again.
        public let time: Double
        /// Seconds of work that is lost with the checkpoint.
        public let point: Double

        /// Two hours and a day, unless others are named.
        public init(time: Double?, point: Double?) {
            self.time = time ?? 7200
            self.point = point ?? 86_400
        }
    }

    /// The backup that was tried.
    public let backup: String
    /// How many calls it has.
    public let calls: Int
    /// Seconds that it took to expand it, verify it, and open it.
    public let time: Double
    /// Seconds since the moment that it is of.
    public let point: Double
    /// What was allowed.
    public let objectives: Objectives

    /// Whether it took no longer than allowed, and would lose no more.
    public var isMet: Bool { time <= objectives.time && point <= objectives.point }

    /// Restores a backup beside the checkpoint, opens it, and removes it again.
    ///
    /// - Parameters:
    ///   - source: A backup with its manifest, or a directory whose newest it is.
    ///   - state: The checkpoint, on whose disk a restore would be made; it is not touched.
    ///   - objectives: What is allowed.
    ///   - goesOn: Asked every few hundred kilobytes; when it says no, nothing is left.
    /// - Throws: `Failure` of scope `stop` when the backup cannot be restored.
    public init(
        _ source: String, beside state: String, _ objectives: Objectives,
        _ goesOn: @escaping () -> Bool
    ) throws(Failure) {
        let started = ContinuousClock.now
        let copy = try VerifiedCopy(of: source, for: state + ".drill", goesOn)
        try copy.opened()
        let (seconds, attoseconds) = (ContinuousClock.now - started).components
        time = Double(seconds) + Double(attoseconds) / 1e18
        guard let manifest = copy.manifest, let moment = Timestamp(manifest.started) else {
            throw Failure(
                .stop, .input, "tell the age of \(copy.backup): it has no manifest",
                remedy: "name a backup that state-backup made")
        }
        point = max(0, Double(Timestamp.now.milliseconds - moment.milliseconds) / 1000)
        backup = copy.backup
        calls = copy.calls
        self.objectives = objectives
    }

    /// For programs.
    public var json: JSON {
        .members([
            "backup": .string(backup), "calls": .int(calls), "met": .bool(isMet),
            "recovery_time": .double(rounded(time)), "time_objective": .double(objectives.time),
            "recovery_point": .double(rounded(point)), "point_objective": .double(objectives.point),
        ])
    }

    private func rounded(_ seconds: Double) -> Double { (seconds * 1000).rounded() / 1000 }
}

extension Restore {
    /// For programs.
    public var json: JSON {
        .members([
            "restored": .string(path), "backup": .string(backup), "calls": .int(calls),
            "moment": .text(manifest?.started), "kept": .text(kept),
        ])
    }
}
