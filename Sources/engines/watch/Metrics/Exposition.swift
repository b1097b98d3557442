// Exposition: the metrics of an archive in the text format of Prometheus.
internal import Checkpoint
internal import CheckpointFigures
internal import Checks
internal import Health
internal import Records

/// The metrics of an archive, each name once.
public struct Exposition: Sendable {
    private let families: [MetricFamily]

    /// Makes the metrics.
    ///
    /// - Parameters:
    ///   - figures: The figures.
    ///   - hasOldNames: True to add the metrics that the replaced systems had, by their names.
    public init(_ figures: ArchiveFigures, oldNames hasOldNames: Bool) {
        let stored = try? figures.stored.get()
        families =
            Exposition.of(figures) + (stored.map(Exposition.of) ?? [])
            + (hasOldNames ? stored.map(Exposition.underOldNames) ?? [] : [])
    }

    /// The whole text, which ends with a line break.
    public var text: String { families.flatMap(\.lines).map { $0 + "\n" }.joined() }

    /// The metrics that are known without the checkpoint.
    private static func of(_ figures: ArchiveFigures) -> [MetricFamily] {
        var build = MetricFamily(
            "callpipe_build_info", .gauge, "The version and the commit of the tools; always 1.")
        build.add(
            1, ["version": figures.scene.version, "commit": figures.scene.commit ?? "unknown"])
        var up = MetricFamily(
            "callpipe_up", .gauge, "1 when the checkpoint can be read, else 0.")
        up.add(figures.failure == nil ? 1 : 0)
        var checks = MetricFamily(
            "callpipe_check_status", .gauge,
            "The result of a check: 0 pass, 1 warn, 2 fail, 3 unknown.")
        for check in figures.health.checks {
            checks.add(Double(check.verdict.exitStatus), ["check": check.name])
        }
        var used = MetricFamily(
            "callpipe_rate_budget_used_requests", .gauge,
            "The requests that count against a rate limit now.")
        var allowed = MetricFamily(
            "callpipe_rate_budget_limit_requests", .gauge,
            "The requests that a rate limit allows in its window.")
        for budget in figures.budgets {
            used.add(Double(budget.used), ["group": budget.group, "budget": budget.budget])
            allowed.add(Double(budget.limit), ["group": budget.group, "budget": budget.budget])
        }
        var backup = MetricFamily(
            "callpipe_backup_timestamp_seconds", .gauge,
            "The time of the last backup of the checkpoint, since 1970.")
        backup.add(figures.backup?.seconds)
        return [build, up, checks, used, allowed, backup] + services(figures.health)
    }

    private static func services(_ health: HealthReport) -> [MetricFamily] {
        var status = MetricFamily(
            "callpipe_service_status", .gauge,
            "The last result of a service's check: 0 pass, 1 warn, 2 fail, 3 unknown.")
        var checked = MetricFamily(
            "callpipe_service_checked_timestamp_seconds", .gauge,
            "The time of a service's last check, since 1970.")
        var latency = MetricFamily(
            "callpipe_service_latency_seconds", .gauge,
            "The time that a service took to answer its last check.")
        for service in health.services {
            let verdict: CheckResult.Verdict =
                service.status == "unknown" ? .unknown : service.result.verdict
            status.add(Double(verdict.exitStatus), ["service": service.name])
            checked.add(service.checkedAt?.seconds, ["service": service.name])
            latency.add(service.latency, ["service": service.name])
        }
        return [status, checked, latency]
    }

    private static func of(_ stored: ArchiveFigures.Stored) -> [MetricFamily] {
        var errors = MetricFamily(
            "callpipe_errors_total", .counter,
            "The errors of recordings and runs, by stage, severity and category.")
        for error in stored.errors {
            errors.add(
                Double(error.count),
                [
                    "stage": error.stage ?? "none", "severity": error.severity,
                    "category": error.category,
                ])
        }
        var listed = MetricFamily(
            "callpipe_listed_until_timestamp_seconds", .gauge,
            "The end of the last window of a source that was listed whole, since 1970.")
        for listing in stored.listings {
            listed.add(listing.end.seconds, ["source": listing.source])
        }
        var bytes = MetricFamily(
            "callpipe_checkpoint_size_bytes", .gauge, "The size of the checkpoint.")
        bytes.add(Double(stored.bytes), ["file": "database"])
        bytes.add(Double(stored.logBytes), ["file": "log"])
        return stages(stored) + [errors, listed, bytes] + tasks(stored.tasks) + costs(stored.spent)
    }

    private static func stages(_ stored: ArchiveFigures.Stored) -> [MetricFamily] {
        var recordings = MetricFamily(
            "callpipe_recordings", .gauge, "The recordings in a stage, by their status.")
        for line in stored.queue.lines {
            let counts: KeyValuePairs = [
                "pending": line.pending, "processing": line.processing, "failed": line.failed,
                "completed": line.completed, "skipped": line.skipped,
            ]
            for (status, count) in counts {
                recordings.add(Double(count), ["stage": line.stage.rawValue, "status": status])
            }
        }
        var times = MetricFamily(
            "callpipe_stage_duration_seconds", .histogram,
            "The time from the lease of a recording to its mark, of completed recordings.")
        for (stage, histogram) in stored.times.stages {
            times.add(
                limits: StageTimes.Histogram.limits, cumulative: histogram.cumulative,
                sum: histogram.seconds, ["stage": stage.rawValue])
        }
        return [recordings, times]
    }

    /// The label is `task`: a scrape would rename a label `job`.
    private static func tasks(_ tasks: TaskFigures) -> [MetricFamily] {
        var success = MetricFamily(
            "callpipe_last_success_timestamp_seconds", .gauge,
            "The end of the last run of a task that did its work, since 1970.")
        var end = MetricFamily(
            "callpipe_last_run_timestamp_seconds", .gauge,
            "The end of the last run of a task, since 1970.")
        var status = MetricFamily(
            "callpipe_last_run_exit_status", .gauge, "The exit status of the last run of a task.")
        for task in tasks.tasks {
            success.add(task.lastSuccess?.seconds, ["task": task.name])
            end.add(task.lastEnd.seconds, ["task": task.name])
            status.add(Double(task.lastStatus), ["task": task.name])
        }
        var since = MetricFamily(
            "callpipe_schedule_since_timestamp_seconds", .gauge,
            "The first run of the unbroken schedule, since 1970.")
        since.add(tasks.since?.seconds)
        return [success, end, status, since]
    }

    private static func costs(_ lines: [JSON]) -> [MetricFamily] {
        struct Line: Decodable {
            let what: String
            let engine: String?
            let model: String?
            let recordings: Int
            let hours: Double
            let cost: Double?
        }
        var recordings = MetricFamily(
            "callpipe_transcripts_total", .counter, "The transcripts that an engine made.")
        var audio = MetricFamily(
            "callpipe_transcribed_audio_seconds_total", .counter,
            "The audio that an engine received.")
        var cost = MetricFamily(
            "callpipe_transcription_cost_total", .counter,
            "The cost of transcripts, in the currency of their price.")
        for line in lines.compactMap({ $0.decoded(as: Line.self) }) where line.what == "engine" {
            let labels: KeyValuePairs = [
                "engine": line.engine ?? "unknown", "model": line.model ?? "unknown",
            ]
            recordings.add(Double(line.recordings), labels)
            audio.add((line.hours * 3600).rounded(), labels)
            cost.add(line.cost, labels)
        }
        return [recordings, audio, cost]
    }

    /// The metrics of system 001, whose requests are the attempts of stages here.
    private static func underOldNames(_ stored: ArchiveFigures.Stored) -> [MetricFamily] {
        let all = stored.times.all
        func errors(_ stage: String? = nil) -> Int {
            stored.errors.filter { stage == nil || $0.stage == stage }.reduce(0) { $0 + $1.count }
        }
        let transcribed = stored.times.stages.first { $0.stage.rawValue == "transcribe" }?.times
        var requests = MetricFamily(
            "http_requests_total", .counter, "The attempts of all stages, under an old name.")
        requests.add(Double(all.count + errors()))
        var times = MetricFamily(
            "http_request_duration_seconds", .histogram,
            "The time of work of all stages, under an old name.")
        times.add(
            limits: StageTimes.Histogram.limits, cumulative: all.cumulative, sum: all.seconds, [:])
        var failures = MetricFamily(
            "transcription_failures_total", .counter,
            "The failed attempts to transcribe, under an old name.")
        failures.add(Double(errors("transcribe")))
        var uploads = MetricFamily(
            "transcription_uploads_total", .counter,
            "The attempts to transcribe, under an old name.")
        uploads.add(Double((transcribed?.count ?? 0) + errors("transcribe")))
        return [requests, times, failures, uploads]
    }
}
