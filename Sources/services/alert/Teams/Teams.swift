// Teams: a channel of Microsoft Teams, by the address of a workflow.
//
// learn.microsoft.com: "Create incoming webhooks with Workflows"
public import AlertService
internal import HTTP
public import Records

/// A workflow of Teams, whose address is the secret.
public struct Teams: Channel {
    /// `teams`.
    public let name = "teams"
    private let address: SecretAddress

    /// Reads `TEAMS_WEBHOOK_URL`.
    ///
    /// - Throws: `Failure` of scope `stop`, kind `configuration`.
    public init(_ environment: Environment, _ posting: Posting) throws(Failure) {
        address = try SecretAddress(
            "TEAMS_WEBHOOK_URL", environment, posting, example: "the one that the workflow shows")
    }

    /// Posts the notice as one adaptive card, below the 28 KB that Teams takes.
    public func tell(_ notice: Notice) async throws(Failure) -> String {
        func block(_ text: String, _ more: [JSON.Member] = []) -> JSON {
            .object(
                [
                    .init("type", .string("TextBlock")), .init("text", .string(text)),
                    .init("wrap", .bool(true)),
                ] + more)
        }
        let lines = notice.text.split(separator: "\n", omittingEmptySubsequences: false)
        var room = 16_000
        let shown = lines.prefix { line in
            room -= line.utf8.count + 80
            return room > 0
        }
        let title = block(
            notice.subject,
            [.init("weight", .string("Bolder")), .init("size", .string("Medium"))])
        let card = JSON.members([
            "type": .string("AdaptiveCard"),
            "$schema": .string("http://adaptivecards.io/schemas/adaptive-card.json"),
            "version": .string("1.4"),
            "body": .array([title] + shown.map { block(String($0.isEmpty ? " " : $0)) }),
        ])
        let body = JSON.members([
            "type": .string("message"),
            "attachments": .array([
                .members([
                    "contentType": .string("application/vnd.microsoft.card.adaptive"),
                    "contentUrl": .null, "content": card,
                ])
            ]),
        ])
        let response = try await address.send(to: "Teams", never: [400, 413]) {
            Posting.request($0, body)
        }
        // Connectors of the old kind answer 200 to what they refused.
        let answer = String(decoding: response.body.prefix(4096), as: UTF8.self)
        guard !answer.contains("returned HTTP error") else {
            throw Failure(
                .temporary, answer.contains("429") ? .rateLimit : .badResponse,
                "tell Teams: it answered \(response.status), and told of an error in the body")
        }
        return "\(response.status)"
    }
}
