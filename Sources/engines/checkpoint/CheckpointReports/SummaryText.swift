// SummaryText: a summary as objects for programs and as texts for people.
import Checkpoint
public import Records

extension Summary {
    /// An object for each stage.
    public var stages: [JSON] {
        lines.map { line in
            let left =
                line.open > 0 && line.perHour > 0
                ? Double(line.open) / line.perHour * 3600 : nil
            let counts = Status.allCases.map { status in
                JSON.Member(status.rawValue, .int(line.counts[status] ?? 0))
            }
            let work: [JSON.Member?] = [
                .init("lately", .int(line.recent)),
                .init("per_hour", .double((line.perHour * 10).rounded() / 10)),
                left.map { .init("seconds_left", .double($0.rounded())) },
                line.oldest.map { .init("oldest", .string($0)) },
            ]
            return .object(
                [.init("what", .string("stage")), .init("stage", .string(line.stage.rawValue))]
                    + counts + work.compactMap { $0 })
        }
    }

    /// An object for each fact that is no stage and no alert.
    public var facts: [JSON] {
        var facts: [JSON] = failures.map { failure in
            .members([
                "what": .string("failed"), "stage": .string(failure.stage),
                "kind": .string(failure.kind), "count": .int(failure.count),
            ])
        }
        facts.append(
            .members([
                "what": .string("purge"), "days": .int(scope.purgeDays), "count": .int(purgeSoon),
            ]))
        facts.append(.members(["what": .string("held"), "count": .int(held)]))
        if let lastRun, case .object(let members) = lastRun.json {
            facts.append(.object([.init("what", .string("run"))] + members))
        }
        return facts
    }

    /// An object for each alert.
    public var alertObjects: [JSON] {
        alerts.map { alert in
            .members([
                "what": .string("alert"), "name": .string(alert.name),
                "stage": .text(alert.stage?.rawValue), "count": .int(alert.count),
                "message": .string(alert.message),
            ])
        }
    }

    /// The facts that are no stage and no alert, as sentences for people.
    public var sentences: [String] {
        var lines: [String] = []
        if !failures.isEmpty {
            let kinds = failures.map { "\($0.stage) \($0.kind) \($0.count)" }
            lines.append("failed for good: " + kinds.joined(separator: ", "))
        }
        lines.append("purged within \(scope.purgeDays) days and not fetched: \(purgeSoon)")
        if held > 0 { lines.append("held: \(held)") }
        if let run = lastRun {
            let end =
                run.finishedAt.map { ", \(run.state.rawValue) \($0.prefix(19))Z" }
                ?? ", \(run.state.rawValue)"
            let status = run.exitStatus.map { ", status \($0)" } ?? ""
            let name = run.name.map { "\($0) " } ?? ""
            lines.append("last run: \(name)\(run.id)\(end)\(status)")
        }
        return lines
    }

    /// The alerts as sentences for people.
    public var alertSentences: [String] {
        alerts.map { alert in
            let stage = alert.stage.map { " \($0.rawValue)" } ?? ""
            return "\(alert.name)\(stage): \(alert.count): \(alert.message)"
        }
    }
}
