// ArchiveChecks: the checks that need the figures of the checkpoint.
import Checkpoint
import CheckpointFigures
import CheckpointReports
import Checks
import Records

extension HealthChecks {
    /// A check of the figures.
    func checked(_ check: HealthCheck, _ figures: CheckpointView.Figures) -> CheckResult {
        switch check {
        case .queue: queue(figures)
        case .stalled: stalled(figures)
        case .failures: alert("failures", figures, "state-show --status failed --fields id,error")
        case .errorRate: errorRate(figures)
        case .critical:
            counted(
                "critical", figures.errors.critical, "critical errors came in the last hour",
                remedy: "run state-errors --last 1h --by severity,category")
        case .leases:
            counted(
                "leases", figures.lostLeases,
                "recordings are leased by a run whose processes are gone",
                remedy: "run state-check --repair; the next run frees them as well")
        case .expiring: expiring(figures)
        case .listOverdue: overdue(figures)
        case .lastRun: lastRun(figures)
        default: CheckResult(check.rawValue, .skip, "it needs no figure of the checkpoint")
        }
    }

    /// A count that has to be 0.
    private func counted(
        _ name: String, _ count: Int, _ output: String, remedy: String, critical: Double? = nil
    ) -> CheckResult {
        CheckResult(
            name, Figure(Double(count), limit: 0, critical: critical), "\(count) \(output)",
            remedy: remedy)
    }

    private func queue(_ figures: CheckpointView.Figures) -> CheckResult {
        // Each stage has its own rate, and they work side by side: the slowest tells the end.
        let left = figures.summary.lines.compactMap { line -> Double? in
            line.open > 0 && line.perHour > 0 ? Double(line.open) / line.perHour : nil
        }
        let limits = HealthLimits.backlog
        return CheckResult(
            "queue",
            Figure(left.max() ?? 0, "h", limit: limits.warn, critical: limits.fail),
            "\(figures.queue.pending) wait and \(figures.queue.processing) are in work; at the rate "
                + "of the last day that takes the time shown",
            remedy: "raise --jobs, use a smaller model, or add an engine; see state-summary")
    }

    private func stalled(_ figures: CheckpointView.Figures) -> CheckResult {
        let stages = figures.summary.alerts.filter { $0.name == "stalled" }
        let names = stages.compactMap { $0.stage?.rawValue }.joined(separator: ", ")
        return CheckResult(
            "stalled", Figure(Double(stages.reduce(0) { $0 + $1.count }), limit: 0),
            stages.isEmpty
                ? "no stage stands still"
                : "recordings wait in \(names), and nothing was completed there in 24 h",
            remedy: "run state-show --runs, then the pipeline by hand: make daily")
    }

    private func alert(
        _ name: String, _ figures: CheckpointView.Figures, _ command: String
    ) -> CheckResult {
        let count = figures.summary.alerts.filter { $0.name == name }.reduce(0) { $0 + $1.count }
        return counted(
            name, count, "failed for good in the last 24 h",
            remedy: "run \(command), then make retry-failed")
    }

    private func errorRate(_ figures: CheckpointView.Figures) -> CheckResult {
        let (errors, done) = (figures.errors.lastHour, figures.queue.completedLastHour)
        let rate = Performance.errorRate(errors: errors, done: done)
        let isFew = errors < HealthLimits.fewErrors
        let limits = HealthLimits.errorRate
        return CheckResult(
            "error_rate",
            Figure(
                rate, "%", limit: isFew ? nil : limits.warn, critical: isFew ? nil : limits.fail),
            "\(errors) errors and about \(done) completed stages in the last hour",
            remedy: "run state-errors --last 1h --by severity,category")
    }

    private func expiring(_ figures: CheckpointView.Figures) -> CheckResult {
        let days = CheckpointView.purgeDays
        let (soon, verySoon) = figures.purged
        var result = counted(
            "expiring", soon,
            "recordings are not fetched, and the service purges them within \(days.soon) days",
            remedy: "run make backfill: the oldest go first")
        if verySoon > 0 {
            result.verdict = .fail
            result.output += ", \(verySoon) of them within \(days.verySoon) days"
        }
        return result
    }

    private func overdue(_ figures: CheckpointView.Figures) -> CheckResult {
        let limit = HealthLimits.listAge(scene.environment) / 3600
        if let source = figures.neverListed, let first = figures.firstRun {
            return CheckResult(
                "list_overdue",
                Figure(view.now.hours(since: first), "h", limit: limit, critical: limit * 4),
                "\(source) was never listed whole, and the first run was at \(first.text)",
                remedy: "run make daily, and see that its timer or cron runs")
        }
        guard let oldest = figures.overdue.min(by: { $0.end < $1.end }) else {
            return CheckResult(
                "list_overdue", .pass,
                "no source was last listed whole more than \(Figure.short(limit)) h ago",
                figure: Figure(0, "h", limit: limit))
        }
        let age = Timestamp(oldest.end).map { view.now.hours(since: $0) } ?? .infinity
        return CheckResult(
            "list_overdue", Figure(age, "h", limit: limit, critical: limit * 4),
            "\(oldest.source) was last listed whole up to \(oldest.end): later calls are not known",
            remedy: "run make daily: it lists from there")
    }

    private func lastRun(_ figures: CheckpointView.Figures) -> CheckResult {
        guard let begin = figures.tasks.lastBegin else {
            return CheckResult("last_run", .skip, "there was no run yet")
        }
        let limits = HealthLimits.pause
        return CheckResult(
            "last_run",
            Figure(
                view.now.hours(since: begin), "h", limit: limits.warn, critical: limits.fail),
            "the last run began at \(begin.text)",
            remedy: "see that cron or the timers run: systemctl list-timers 'call*'")
    }
}
