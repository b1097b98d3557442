// call-metrics: tell the figures of the archive, as JSON or for Prometheus.
//
// state.db, /proc, rate limits, backups  ->  {"stages":{"fetch":{"pending",…}},…} or callpipe.prom
import Files
import Filter
import Health
import Metrics
import Records
import System

let tool = Tool(
    "call-metrics", "tell the figures of the archive, as JSON or for Prometheus",
    operands: "[system|jobs|errors]",
    examples: [
        "call-metrics jobs | jq .stages.fetch",
        "call-metrics --prometheus /var/lib/prometheus/node-exporter/callpipe.prom",
    ],
    options: ToolOptions())

tool.report { options, report in
    let path = options.prometheus
    if path == nil { try options.refuse([options.table.hasOldNames], "without --prometheus") }
    if path != nil { try options.refuseOperands("with --prometheus") }
    let group = try path == nil ? options.operand("group", of: MetricsGroup.self) : nil
    var scene = Scene(options.environment, state: options.state, data: options.data)
    scene.maxAge = options.maxAge ?? scene.maxAge
    scene.busyTimeout = options.busyTimeout ?? scene.busyTimeout
    scene.version = Report.version
    let figures = ArchiveFigures(scene, settingsFile: options.envFile ?? ".env")
    if let group { try report.write(figures.json(group)) }
    if let path {
        let text = Exposition(figures, oldNames: options.hasOldNames).text
        if path == "-" {
            try report.write(records: Array(text.utf8))
        } else {
            do throws(SystemError) {
                // The exporter is another user.
                try StagedFile.write(Array(text.utf8), to: path, mode: 0o644)
            } catch {
                throw Failure(
                    .stop, .storage, "write \(path): \(error.reason)",
                    remedy: "make room, or let this user write to its directory")
            }
        }
    }
    // All that is known without the checkpoint is told before.
    if let failure = figures.failure { report.fail(failure) }
}
