// Answer: health in the form that --format names, and the places that the options name.
import Checks
import Filter
import Health
import Records

extension Scene {
    /// Takes the options.
    init(_ options: Options<ToolOptions>) {
        self.init(options.environment, state: options.state, data: options.data)
        maxAge = options.maxAge ?? maxAge
        busyTimeout = options.busyTimeout ?? busyTimeout
        version = Report.version
    }
}

extension Report {
    /// Writes health; a table for people, else one line.
    func write(_ health: HealthReport, as format: Format?) throws {
        switch format ?? (isForPeople ? .table : .json) {
        case .json: try write(health.json)
        case .actuator: try write(health.actuator)
        case .healthJSON: try write(health.healthJSON)
        case .plugin: try write([health.pluginLine])
        case .table: try write(table: health)
        }
    }

    private func write(table health: HealthReport) throws {
        try write(["\(health.verdict.word), \(health.now.text.prefix(19))Z"])
        var table = Table(["check": .left, "result": .left, "figure": .right, "": .left])
        let results = health.services.map(\.result) + health.checks.filter { $0.name != "database" }
        for result in results {
            table.add(
                result.name, result.verdict.rawValue, result.figure?.text ?? "",
                result.output + (result.remedy.isEmpty ? "" : "; \(result.remedy)"))
        }
        try write(table)
    }
}
