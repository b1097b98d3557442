// CommandRun: a run that a wrapper begins and ends around a command.
import Records

/// The row of a command that runs as a process group of its own.
///
/// The command's programs find the row by `$CALLPIPE_RUN`. The row is there before the command, so
/// that the first program finds the batch; until the group is known, the run does not count as dead.
public struct CommandRun: Sendable {
    /// The run's id, for `$CALLPIPE_RUN`.
    public let id: String

    /// Begins a run.
    ///
    /// - Parameters:
    ///   - checkpoint: The open file.
    ///   - name: The name for people.
    ///   - batch: The batch of new records, unless a program names another.
    /// - Throws: `Failure` of scope `stop`.
    public init(in checkpoint: Checkpoint, named name: String?, batch: String?) throws {
        var group = checkpoint.processGroup
        let id = Run.freshID(Timestamp.now.text, group)
        self.id = id
        (group.number, group.leaderStart) = (0, nil)
        let unknown = group
        try checkpoint.transaction {
            try checkpoint.begin()
            try Run.begin(
                Run.add(id, of: unknown, in: checkpoint, named: name, batch: batch), in: checkpoint)
        }
    }

    /// Notes the process group of the command, once it runs.
    ///
    /// - Parameters:
    ///   - group: The group's number, which is that of its first process.
    ///   - checkpoint: The open file.
    /// - Throws: `Failure` of scope `stop`.
    public func runs(as group: Int32, in checkpoint: Checkpoint) throws {
        try checkpoint.transaction {
            try checkpoint.begin()
            try checkpoint.database.run(
                "UPDATE runs SET process_group = ?2, leader_start = ?3 WHERE id = ?1", id,
                Int64(group), ProcessGroup.here(group).leaderStart)
        }
    }

    /// Notes the end of the command, which counts more than the ends of its programs.
    ///
    /// - Parameters:
    ///   - status: Its exit status, 128 and the number of the signal that ended it.
    ///   - memory: The largest memory of one of its processes, in bytes.
    ///   - checkpoint: The open file.
    /// - Throws: `Failure` of scope `stop`.
    public func ended(_ status: Int32, memory: Int64, in checkpoint: Checkpoint) throws {
        try checkpoint.transaction {
            try checkpoint.begin()
            try checkpoint.database.run(
                """
                UPDATE runs SET finished_at = :now, exit_status = :status,
                  max_memory = max(ifnull(max_memory, 0), :memory), open_programs = NULL
                WHERE id = :id
                """,
                [
                    ":id": id, ":now": checkpoint.now, ":status": Int64(status),
                    ":memory": memory,
                ])
            try RunFailure(status)?.note(status, of: id, in: checkpoint)
        }
    }
}
