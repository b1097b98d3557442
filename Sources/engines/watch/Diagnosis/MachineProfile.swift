// MachineProfile: settings that suit the memory of a machine, as the replaced system had them.
internal import Machine
public import Records

/// The settings for machines of 4, 8 and 16 GB.
public struct MachineProfile: Sendable, Equatable {
    /// The name, such as `8 GB`.
    public let name: String
    /// The model for whisper.cpp.
    public let model: String
    /// The number of records in work at once.
    public let workers: Int
    let batch: Int
    let pool: Int

    private static let all = [
        (16, MachineProfile("16 GB and more", "medium", 8, 200, 20)),
        (8, MachineProfile("8 GB", "small", 6, 100, 10)),
        (0, MachineProfile("4 GB", "base", 4, 50, 5)),
    ]

    private init(_ name: String, _ model: String, _ workers: Int, _ batch: Int, _ pool: Int) {
        (self.name, self.model, self.workers) = (name, model, workers)
        (self.batch, self.pool) = (batch, pool)
    }

    /// The profile for so much memory; a machine of 8 GB shows a little less to its programs.
    public static func of(bytes: Int) -> MachineProfile {
        let gigabytes = Double(bytes) / 1e9 + 0.5
        return (all.first { gigabytes >= Double($0.0) } ?? all[all.count - 1]).1
    }

    /// The lines for a settings file.
    ///
    /// - Parameter processors: The number of processors of the machine.
    /// - Returns: Settings and comments.
    public func lines(processors: Int) -> [String] {
        var lines = [
            "# the profile for \(name)", "WHISPER_MODEL=\(model)", "MAX_WORKERS=\(workers)",
            "# BATCH_SIZE=\(batch) is not read: --limit \(batch) ends a run early",
            "# DB_POOL_SIZE=\(pool) is not read: the checkpoint needs no pool",
        ]
        if processors < workers {
            lines.append(
                "# with \(processors) processors, MAX_WORKERS=\(processors) transcribes as fast")
        }
        return lines
    }

    /// The profile of this machine, and its processors.
    ///
    /// - Throws: `Failure` when the kernel does not tell its memory.
    public static func here() throws(Failure) -> (profile: MachineProfile, processors: Int) {
        (of(bytes: try MachineMemory().total), MachineLoad.processors)
    }
}
