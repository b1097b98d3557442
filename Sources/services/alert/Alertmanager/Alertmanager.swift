// Alertmanager: Prometheus's own, by its API v2.
//
// https://prometheus.io/docs/alerting/latest/alerts_api/
public import AlertService
internal import HTTP
public import Records

/// An Alertmanager, which groups and tells by itself.
public struct Alertmanager: Channel {
    /// `alertmanager`.
    public let name = "alertmanager"
    private let base: String
    private let posting: Posting

    /// Takes the address of `--to alertmanager:`, or reads `ALERTMANAGER_URL`.
    ///
    /// - Throws: `Failure` of scope `stop`, kind `configuration`.
    public init(
        _ address: String, _ environment: Environment, _ posting: Posting
    ) throws(Failure) {
        base = try Address.base(
            address.isEmpty ? environment.required("ALERTMANAGER_URL") : address,
            of: "ALERTMANAGER_URL", example: "http://127.0.0.1:9093")
        self.posting = posting
    }

    /// Posts all alerts of the notice at once.
    ///
    /// The labels are the identity, so they hold nothing that changes. Alertmanager ends an alert
    /// five minutes after its last message unless that names the end.
    public func tell(_ notice: Notice) async throws(Failure) -> String {
        let alerts = notice.items.map { item in
            JSON.members([
                "labels": .members([
                    "alertname": .string(item.rule), "service": .string("callpipe"),
                    "instance": .string(notice.host), "severity": .string(item.level),
                    "priority": .string(item.priority), "environment": .text(notice.environment),
                ]),
                "annotations": .members([
                    "summary": .string(item.name), "description": .string(item.message),
                    "remedy": item.remedy.isEmpty ? nil : .string(item.remedy),
                ]),
                "startsAt": .string(item.since.text),
                "endsAt": .string((item.until ?? notice.staysUntil).text),
                "generatorURL": .text(notice.link),
            ])
        }
        let response = try await posting.send(
            Posting.request("\(base)/api/v2/alerts", .array(alerts)), to: "Alertmanager",
            never: [400, 415])
        return "\(response.status)"
    }
}
