// RestoreTest: a restore beside the checkpoint, which measures its time and its loss.
import Checkpoint
public import Records

/// The cost of a restore if it were made now.
public struct RestoreTest: Sendable {
    /// The time and the loss that are allowed.
    public struct Objectives: Sendable {
        /// The seconds until the checkpoint is there again.
        public let time: Double
        /// The seconds of work that are lost with the checkpoint.
        public let point: Double

        /// Makes objectives; two hours and a day by default.
        public init(time: Double?, point: Double?) {
            self.time = time ?? 7200
            self.point = point ?? 86_400
        }
    }

    /// The backup.
    public let backup: String
    /// The number of its calls.
    public let calls: Int
    /// The seconds to expand, verify and open it.
    public let time: Double
    /// The seconds since the backup began.
    public let point: Double
    /// The objectives.
    public let objectives: Objectives

    /// True when time and loss are within the objectives.
    public var isMet: Bool { time <= objectives.time && point <= objectives.point }

    /// Restores a backup beside the checkpoint, opens it, and removes it again.
    ///
    /// - Parameters:
    ///   - source: A backup with its manifest, or a directory whose newest it is.
    ///   - state: The checkpoint, on whose disk a restore would be made; it is not touched.
    ///   - objectives: The time and the loss that are allowed.
    ///   - goesOn: Asked every few hundred kilobytes; on false nothing is left.
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
                remedy: "name a backup that has its manifest beside it")
        }
        point = max(0, Double(Timestamp.now.milliseconds - moment.milliseconds) / 1000)
        backup = copy.backup
        calls = copy.calls
        self.objectives = objectives
    }

    /// The result for programs.
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
    /// The result for programs.
    public var json: JSON {
        .members([
            "restored": .string(path), "backup": .string(backup), "calls": .int(calls),
            "moment": .text(manifest?.started), "kept": .text(kept),
        ])
    }
}
