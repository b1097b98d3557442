// call-status: tell the condition of the archive as a status page does, as one JSON object.
//
// state.db, /proc, the last results of call-doctor  ->  {"status","uptime","services","issues",…}
import Filter
import Health
import Records

let tool = Tool(
    "call-status", "tell the condition of the archive: uptime, services, speed, issues, last runs",
    examples: ["call-status | jq .issues", "call-status --watch --for 15m"],
    options: ToolOptions())

tool.report { options, report in
    if !options.watches {
        try options.refuse([options.table.every, options.table.period], "without --watch")
    }
    var scene = Scene(options.environment, state: options.state, data: options.data)
    scene.maxAge = options.maxAge ?? scene.maxAge
    scene.busyTimeout = options.busyTimeout ?? scene.busyTimeout
    try report.repeated(
        while: options.watches, every: options.every ?? 30, for: options.period
    ) {
        let status = StatusReport(scene)
        if report.isForPeople {
            try report.write(status.lines)
        } else {
            try report.write(status.json)
        }
        report.end(with: status.exitStatus)
    }
}
