// Layout: the scope of state-summary, and the order of its lines.
import Checkpoint
import CheckpointFigures
import CheckpointReports
import Filter
import Records

extension Summary.Scope {
    /// Takes the options.
    init(_ options: Options<ToolOptions>) {
        self.init()
        last = options.last ?? last
        purgeDays = options.alertDays ?? purgeDays
        age = options.alertAge ?? age
        listAge = options.alertList ?? listAge
        failureHint = "see state-show --status failed --fields id,error"
    }
}

extension Report {
    /// The cost of each engine; in the table for people the last row is named "total".
    func write(_ spending: Spending) throws {
        let named = spending.lines.map { line in
            guard isForPeople, case .object(let members) = line,
                !members.contains(where: { $0.name == "engine" })
            else { return line }
            return .object(members + [.init("engine", .string("total"))])
        }
        try write(
            named,
            as: [
                Column("engine"), Column("model"), Column("recordings", nil, .right),
                .decimal("hours", "hours", 2), .decimal("wall_hours", "wall hours", 2),
                .decimal("real_time_factor", "factor", 3), .decimal("cost", "cost", 4),
                .decimal("cost_per_hour", "per hour", 4),
            ])
    }

    /// The counts of each stage.
    func writeStages(_ summary: Summary) throws {
        let counts = ["pending", "queued", "processing", "completed", "failed", "skipped"]
        try write(
            summary.stages,
            as: [Column("stage")] + counts.map { Column($0, nil, .right) } + [
                Column("lately", nil, .right), Column("per_hour", "per hour", .right),
                Column("seconds_left", "time left", .right, shown: Column.span),
                Column("oldest", "oldest that waits", shown: Column.time),
            ])
    }

    /// Facts beside the stages: rates, expiry, disk, the last backup.
    func writeFacts(
        _ summary: Summary, lastBackup backup: LastBackup?
    ) throws {
        guard isForPeople else {
            for fact in summary.facts { try write(fact) }
            if let backup {
                try write(
                    JSON.members([
                        "what": .string("backup"), "finished_at": .string(backup.time),
                        "path": .string(backup.file),
                    ]))
            }
            return
        }
        try write(summary.sentences)
        if let backup { try write(["last backup: \(backup.file), \(backup.time.prefix(19))Z"]) }
    }

    /// The alerts that need a person.
    func writeAlerts(_ summary: Summary) throws {
        guard isForPeople else {
            for alert in summary.alertObjects { try write(alert) }
            return
        }
        try write(summary.alertSentences)
    }
}

extension Column {
    /// A number with a fixed count of decimals, so that the points stand below each other.
    fileprivate static func decimal(_ member: String, _ title: String, _ places: Int) -> Column {
        Column(member, title, .right) { value in
            guard case .double(let number) = value, number < 1e12 else { return plain(value) }
            let scale = (0..<places).reduce(1) { scale, _ in scale * 10 }
            let whole = Int((number * Double(scale)).rounded())
            let digits = String(whole % scale)
            let zeros = String(repeating: "0", count: places - digits.count)
            return "\(whole / scale).\(zeros)\(digits)"
        }
    }
}
