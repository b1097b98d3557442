// RunList: the runs that worked on a checkpoint, and the state of each.
public import Checkpoint
public import Records

/// The runs of a checkpoint, the newest first.
public struct RunList {
    /// The state of a run.
    public enum State: String, Sendable {
        /// A process of its group lives.
        case running
        /// None of its processes lives, and all of them noted their end.
        case ended
        /// None of its processes lives, and one of them noted no end: it was killed.
        case lost
        /// It began on another machine, where alone its state can be told.
        case unknown
    }

    /// A row.
    struct Listed {
        let id: String
        let name: String?
        let batch: String?
        let host: String?
        let startedAt: String
        /// The time when the last of its programs noted its end; `nil` when none has.
        let notedAt: String?
        /// The worst status that its programs noted.
        let notedStatus: Int?
        let maxMemory: Int?
        let counts: String?
        let state: State

        /// The end of a run that has ended: what the first programs noted is no end of the others.
        var finishedAt: String? { state == .ended ? notedAt : nil }
        /// The exit status of a run that has ended.
        var exitStatus: Int? { state == .ended ? notedStatus : nil }

        var json: JSON {
            let seconds = finishedAt.flatMap { Timestamp($0) }.flatMap { end in
                Timestamp(startedAt).map { Double(end.milliseconds - $0.milliseconds) / 1000 }
            }
            return .members([
                "run": .string(id), "name": .text(name), "batch": .text(batch),
                "host": .text(host), "state": .string(state.rawValue),
                "started_at": .string(startedAt), "finished_at": .text(finishedAt),
                "seconds": .number(seconds), "exit_status": .whole(exitStatus),
                "max_memory": .whole(maxMemory), "counts": counts.map { .raw(Array($0.utf8)) },
            ])
        }
    }

    private let checkpoint: Checkpoint
    private static let columns = """
        SELECT id, name, batch, host, started_at, finished_at, exit_status, max_memory,
          iif(json_valid(counts), counts, NULL), machine, boot, namespace, process_group,
          leader_start, ifnull(open_programs, 0) > 0 OR EXISTS (SELECT 1 FROM claims AS m
            JOIN leases AS l ON l.claim = m.number WHERE m.run = runs.number
              AND runs.open_programs IS NOT NULL)
        FROM runs
        """

    /// Prepares to list.
    public init(_ checkpoint: Checkpoint) {
        self.checkpoint = checkpoint
    }

    /// Runs as objects, the newest first.
    ///
    /// - Parameters:
    ///   - selection: The time at which they began, and their batch; the rest of it does not matter.
    ///   - limit: The most runs.
    ///   - activeOnly: True for runs that go on only.
    /// - Returns: An object for each.
    /// - Throws: `Failure` of scope `stop`.
    public func runs(
        _ selection: Selection = .init(), atMost limit: Int, activeOnly: Bool
    ) throws -> [JSON] {
        // Without a batch of its own, the run is the batch of its new records.
        let conditions = selection.onRows(time: "started_at", batch: "ifnull(batch, id)")
        return try checkpoint.transaction {
            try checkpoint.begin()
            let question = try Statement(
                checkpoint.database,
                "\(RunList.columns) WHERE \(conditions.sql) ORDER BY number DESC")
            try conditions.bind(to: question)
            var runs: [JSON] = []
            while runs.count < limit, try question.step() {
                let run = try listed(question)
                if !activeOnly || run.state == .running { runs.append(run.json) }
            }
            return runs
        }
    }

    /// The run of that id; inside a transaction.
    func run(_ id: String) throws(Failure) -> Listed? {
        let question = try Statement(checkpoint.database, "\(RunList.columns) WHERE id = ?1")
        try question.bind(id)
        return try question.first(listed)
    }

    /// The newest run; inside a transaction.
    func last() throws(Failure) -> Listed? {
        try Statement(checkpoint.database, "\(RunList.columns) ORDER BY number DESC LIMIT 1")
            .first(listed)
    }

    private func listed(_ row: borrowing Statement) throws(Failure) -> Listed {
        let finished = try row.string(5)
        let isOpen = try row.integer(14) != 0
        return Listed(
            id: try row.text(0), name: try row.string(1), batch: try row.string(2),
            host: try row.string(3), startedAt: try row.text(4), notedAt: finished,
            notedStatus: try row.whole(6).map { Int($0) },
            maxMemory: try row.whole(7).map { Int($0) }, counts: try row.string(8),
            state: state(
                try ProcessGroup(row, from: 9),
                hasEnded: finished != nil && !isOpen))
    }

    /// Each program of a pipe notes its end, the first of them while others still work.
    private func state(_ group: ProcessGroup, hasEnded: Bool) -> State {
        let own = checkpoint.processGroup
        // This process keeps its group alive, and that says nothing about the others.
        if hasEnded, group == own { return .ended }
        switch group.isAlive(seenFrom: own) {
        case true?: return .running
        case false?: return hasEnded ? .ended : .lost
        case nil: return hasEnded ? .ended : .unknown
        }
    }
}
