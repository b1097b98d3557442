// MetricsReport: the metrics of an archive as JSON: those of the system, of the jobs, of errors.
internal import Checkpoint
internal import CheckpointFigures
internal import Checks
internal import Health
internal import Machine
public import Records
internal import System

/// The groups of metrics.
public enum MetricsGroup: String, Sendable, CaseIterable {
    case system, jobs, errors
}

extension ArchiveFigures {
    /// One group as an object; a member is null when its figures cannot be read.
    public func json(_ group: MetricsGroup) -> JSON {
        let members: [JSON.Member] =
            switch group {
            case .system: systemMembers
            case .jobs: jobMembers
            case .errors: errorMembers
            }
        return .object([.init("timestamp", .string(now.text))] + members)
    }

    private var systemMembers: [JSON.Member] {
        let load = try? MachineLoad(proc: scene.proc)
        let stored = try? stored.get()
        let disk = health.checks.first { $0.name == "disk" }?.json
        return [
            .init("memory", health.memory),
            .init(
                "cpu",
                load.map { load in
                    .members([
                        "load": .double(load.lastMinute), "processors": .int(load.processors),
                        "percent": .double(Figure.rounded(load.percent)),
                    ])
                } ?? .null),
            .init("disk", disk ?? .null),
            .init(
                "checkpoint",
                stored.map { stored in
                    .members(["bytes": .int(stored.bytes), "log_bytes": .int(stored.logBytes)])
                } ?? .null),
            .init(
                "rate_budgets",
                .array(
                    budgets.map { budget in
                        .members([
                            "group": .string(budget.group), "budget": .string(budget.budget),
                            "used": .int(budget.used), "limit": .int(budget.limit),
                            "window_seconds": .double(budget.window),
                        ])
                    })),
        ]
    }

    private var jobMembers: [JSON.Member] {
        guard let stored = try? stored.get() else {
            return [.init("stages", .null), .init("tasks", .null)]
        }
        let times = Dictionary(
            uniqueKeysWithValues: stored.recentTimes.stages.map { ($0.stage, $0.times) })
        let stages = stored.queue.lines.map { line in
            JSON.Member(
                line.stage.rawValue,
                .members([
                    "pending": .int(line.pending), "processing": .int(line.processing),
                    "failed": .int(line.failed), "completed": .int(line.completed),
                    "skipped": .int(line.skipped),
                    "completed_last_hour": .int(line.completedLastHour),
                    "seconds": ArchiveFigures.json(times[line.stage]),
                ]))
        }
        let tasks = stored.tasks.tasks.map { task in
            JSON.Member(
                task.name,
                .members([
                    "last_success": task.lastSuccess.map { .string($0.text) } ?? .null,
                    "last_run": .string(task.lastEnd.text),
                    "last_exit_status": .int(task.lastStatus),
                ]))
        }
        return [
            .init("stages", .object(stages)), .init("tasks", .object(tasks)),
            .init("transcripts", .array(stored.spent)),
        ]
    }

    /// The times of work of the current and the earlier clock hour; null without any.
    private static func json(_ times: StageTimes.Histogram?) -> JSON {
        guard let times, let mean = times.mean else { return .null }
        func rounded(_ part: Double) -> JSON? {
            .number(times.percentile(part).map(Figure.rounded))
        }
        return .members([
            "count": .int(times.count), "mean": .double(Figure.rounded(mean)),
            "p50": rounded(0.5), "p95": rounded(0.95), "p99": rounded(0.99),
        ])
    }

    private var errorMembers: [JSON.Member] {
        guard let stored = try? stored.get() else { return [.init("last_hour", .null)] }
        func list(_ counts: [ErrorCount]) -> JSON {
            .array(
                counts.map { error in
                    .members([
                        "stage": .text(error.stage) ?? .null, "severity": .string(error.severity),
                        "category": .string(error.category), "count": .int(error.count),
                    ])
                })
        }
        return [
            .init("last_hour", .int(stored.lastHour.lastHour)),
            .init("critical_count", .int(stored.lastHour.critical)),
            .init("last_24h", list(stored.recentErrors)), .init("total", list(stored.errors)),
        ]
    }
}
