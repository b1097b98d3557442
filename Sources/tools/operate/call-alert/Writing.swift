// Writing: alerts as the notice that a channel tells.
import AlertService
import Alerts
import Filter
import Records
import System

/// Writes notices for one host.
struct Writer {
    private let host: String
    private let template: Template
    private let link: String?
    private let environment: String?
    private let again: Double

    init(_ options: Options<ToolOptions>) {
        host = options.environment.value("ALERT_INSTANCE") ?? Host.name
        template = options.template ?? .alert
        link = options.environment.value("APP_URL")
        environment = options.environment.value("VERCEL_ENV")
        again = options.repeat ?? (options.template == .incident ? 900 : 4 * 3600)
    }

    /// A notice of messages that were made together; it has the same id at each attempt.
    func notice(_ messages: [AlertMessage], stays span: Double) -> Notice {
        let items = messages.map { message in
            item(message.alert, Notice.Item.Event(rawValue: message.event.rawValue) ?? .firing)
        }
        let made = messages.first?.madeAt.milliseconds ?? 0
        return notice("callpipe-\(made)-\(messages.first?.number ?? 0)", items, stays: span)
    }

    /// A notice of alerts that are in no book.
    func notice(unbooked evaluations: [Evaluation], id: String) -> Notice {
        let items = evaluations.map { evaluation in
            let rule = evaluation.rule
            return Notice.Item(
                key: "callpipe-\(host)-\(rule.id)", rule: rule.id, name: rule.name, event: .firing,
                level: rule.level.rawValue, priority: rule.priority.rawValue,
                respondWithin: RuleTime.text(rule.respondWithin), since: .now, until: nil,
                duration: RuleTime.text(0), message: evaluation.message, remedy: evaluation.remedy)
        }
        return notice(id, items, stays: 3600)
    }

    /// A notice with a text of the operator's.
    ///
    /// It has an item as well, because some services know alerts only.
    func notice(telling text: String, level: Rule.Level) -> Notice {
        let now = Timestamp.now
        let first = text.split(separator: "\n").first.map(String.init) ?? "(no text)"
        let rule = "told-\(now.milliseconds)"
        let priority: Rule.Priority = level == .critical ? .P1 : level == .warning ? .P2 : .P3
        let item = Notice.Item(
            key: "callpipe-\(host)-\(rule)", rule: rule, name: String(first.prefix(120)),
            event: .firing,
            level: level.rawValue, priority: priority.rawValue,
            respondWithin: RuleTime.text(priority.respondWithin), since: now, until: nil,
            duration: RuleTime.text(0), message: text, remedy: "")
        return Notice(
            id: "callpipe-\(rule)", subject: title(item.name), text: text, items: [item],
            host: host, link: link,
            environment: environment, staysUntil: now.adding(seconds: 300))
    }

    /// A notice that only shows that it arrives.
    var test: Notice {
        let now = Timestamp.now
        let item = Notice.Item(
            key: "callpipe-\(host)-test", rule: "test", name: "Test", event: .test, level: "info",
            priority: "P3", respondWithin: RuleTime.text(Rule.Priority.P3.respondWithin),
            since: now,
            until: now.adding(seconds: 60), duration: RuleTime.text(0),
            message: "this is a test of call-alert; nothing is wrong", remedy: "")
        return notice("callpipe-test-\(now.milliseconds)", [item], stays: 60)
    }

    private func item(_ alert: Alert, _ event: Notice.Item.Event) -> Notice.Item {
        Notice.Item(
            // The same on every host, as a container has a new name each time.
            key: "callpipe-\(alert.rule)-\(alert.number)-\(alert.firstTrue.milliseconds)",
            rule: alert.rule,
            name: alert.name, event: event, level: alert.level.rawValue,
            priority: alert.priority.rawValue,
            respondWithin: RuleTime.text(alert.respondWithin),
            since: alert.firedAt ?? alert.firstTrue,
            until: event == .resolved ? alert.resolvedAt : nil,
            duration: RuleTime.text(alert.duration(until: .now)), message: alert.message,
            remedy: alert.remedy)
    }

    private func notice(_ id: String, _ items: [Notice.Item], stays span: Double) -> Notice {
        let counts = [
            ("FIRING", items.count { [.firing, .repeat].contains($0.event) }),
            ("RESOLVED", items.count { $0.event == .resolved }),
            ("TEST", items.count { $0.event == .test }),
        ].filter { $0.1 > 0 }.map { $0.1 == 1 ? $0.0 : "\($0.0) \($0.1)" }
        let names = items.map(\.name).joined(separator: ", ")
        let word = template == .incident ? "INCIDENT " : ""
        let texts = items.map { template == .incident ? incident($0) : lines(of: $0) }
        let end = link.map { "\n\n\($0)" } ?? ""
        return Notice(
            id: id,
            subject: title("\(word)\(counts.joined(separator: ", ")): \(names)"),
            text: texts.joined(separator: "\n\n") + end, items: items, host: host, link: link,
            environment: environment, staysUntil: Timestamp.now.adding(seconds: span))
    }

    private func title(_ text: String) -> String {
        let place = environment.map { "\(host), \($0)" } ?? host
        return String("[callpipe \(place)] \(text)".prefix(200))
    }

    private func lines(of item: Notice.Item) -> String {
        if item.event == .resolved {
            return "RESOLVED \(item.name), after \(item.duration)\n\(item.message)"
        }
        let word = item.event == .test ? "TEST" : item.event == .repeat ? "STILL FIRING" : "FIRING"
        var lines = [
            "\(word) \(item.level) \(item.priority): \(item.name)", item.message,
            "since \(Writer.shown(item.since)), respond within \(item.respondWithin)",
        ]
        if !item.remedy.isEmpty { lines.append("do: \(item.remedy)") }
        return lines.joined(separator: "\n")
    }

    /// The notification of an incident as the replaced systems' handbook has it.
    private func incident(_ item: Notice.Item) -> String {
        let isOver = item.event == .resolved
        var lines = [
            "Incident: \(item.name)", "Status: \(isOver ? "resolved" : "under investigation")",
            "Severity: \(item.priority), respond within \(item.respondWithin)",
            "Started: \(Writer.shown(item.since))", "Duration: \(item.duration)",
            "Affected: callpipe on \(host)", "Known: \(item.message)",
        ]
        if !isOver {
            if !item.remedy.isEmpty { lines.append("Action: \(item.remedy)") }
            lines.append("Next update: in \(RuleTime.text(again))")
        }
        return lines.joined(separator: "\n")
    }

    private static func shown(_ time: Timestamp) -> String { time.text.prefix(19) + "Z" }
}
