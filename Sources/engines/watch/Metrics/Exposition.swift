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
            Exposition.general(figures) + Exposition.services(figures.health)
            + (stored.map(Exposition.archive) ?? [])
            + (hasOldNames ? stored.map(Exposition.underOldNames) ?? [] : [])
    }

    /// The whole text, which ends with a line break.
    public var text: String { families.flatMap(\.lines).map { $0 + "\n" }.joined() }

    /// The metrics that are known without the checkpoint.
    private static func general(_ figures: ArchiveFigures) -> [MetricFamily] {
        [
            MetricFamily(
                "callpipe_build_info", .gauge, "The version and the commit of the tools; always 1.",
                [
                    .init(
                        1,
                        [
                            "version": figures.scene.version,
                            "commit": figures.scene.commit ?? "unknown",
                        ])
                ]),
            MetricFamily(
                "callpipe_up", .gauge, "1 when the checkpoint can be read, else 0.",
                figures.failure == nil ? 1 : 0),
            MetricFamily(
                "callpipe_check_status", .gauge,
                "The result of a check: 0 pass, 1 warn, 2 fail, 3 unknown.",
                figures.health.checks.map {
                    .init(Double($0.verdict.exitStatus), ["check": $0.name])
                }),
            MetricFamily(
                "callpipe_rate_budget_used_requests", .gauge,
                "The requests that count against a rate limit now.",
                figures.budgets.map {
                    .init(Double($0.used), ["group": $0.group, "budget": $0.budget])
                }),
            MetricFamily(
                "callpipe_rate_budget_limit_requests", .gauge,
                "The requests that a rate limit allows in its window.",
                figures.budgets.map {
                    .init(Double($0.limit), ["group": $0.group, "budget": $0.budget])
                }),
            MetricFamily(
                "callpipe_backup_timestamp_seconds", .gauge,
                "The time of the last backup of the checkpoint, since 1970.",
                figures.backup?.seconds),
            MetricFamily(
                "callpipe_key_changed_timestamp_seconds", .gauge,
                "The time when a file with secrets was last changed, since 1970.",
                figures.keys.map { .init($0.changed.seconds, ["key": $0.name]) }),
            MetricFamily(
                "callpipe_month_budget", .gauge,
                "The amount that the transcripts of a month may cost.", figures.monthlyBudget),
        ]
    }

    private static func services(_ health: HealthReport) -> [MetricFamily] {
        [
            MetricFamily(
                "callpipe_service_status", .gauge,
                "The last result of a service's check: 0 pass, 1 warn, 2 fail, 3 unknown.",
                health.services.map { service in
                    let verdict = service.status == "unknown" ? .unknown : service.result.verdict
                    return .init(Double(verdict.exitStatus), ["service": service.name])
                }),
            MetricFamily(
                "callpipe_service_checked_timestamp_seconds", .gauge,
                "The time of a service's last check, since 1970.",
                health.services.map { .init($0.checkedAt?.seconds, ["service": $0.name]) }),
            MetricFamily(
                "callpipe_service_latency_seconds", .gauge,
                "The time that a service took to answer its last check.",
                health.services.map { .init($0.latency, ["service": $0.name]) }),
        ]
    }

    /// The metrics of the checkpoint.
    private static func archive(_ stored: ArchiveFigures.Stored) -> [MetricFamily] {
        work(stored) + tasks(stored.tasks) + costs(stored)
    }

    private static func work(_ stored: ArchiveFigures.Stored) -> [MetricFamily] {
        [
            MetricFamily(
                "callpipe_recordings", .gauge, "The recordings in a stage, by their status.",
                stored.queue.lines.flatMap { line in
                    [
                        ("pending", line.pending), ("processing", line.processing),
                        ("failed", line.failed), ("completed", line.completed),
                        ("skipped", line.skipped),
                    ].map { status, count in
                        .init(Double(count), ["stage": line.stage.rawValue, "status": status])
                    }
                }),
            MetricFamily(
                "callpipe_stage_duration_seconds", .histogram,
                "The time from the lease of a recording to its mark, of completed recordings.",
                stored.times.stages.flatMap { histogram($0.times, ["stage": $0.stage.rawValue]) }),
            MetricFamily(
                "callpipe_errors_total", .counter,
                "The errors of recordings and runs, by stage, severity and category.",
                stored.errors.map { error in
                    .init(
                        Double(error.count),
                        [
                            "stage": error.stage ?? "none", "severity": error.severity,
                            "category": error.category,
                        ])
                }),
            MetricFamily(
                "callpipe_listed_until_timestamp_seconds", .gauge,
                "The end of the last window of a source that was listed whole, since 1970.",
                stored.listings.map { .init($0.end.seconds, ["source": $0.source]) }),
            MetricFamily(
                "callpipe_checkpoint_size_bytes", .gauge, "The size of the checkpoint.",
                [
                    .init(Double(stored.bytes), ["file": "database"]),
                    .init(Double(stored.logBytes), ["file": "log"]),
                ]),
        ]
    }

    /// The label is `task`: a scrape would rename a label `job`.
    private static func tasks(_ tasks: TaskFigures) -> [MetricFamily] {
        [
            MetricFamily(
                "callpipe_last_success_timestamp_seconds", .gauge,
                "The end of the last run of a task that did its work, since 1970.",
                tasks.tasks.map { .init($0.lastSuccess?.seconds, ["task": $0.name]) }),
            MetricFamily(
                "callpipe_last_run_timestamp_seconds", .gauge,
                "The end of the last run of a task, since 1970.",
                tasks.tasks.map { .init($0.lastEnd.seconds, ["task": $0.name]) }),
            MetricFamily(
                "callpipe_last_run_exit_status", .gauge,
                "The exit status of the last run of a task.",
                tasks.tasks.map { .init(Double($0.lastStatus), ["task": $0.name]) }),
            MetricFamily(
                "callpipe_schedule_since_timestamp_seconds", .gauge,
                "The first run of the unbroken schedule, since 1970.", tasks.since?.seconds),
        ]
    }

    private static func costs(_ stored: ArchiveFigures.Stored) -> [MetricFamily] {
        struct Line: Decodable {
            let what: String
            let engine: String?
            let model: String?
            let recordings: Int
            let hours: Double
            let cost: Double?
        }
        let lines = stored.spent.compactMap { $0.decoded(as: Line.self) }
            .filter { $0.what == "engine" }
        func samples(_ value: (Line) -> Double?) -> [MetricFamily.Sample?] {
            lines.map { line in
                .init(
                    value(line),
                    ["engine": line.engine ?? "unknown", "model": line.model ?? "unknown"])
            }
        }
        return [
            MetricFamily(
                "callpipe_transcripts_total", .counter, "The transcripts that an engine made.",
                samples { Double($0.recordings) }),
            MetricFamily(
                "callpipe_transcribed_audio_seconds_total", .counter,
                "The audio that an engine received.", samples { ($0.hours * 3600).rounded() }),
            MetricFamily(
                "callpipe_transcription_cost_total", .counter,
                "The cost of transcripts, in the currency of their price.", samples(\.cost)),
            MetricFamily(
                "callpipe_month_cost", .gauge,
                "The cost of the transcripts of this month (UTC), in the currency of their price.",
                stored.monthCost),
        ]
    }

    /// The metrics of system 001, whose requests are the attempts of stages here.
    private static func underOldNames(_ stored: ArchiveFigures.Stored) -> [MetricFamily] {
        let all = stored.times.all
        func errors(_ stage: String? = nil) -> Int {
            stored.errors.filter { stage == nil || $0.stage == stage }.reduce(0) { $0 + $1.count }
        }
        let transcribed = stored.times.stages.first { $0.stage.rawValue == "transcribe" }?.times
        return [
            MetricFamily(
                "http_requests_total", .counter, "The attempts of all stages, under an old name.",
                Double(all.count + errors())),
            MetricFamily(
                "http_request_duration_seconds", .histogram,
                "The time of work of all stages, under an old name.", histogram(all)),
            MetricFamily(
                "transcription_failures_total", .counter,
                "The failed attempts to transcribe, under an old name.",
                Double(errors("transcribe"))),
            MetricFamily(
                "transcription_uploads_total", .counter,
                "The attempts to transcribe, under an old name.",
                Double((transcribed?.count ?? 0) + errors("transcribe"))),
        ]
    }

    private static func histogram(
        _ times: StageTimes.Histogram, _ labels: KeyValuePairs<String, String> = [:]
    ) -> [MetricFamily.Sample] {
        MetricFamily.Sample.histogram(
            limits: StageTimes.Histogram.limits, cumulative: times.cumulative, sum: times.seconds,
            labels)
    }
}
