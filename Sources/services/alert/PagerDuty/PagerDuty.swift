// PagerDuty: incidents by the Events API v2.
//
// https://developer.pagerduty.com/docs/events-api-v2/overview/
public import AlertService
internal import HTTP
public import Records

/// A service of PagerDuty; the routing key is the secret.
public struct PagerDuty: Channel {
    /// `pagerduty`.
    public let name = "pagerduty"
    private let key: String
    private let base: String
    private let posting: Posting

    /// Reads `PAGERDUTY_ROUTING_KEY`, and `PAGERDUTY_URL` where another address is meant.
    ///
    /// - Throws: `Failure` of scope `stop`, kind `configuration`.
    public init(_ environment: Environment, _ posting: Posting) throws(Failure) {
        key = try environment.requiredSecret("PAGERDUTY_ROUTING_KEY")
        base = try Address.base(
            environment.value("PAGERDUTY_URL") ?? "https://events.pagerduty.com",
            of: "PAGERDUTY_URL", example: "https://events.eu.pagerduty.com")
        self.posting = posting
    }

    /// An event is about one alert: one that is refused holds up no other.
    public let takesGroups = false

    /// Sends an event for each alert; the same alert has the same key in all of them.
    public func tell(_ notice: Notice) async throws(Failure) -> String {
        for item in notice.items {
            let isOver = item.event == .resolved
            let payload = JSON.members([
                "summary": .string(String("\(item.name): \(item.message)".prefix(1024))),
                "source": .string(notice.host), "severity": .string(PagerDuty.severity(item)),
                "timestamp": .string(item.since.text), "component": .string("callpipe"),
                "custom_details": .members([
                    "rule": .string(item.rule), "priority": .string(item.priority),
                    "respond_within": .string(item.respondWithin), "remedy": .string(item.remedy),
                ]),
            ])
            var request = Posting.request(
                "\(base)/v2/enqueue",
                .members([
                    "routing_key": .string(key),
                    "event_action": .string(isOver ? "resolve" : "trigger"),
                    "dedup_key": .string(String(item.key.prefix(255))),
                    "client": isOver ? nil : .string("callpipe"),
                    "client_url": isOver ? nil : .text(notice.link),
                    "payload": isOver ? nil : payload,
                ]))
            request.headers.append(Header("Accept", "application/json"))
            _ = try await posting.send(request, to: "PagerDuty", never: [400])
        }
        return "\(notice.items.count) events were taken"
    }

    private static func severity(_ item: Notice.Item) -> String {
        switch item.level {
        case "critical": "critical"
        case "warning": item.priority == "P0" || item.priority == "P1" ? "error" : "warning"
        default: "info"
        }
    }
}
