// HealthFormats: health in the words of Spring Boot's actuator, of health+json, and of a plugin.
import Checks
public import Records

extension HealthReport {
    /// The object of Spring Boot's actuator, with its details.
    ///
    /// Its documentation is https://docs.spring.io/spring-boot/reference/actuator/endpoints.html.
    public var actuator: JSON {
        let components = (services.map(\.result) + checks.filter { $0.name != "database" })
        return .members([
            "status": .string(verdict.actuatorWord),
            "components": .object(
                components.map { result in
                    JSON.Member(
                        result.name,
                        .members([
                            "status": .string(result.verdict.actuatorWord), "details": result.json,
                        ]))
                }),
        ])
    }

    /// The object of the draft "Health Check Response Format for HTTP APIs", version 06 of 2021,
    /// which expired: https://datatracker.ietf.org/doc/html/draft-inadarei-api-health-check-06.
    public var healthJSON: JSON {
        let results = services.map(\.result) + checks.filter { $0.name != "database" }
        return .members([
            "status": .string(verdict.healthWord), "version": .string("1"),
            "releaseId": .string(scene.version),
            "checks": .object(
                results.map { result in
                    JSON.Member(result.name, .array([entry(result)]))
                }),
        ])
    }

    private func entry(_ result: CheckResult) -> JSON {
        .members([
            "observedValue": .number(result.figure?.value).map { value in
                if case .double(let number) = value {
                    .double(Figure.rounded(number))
                } else {
                    value
                }
            },
            "observedUnit": result.figure.flatMap { $0.unit.isEmpty ? nil : .string($0.unit) },
            "status": .string(result.verdict.healthWord), "time": .string(now.text),
            "output": result.verdict == .pass ? nil : .string(result.output),
        ])
    }

    /// The line of a monitoring plugin with its performance data.
    ///
    /// The rules are https://www.monitoring-plugins.org/doc/guidelines.html.
    public var pluginLine: String {
        let results = services.map(\.result) + checks.filter { $0.name != "database" }
        let wrong = results.filter(\.verdict.needsLook).map { result in
            "\(result.name): " + (result.figure.map { "\($0.text), " } ?? "") + result.output
        }
        let said = wrong.isEmpty ? "\(results.count) checks" : wrong.joined(separator: "; ")
        let data = results.compactMap { result in
            result.figure.map { PluginFigure(result.name, $0).text }
        }
        // A bar would begin the performance data, and a quotation mark would end a label.
        let text = said.map { $0 == "|" || $0 == "\n" ? "/" : $0 }
        return "CALLPIPE \(verdict.pluginWord) - \(String(text))"
            + (data.isEmpty ? "" : " | " + data.joined(separator: " "))
    }
}

/// A figure as performance data: `'label'=value[unit];warn;crit`.
private struct PluginFigure {
    let text: String

    init(_ name: String, _ figure: Figure) {
        let label = String(name.map { $0 == "'" || $0 == "=" ? "_" : $0 })
        // Percent, seconds and bytes are the only units; other numbers have none.
        let unit = ["%", "s"].contains(figure.unit) ? figure.unit : ""
        func range(_ limit: Double?) -> String {
            limit.map { Figure.plain($0) + (figure.isFloor ? ":" : "") } ?? ""
        }
        text =
            "'\(label)'=\(Figure.plain(figure.value))\(unit);\(range(figure.limit));"
            + range(figure.critical)
    }
}

extension Figure {
    /// The number without a unit and without an exponent.
    fileprivate static func plain(_ value: Double) -> String {
        JSON.double(rounded(value)).text
    }
}

extension CheckResult.Verdict {
    fileprivate var actuatorWord: String {
        switch self {
        case .pass, .warn, .skip: "UP"
        case .fail: "DOWN"
        case .unknown: "UNKNOWN"
        }
    }

    fileprivate var healthWord: String {
        switch self {
        case .pass, .skip: "pass"
        case .warn, .unknown: "warn"
        case .fail: "fail"
        }
    }

    fileprivate var pluginWord: String {
        switch self {
        case .pass, .skip: "OK"
        case .warn: "WARNING"
        case .fail: "CRITICAL"
        case .unknown: "UNKNOWN"
        }
    }
}
