// Performance: the sections of a report about load, times, capacity and cost.
import Checkpoint
import CheckpointPeriods
import Documents
import Filter
import Records

extension Document {
    /// The report of a period.
    init(of period: Period, in checkpoint: Checkpoint, _ options: Options<ToolOptions>) throws {
        self.init("callpipe: report of \(period.words)")
        let load = try Load(of: period, in: checkpoint)
        let times = try WorkTimes(of: period, in: checkpoint)
        add(load, period)
        add(times)
        addErrors(load)
        add(try Requests(of: period, in: checkpoint))
        if options.showsCapacity { addCapacity(load, period, options.fetchLimit ?? 600) }
        if options.showsCost || options.showsCapacity {
            add(try Costs(of: period, in: checkpoint), showsCost: options.showsCost)
        }
    }

    private mutating func add(_ load: Load, _ period: Period) {
        add(.heading("Load"))
        let calls = load.calls
        add(
            .paragraph(
                "\(calls.count) recorded calls began, with \(Words.number(load.callHours)) hours: "
                    + "\(Words.rate(calls.count, period.hours)) an hour on average, "
                    + "\(calls.peak) in the busiest hour" + Words.hour(calls.peakHour) + "."))
        var grid = Grid(
            "Completed stages, with the whole of the first and the last hour of the clock",
            [
                "stage": false, "completed": true, "an hour": true, "busiest hour": true,
                "when": false, "failed": true, "waiting now": true,
            ])
        for line in load.lines {
            grid.add(
                line.stage.rawValue, "\(line.done.count)",
                Words.rate(line.done.count, load.workHours), "\(line.done.peak)",
                line.done.peakHour.map { "\($0):00Z" } ?? "", "\(line.failed)", "\(line.waiting)")
        }
        add(grid.rows.isEmpty ? .paragraph("No stage has any work.") : .table(grid))
    }

    private mutating func add(_ times: WorkTimes) {
        var grid = Grid(
            "Seconds from the claim of a recording to its mark",
            [
                "stage": false, "recordings": true, "mean": true, "p50": true, "p90": true,
                "p95": true, "p99": true, "longest": true,
            ])
        func row(_ name: String, _ seconds: Distribution) {
            guard seconds.count > 0 else { return }
            let shares = [0.5, 0.9, 0.95, 0.99].map { Words.number(seconds.percentile($0)) }
            grid.add(
                name, "\(seconds.count)", Words.number(seconds.mean), shares[0], shares[1],
                shares[2], shares[3], Words.number(seconds.most))
        }
        for (stage, seconds) in times.stages { row(stage.rawValue, seconds) }
        row("call to archive", times.delay)
        add("Times", grid, orElse: "No time of work is known in this period.")
    }

    private mutating func addErrors(_ load: Load) {
        var grid = Grid(
            "Errors, also those of attempts that were repeated",
            ["stage": false, "errors": true, "attempts": true, "error rate": true])
        for line in load.lines where line.errors > 0 {
            grid.add(
                line.stage.rawValue, "\(line.errors)", "\(line.errors + line.done.count)",
                Words.percent(line.errorRate))
        }
        add("Errors", grid, orElse: "There was no error.")
    }

    /// Only where an HTTP log was kept.
    private mutating func add(_ requests: Requests) {
        guard !requests.lines.isEmpty else { return }
        var grid = Grid(
            "Requests, and the seconds that they took",
            [
                "host": false, "requests": true, "failed": true, "mean": true, "p50": true,
                "p95": true, "longest": true,
            ])
        for line in requests.lines {
            let (count, seconds) = (line.seconds.count, line.seconds)
            grid.add(
                line.host, "\(count)", Words.percent(Double(line.failed) / Double(count)),
                Words.number(seconds.mean), Words.number(seconds.percentile(0.5)),
                Words.number(seconds.percentile(0.95)), Words.number(seconds.most))
        }
        add(.heading("Requests to services"))
        add(.table(grid))
    }

    private mutating func addCapacity(_ load: Load, _ period: Period, _ limit: Int) {
        var grid = Grid(
            "Recordings an hour: the mean of the hours with work, the best hour, the limit",
            [
                "stage": false, "measured": true, "best": true, "limit": true, "comes in": true,
                "in use": true, "waiting is done in": true,
            ])
        let arrival = Double(load.calls.count) / period.hours
        for line in load.lines where line.done.count > 0 {
            let cap = line.stage == .fetch ? Double(limit) : nil
            let speed = min(Double(line.done.peak), cap ?? .infinity)
            let spare = speed - arrival
            let left =
                line.waiting == 0
                ? "-" : spare > 0 ? "\(Words.number(Double(line.waiting) / spare)) h" : "never"
            grid.add(
                line.stage.rawValue, Words.number(line.done.perBusyHour), "\(line.done.peak)",
                cap.map { Words.number($0) } ?? "-", Words.number(arrival),
                Words.percent(speed > 0 ? arrival / speed : nil), left)
        }
        add("Capacity", grid, orElse: "No stage did any work, so no speed is known.")
        add(
            .paragraph(
                "The best hour is what a stage has shown that it can do; one that had little to do "
                    + "can do more. The limit is that of the phone system for listing and "
                    + "fetching together. In use is the share of the best hour that the calls of "
                    + "this time need."))
    }

    private mutating func add(_ costs: Costs, showsCost: Bool) {
        var grid = Grid(
            showsCost ? "Transcripts and their cost, by month" : "Transcripts, by month",
            [
                "month": false, "engine": false, "model": false, "transcripts": true,
                "hours": true, "hours of work": true, "factor": true, "cost": true,
            ])
        for line in costs.lines {
            let factor = line.workHours.flatMap { line.hours > 0 ? $0 / line.hours : nil }
            grid.add(
                line.month, line.engine, line.model, "\(line.recordings)",
                Words.number(line.hours), Words.number(line.workHours), Words.number(factor),
                showsCost ? Words.money(line.cost) : "")
        }
        add(
            showsCost ? "Cost" : "Transcription", grid,
            orElse: "The ledger has no transcript of these months.")
        guard showsCost, !grid.rows.isEmpty else { return }
        add(
            .paragraph(
                costs.total.map { "The sum of what has a price is \(Words.money($0))." }
                    ?? "No price was given; transcribe --price names one."))
    }
}
