// Slack: a channel of a Slack workspace, by an incoming webhook.
//
// https://api.slack.com/messaging/webhooks; errors: https://api.slack.com/changelog/2016-05-17
public import AlertService
internal import HTTP
public import Records

/// Slack's incoming webhook, whose address is the secret.
public struct Slack: Channel {
    /// `slack`.
    public let name = "slack"
    private let address: SecretAddress

    /// Reads `SLACK_WEBHOOK_URL`.
    ///
    /// - Throws: `Failure` of scope `stop`, kind `configuration`.
    public init(_ environment: Environment, _ posting: Posting) throws(Failure) {
        address = try SecretAddress(
            "SLACK_WEBHOOK_URL", environment, posting, example: "https://hooks.slack.com/services/…"
        )
    }

    /// Posts the notice as one message.
    public func tell(_ notice: Notice) async throws(Failure) -> String {
        let text = Slack.escaped("*\(notice.subject)*\n\(notice.text)")
        let body = JSON.members(["text": .string(String(text.prefix(39_000)))])
        let response = try await address.send(to: "Slack", never: [400]) {
            Posting.request($0, body)
        }
        guard response.body == Array("ok".utf8) else {
            throw Failure(
                .temporary, .badResponse, "tell Slack: it answered 200 without its word ok",
                remedy: "look if SLACK_WEBHOOK_URL is the address of Slack")
        }
        return "ok"
    }

    /// Slack gives these three characters a meaning, such as that of a mention.
    static func escaped(_ text: String) -> String {
        text.reduce(into: "") { escaped, letter in
            switch letter {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            default: escaped.append(letter)
            }
        }
    }
}
