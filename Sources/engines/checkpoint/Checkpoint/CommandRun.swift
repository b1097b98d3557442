// CommandRun: a run that a wrapper begins and ends, whatever programs there are in it.
import Records

/// The row of a command that runs as a process group of its own.
///
/// The programs in it find the row by `$CALLPIPE_RUN`. It is there before the command is, so that
/// the first of them finds the batch; until the group is known, nobody can tell that it is dead.
public struct CommandRun: Sendable {
    /// The run's id, for `$CALLPIPE_RUN`.
    public let id: String

    /// Begins a run.
    ///
    /// - Parameters:
    ///   - checkpoint: The open file.
    ///   - name: What people call it.
    ///   - batch: The batch that new records belong to, unless a program names another.
    /// - Throws: `Failure` of scope `stop`.
    public init(in checkpoint: Checkpoint, named name: String?, batch: String?) throws {
        let group = checkpoint.processGroup
        id = Run.freshID(Timestamp.now.text, group)
        let id = id
        try checkpoint.transaction {
            try checkpoint.begin()
            var unknown = group
            (unknown.number, unknown.leaderStart) = (0, nil)
            _ = try Run.add(id, of: unknown, in: checkpoint, named: name, batch: batch)
        }
    }

    /// Notes which group it is, once it runs.
    ///
    /// - Parameters:
    ///   - group: The group's number, which is that of its first process.
    ///   - checkpoint: The open file.
    /// - Throws: `Failure` of scope `stop`.
    public func runs(as group: Int32, in checkpoint: Checkpoint) throws {
        try checkpoint.transaction {
            try checkpoint.begin()
            let change = try Statement(
                checkpoint.database,
                "UPDATE runs SET process_group = ?2, leader_start = ?3 WHERE id = ?1")
            change.bind(1, copying: id)
            change.bind(2, Int64(group))
            if let start = ProcessGroup.here(group).leaderStart { change.bind(3, start) }
            try change.run()
        }
    }

    /// Notes how it ended; this counts, whatever its programs noted.
    ///
    /// - Parameters:
    ///   - status: Its exit status, 128 and the number of the signal that ended it.
    ///   - memory: The most memory that one of its processes had, in bytes.
    ///   - checkpoint: The open file.
    /// - Throws: `Failure` of scope `stop`.
    public func ended(_ status: Int32, memory: Int64, in checkpoint: Checkpoint) throws {
        try checkpoint.transaction {
            try checkpoint.begin()
            let change = try Statement(
                checkpoint.database,
                """
                UPDATE runs SET finished_at = ?2, exit_status = ?3,
                  max_memory = max(ifnull(max_memory, 0), ?4)
                WHERE id = ?1
                """)
            change.bind(1, copying: id)
            change.bind(2, copying: checkpoint.now)
            change.bind(3, Int64(status))
            change.bind(4, memory)
            try change.run()
        }
    }
}
