// call-health: tell whether the archive is well, as one JSON object; 0 well, 1 degraded, 2 ill.
//
// state.db, /proc, backups, the last results of call-doctor  ->  {"status","services","checks",…}
import Checks
import Filter
import Health
import Records

let tool = Tool(
    "call-health", "tell if the archive is well: checkpoint, services, queue, machine, backups",
    examples: [
        "call-health | jq .status",
        "call-health --format plugin --check cpu,memory,disk,backup --max-age 26h",
    ],
    options: ToolOptions())

tool.report { options, report in
    let questions = try Questions(options.check)
    try questions.refuseOthers(options)
    let scene = Scene(options)
    try report.repeated(
        while: options.watches, every: options.every ?? 30, for: options.period
    ) {
        let certificates = questions.certificates(options)
        var health = HealthReport(scene, checking: questions.names, and: certificates)
        if let service = options.service { health = health.only(service) }
        try report.write(health, as: options.format)
        report.end(with: health.verdict.exitStatus)
    }
}
