// StatusReport: the condition of an archive as one JSON object, in the shape of a status page.
import CheckpointFigures
import Checks
public import Records

/// A status page's object.
public struct StatusReport: Sendable {
    private let health: HealthReport

    /// Looks at an archive.
    public init(_ scene: Scene) {
        health = HealthReport(scene)
    }

    /// `operational`, `degraded` or `outage`.
    public var status: String { StatusReport.word(health.verdict) }
    /// The exit status as of ``CheckResult/Verdict/exitStatus``.
    public var exitStatus: Int32 { health.verdict.exitStatus }

    static func word(_ verdict: CheckResult.Verdict) -> String {
        switch verdict {
        case .pass, .skip: "operational"
        case .warn, .unknown: "degraded"
        case .fail: "outage"
        }
    }

    /// The object of row 4.4.
    public var json: JSON {
        let figures = try? health.view.figures.get()
        return .members([
            "status": .string(status), "timestamp": .string(health.now.text),
            "uptime": uptime(figures), "services": services,
            "performance": figures.map { Performance($0).json } ?? .null,
            "issues": .array(issues.map(\.json)),
            "recent_activity": figures.map(activity) ?? .null,
        ])
    }

    private func uptime(_ figures: CheckpointView.Figures?) -> JSON {
        guard let since = figures?.tasks.since, let last = figures?.tasks.lastBegin else {
            return .null
        }
        // A schedule that stands still is not up.
        let isBroken = health.now.hours(since: last) > HealthLimits.pause.warn
        let seconds = isBroken ? 0 : max(0, Int(health.now.seconds - since.seconds))
        return .members([
            "seconds": .int(seconds), "formatted": .string(StatusReport.formatted(seconds)),
            "since": isBroken ? .null : .string(since.text),
        ])
    }

    /// `3d 4h 5m`.
    static func formatted(_ seconds: Int) -> String {
        let parts = [(seconds / 86_400, "d"), (seconds / 3600 % 24, "h"), (seconds / 60 % 60, "m")]
        let shown = parts.drop { $0.0 == 0 }.map { "\($0.0)\($0.1)" }
        return shown.isEmpty ? "\(seconds)s" : shown.joined(separator: " ")
    }

    private var services: JSON {
        func verdict(_ names: [String]) -> JSON {
            .string(StatusReport.word(health.checks.filter { names.contains($0.name) }.worst))
        }
        let outside = health.services.filter { $0.name != "database" }
        return .members([
            "database": verdict(["database"]),
            "queues": verdict(["database", "queue", "stalled", "leases", "failures"]),
            "external_apis": .object(
                outside.map { JSON.Member($0.name, .string($0.status)) }),
        ])
    }

    /// A thing that needs a look.
    struct Issue {
        let type: String
        let message: String
        let remedy: String

        var json: JSON {
            .members([
                "type": .string(type), "message": .string(message),
                "remedy": remedy.isEmpty ? nil : .string(remedy),
            ])
        }
    }

    var issues: [Issue] {
        let checks = health.checks + health.services.dropFirst().map(\.result)
        return checks.filter(\.verdict.needsLook)
            .map { Issue(type: $0.name, message: $0.output, remedy: $0.remedy) }
    }

    private func activity(_ figures: CheckpointView.Figures) -> JSON {
        .members([
            "completed_last_hour": .int(figures.queue.completedLastHour),
            "errors_last_hour": .int(figures.errors.lastHour),
            "runs": .array(figures.runs),
        ])
    }

    /// Lines for people.
    public var lines: [String] {
        let outside = health.services.dropFirst().map { "\($0.name) \($0.status)" }
        var lines = ["\(status), \(health.now.text.prefix(19))Z"]
        guard let figures = try? health.view.figures.get() else {
            return lines + issueLines
        }
        if let since = figures.tasks.since {
            lines.append("runs without a long pause since \(since.text)")
        }
        if !outside.isEmpty { lines.append("services: " + outside.joined(separator: ", ")) }
        let queue = figures.queue
        lines.append(
            "queue: \(queue.pending) pending, \(queue.processing) in work, \(queue.failed) failed")
        let mean = figures.times.all.mean.map { ", \(Figure.short($0)) s each" } ?? ""
        lines.append(
            "last hour: about \(queue.completedLastHour) stages completed\(mean), "
                + "\(figures.errors.lastHour) errors")
        return lines + issueLines
    }

    private var issueLines: [String] {
        issues.map { issue in
            "\(issue.type): \(issue.message)"
                + (issue.remedy.isEmpty ? "" : "; \(issue.remedy)")
        }
    }
}
