// Lists: what state-show tells besides records: stories, runs, batches and errors.
import Checkpoint
import CheckpointReports
import Filter
import Records

extension Report {
    /// Tells what happened to a recording.
    func tell(_ id: String, in checkpoint: Checkpoint) throws {
        let history = try History(
            of: id, in: checkpoint, failureHint: "state-retry --id \(id) tries it again")
        guard isForPeople else {
            for event in history.events { try write(event.json(of: id)) }
            return
        }
        var table = Table(["time": .left, "stage": .left, "event": .left, id: .left])
        for event in history.events { table.add(event.texts) }
        try write(table)
    }

    /// Lists the runs.
    func listRuns(_ options: Options<ToolOptions>, _ checkpoint: Checkpoint) throws {
        try write(
            RunList(checkpoint).runs(
                Selection(options), atMost: options.most, activeOnly: options.isActive),
            as: [
                Column("run"), Column("name"), Column("state"),
                Column("started_at", "started", shown: Column.time),
                Column("finished_at", "finished", shown: Column.time),
                Column("seconds", "took", .right, shown: Column.span),
                Column("exit_status", "status", .right),
                Column("max_memory", "memory", .right, shown: Column.bytes),
                Column("host"), Column("counts"),
            ])
    }

    /// Lists the errors; they are never taken away, so programs get them one by one.
    func listErrors(_ options: Options<ToolOptions>, _ checkpoint: Checkpoint) throws {
        let errors = ErrorList(checkpoint)
        var ids: [String]? = nil
        if !options.operands.isEmpty {
            var known: [String] = []
            try forEach(options.operands) { id, _ in
                try errors.check(id)
                known.append(id)
            }
            ids = known
        }
        var rows: [JSON] = []
        try errors.forEach(Selection(options), of: ids, atMost: options.most) { error in
            if isForPeople { rows.append(error) } else { try write(error) }
        }
        guard isForPeople else { return }
        try write(
            rows,
            as: [
                Column("time", shown: Column.time), Column("stage"), Column("severity"),
                Column("kind"), Column("id"), Column("message"),
            ])
    }

    /// Lists the batches.
    func listBatches(_ options: Options<ToolOptions>, _ checkpoint: Checkpoint) throws {
        try write(
            BatchList(checkpoint).batches(
                Selection(options), atMost: options.most, activeOnly: options.isActive),
            as: [
                Column("batch"), Column("created_at", "created", shown: Column.time),
                Column("records", nil, .right), Column("done", nil, .right),
                Column("open", nil, .right), Column("failed", nil, .right), Column("note"),
            ])
    }
}

extension Options<ToolOptions> {
    /// The most rows of a list.
    fileprivate var most: Int { min(self.latest ?? .max, self.limit) }
}
