// Channels: the places that --to names.
import AlertService
import Alertmanager
import Alerts
import Filter
import Mail
import Ntfy
import PagerDuty
import Records
import SendGrid
import Slack
import Teams
import Webhook

/// The channels of a run, and what is wrong with those that cannot be used.
struct Channels {
    private(set) var usable: [any Channel] = []
    /// The failures of the others, by their kind.
    private(set) var unusable: [(name: String, failure: Failure)] = []

    /// The name of what `CALLPIPE_ALERT_TO` has and no channel is.
    static let unknown = "unknown"
    /// Alertmanager ends an alert that nobody tells it again.
    static let refreshed: Set<String> = ["alertmanager"]

    /// Reads `--to`, or `CALLPIPE_ALERT_TO` when it is not given.
    ///
    /// A channel whose settings are missing is not usable, and the others are. So it is with a word
    /// of the setting that names no channel: no typing error may silence the other channels.
    ///
    /// - Throws: `UsageError` for a kind of `--to` that is unknown.
    init(_ options: Options<ToolOptions>) throws {
        let settings = options.environment.value("CALLPIPE_ALERT_TO") ?? ""
        let words =
            options.to.isEmpty ? settings.split(separator: " ").map(String.init) : options.to
        let posting = try Posting(options.environment, observer: options.observer)
        var seen: Set<String> = []
        for word in words {
            let parts = word.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            let kind = String(parts[0])
            guard parts.count == 2, Rule.channelKinds.contains(kind) else {
                // The word may hold an address, which may be a secret.
                let known = Rule.channelKinds.map { "\($0):" }.joined(separator: " ")
                guard options.to.isEmpty else {
                    throw UsageError("option --to needs one of \(known)")
                }
                let failure = Failure(
                    .stop, .configuration, "use CALLPIPE_ALERT_TO: a word of it names no channel",
                    remedy: "use some of \(known), with spaces between them")
                if seen.insert(Channels.unknown).inserted {
                    unusable.append((Channels.unknown, failure))
                }
                continue
            }
            guard seen.insert(kind).inserted else {
                throw UsageError("option --to has \(kind): twice")
            }
            if kind == "log" { continue }
            try Channels.refuseSecret(String(parts[1]), of: kind)
            do throws(Failure) {
                usable.append(
                    try Channels.channel(kind, String(parts[1]), options.environment, posting))
            } catch {
                unusable.append((kind, error))
            }
        }
    }

    /// The names of all channels, also of those that are not usable: their messages wait.
    var names: [String] {
        usable.map(\.name) + unusable.map(\.name).filter { $0 != Channels.unknown }
    }

    private static func refuseSecret(_ address: String, of kind: String) throws(UsageError) {
        let settings = [
            "slack": "SLACK_WEBHOOK_URL", "teams": "TEAMS_WEBHOOK_URL",
            "webhook": "ALERT_WEBHOOK_URL", "pagerduty": "PAGERDUTY_ROUTING_KEY",
        ]
        guard let setting = settings[kind], !address.isEmpty else { return }
        throw UsageError(
            "option --to \(kind): takes no address, since that is a secret; set \(setting)")
    }

    private static func channel(
        _ kind: String, _ address: String, _ environment: Environment, _ posting: Posting
    ) throws(Failure) -> any Channel {
        switch kind {
        case "mail":
            try environment.secret("SENDGRID_API_KEY") != nil
                && environment.value("SMTP_URL") == nil
                ? SendGrid(address, environment, posting) : Mail(address, environment)
        case "slack": try Slack(environment, posting)
        case "teams": try Teams(environment, posting)
        case "webhook": try Webhook(environment, posting)
        case "pagerduty": try PagerDuty(environment, posting)
        case "alertmanager": try Alertmanager(address, environment, posting)
        default: try Ntfy(address, environment, posting)
        }
    }
}
