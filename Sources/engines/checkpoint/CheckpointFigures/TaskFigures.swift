// TaskFigures: the tasks of the schedule, by the names of their runs, and how long it is unbroken.
public import Checkpoint
public import Records

/// The runs with a name, as `state-run --name` gives it, and the schedule as a whole.
public struct TaskFigures: Sendable {
    /// A task by its name.
    public struct Task: Sendable {
        /// The name.
        public let name: String
        /// The end of the last run that did its work; its exit status was 0, or 1 for a run in which
        /// some recordings failed.
        public let lastSuccess: Timestamp?
        /// The end of the last run.
        public let lastEnd: Timestamp
        /// The exit status of the last run.
        public let lastStatus: Int
    }

    /// The tasks by name.
    public let tasks: [Task]
    /// The first run since which no pause between two runs was longer than 26 hours; `nil` before
    /// the first run.
    public let since: Timestamp?
    /// The beginning of the last run.
    public let lastBegin: Timestamp?

    /// Reads them by index.
    ///
    /// - Parameter checkpoint: The open file.
    /// - Throws: `Failure` of scope `stop`.
    public init(in checkpoint: Checkpoint) throws {
        let schedule = try Statement(
            checkpoint.database, "SELECT since, last FROM schedule"
        ).first { row throws(Failure) in (try row.text(0), try row.text(1)) }
        since = schedule.flatMap { Timestamp($0.0) }
        lastBegin = schedule.flatMap { Timestamp($0.1) }
        tasks = try Statement(checkpoint.database, TaskFigures.question)
            .all { row throws(Failure) -> Task? in
                guard let end = Timestamp(try row.text(1)) else { return nil }
                return Task(
                    name: try row.text(0),
                    lastSuccess: try row.string(3).flatMap { Timestamp($0) }, lastEnd: end,
                    lastStatus: Int(try row.whole(2) ?? 0))
            }.compactMap { $0 }
    }

    /// From one name to the next by the index: a year of cron leaves half a million runs.
    private static let question = """
        WITH RECURSIVE names(name) AS (
          SELECT min(name) FROM runs WHERE name IS NOT NULL
          UNION ALL
          SELECT (SELECT min(name) FROM runs WHERE name > names.name) FROM names
            WHERE names.name IS NOT NULL)
        SELECT name,
          (SELECT max(finished_at) FROM runs AS r WHERE r.name = names.name),
          (SELECT exit_status FROM runs AS r WHERE r.name = names.name
            AND finished_at IS NOT NULL ORDER BY finished_at DESC LIMIT 1),
          (SELECT finished_at FROM runs AS r WHERE r.name = names.name AND exit_status IN (0, 1)
            AND finished_at IS NOT NULL ORDER BY finished_at DESC LIMIT 1)
        FROM names WHERE name IS NOT NULL AND EXISTS (SELECT 1 FROM runs AS r
          WHERE r.name = names.name AND finished_at IS NOT NULL)
        """
}
