// Desk: what operators do with alerts by hand.
import AlertService
import Alerts
import Checkpoint
import Filter
import Records
import System

/// The things that call-alert does besides asking the rules.
struct Desk {
    private let options: Options<ToolOptions>
    private let report: Report

    init(_ options: Options<ToolOptions>, _ report: Report) {
        self.options = options
        self.report = report
    }

    private func book() throws(Failure) -> AlertBook {
        AlertBook(
            try Checkpoint.existing(
                options.state, options.environment, busyTimeout: options.busyTimeout),
            interval: options.interval)
    }

    /// Lists the open alerts, or those that fire.
    func list() throws {
        let checkpoint = try Checkpoint(
            reading: options.state, options.environment, busyTimeout: options.busyTimeout)
        let book = AlertBook(checkpoint, interval: options.interval)
        let alerts = try book.list(options.isActive ? [.firing] : [.pending, .firing])
        if options.isActive {
            guard report.isForPeople else {
                for alert in alerts { try report.write(alert.alertmanagerJSON) }
                return
            }
            return try report.write(alerts.map { "\($0.rule): \($0.message)" })
        }
        try report.write(
            alerts.map(\.json),
            as: [
                Column("alert", nil, .right), Column("rule"), Column("state"), Column("level"),
                Column("priority"), Column("since", shown: Column.time), Column("message"),
            ])
    }

    /// Takes an alert over.
    func acknowledge(_ name: String) throws {
        do {
            try book().acknowledge(name, note: options.note)
        } catch let failure as Failure where failure.scope == .item {
            report.fail(failure)
        }
    }

    /// Tells nobody of a rule until a time.
    func silence(_ rule: String, until end: Moment) throws {
        let book = try book()
        let (rules, _) = try options.ruleSet(report)
        guard
            try rules.rules.contains(where: { $0.id == rule }) || RuleSet.isOwn(rule)
                || book.hasAlert(of: rule)
        else {
            return report.fail(
                Failure(
                    .item, .notFound, "silence rule \(rule.prefix(64)): no rule has this id",
                    remedy: "call-alert --dry-run shows the ids; --rules names the file of yours"))
        }
        try book.silence(rule, until: end.time, note: options.note)
    }

    /// Sends a text to all channels.
    nonisolated(nonsending) func tell(_ text: String) async throws {
        var text = text
        if text == "-" {
            do throws(SystemError) {
                text = String(
                    decoding: try Descriptor.contents(of: 0, atMost: 1 << 20), as: UTF8.self)
            } catch {
                throw Failure(.stop, .input, "read standard input: \(error.reason)")
            }
        }
        try await send(Writer(options).notice(telling: text, level: options.level ?? .info))
    }

    /// Sends a message that shows that each channel works.
    nonisolated(nonsending) func test() async throws { try await send(Writer(options).test) }

    nonisolated(nonsending) private func send(_ notice: Notice) async throws {
        let channels = try Channels(options)
        guard !(channels.usable.isEmpty && channels.unusable.isEmpty) else {
            throw UsageError("name a channel with --to, or in CALLPIPE_ALERT_TO")
        }
        for (name, failure) in channels.unusable { try tell(name, failure) }
        for channel in channels.usable {
            do throws(Failure) {
                _ = try await channel.tell(notice)
                try Desk.write(report, channel.name, nil)
            } catch {
                try tell(channel.name, error)
            }
        }
    }

    private func tell(_ name: String, _ failure: Failure) throws {
        report.fail(failure)
        try Desk.write(report, name, failure)
    }

    private static func write(_ report: Report, _ name: String, _ failure: Failure?) throws(Failure)
    {
        do {
            if report.isForPeople {
                try report.write(["\(name): \(failure == nil ? "sent" : "failed")"])
            } else {
                try report.write(
                    .members([
                        "channel": .string(name), "sent": .bool(failure == nil),
                        "reason": .text(failure?.message),
                    ]))
            }
        } catch {
            throw error as? Failure ?? Failure(.stop, .storage, "write the result: \(error)")
        }
    }
}
