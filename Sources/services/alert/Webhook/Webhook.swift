// Webhook: any service of the operator's, signed as Standard Webhooks 1.0.0 says.
//
// https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
public import AlertService
internal import Crypto
internal import FoundationEssentials
internal import HTTP
public import Records

/// A webhook; its address may be a secret, and the key that signs is one.
public struct Webhook: Channel {
    /// `webhook`.
    public let name = "webhook"
    private let address: SecretAddress
    private let keys: [[UInt8]]

    /// Reads `ALERT_WEBHOOK_URL` and `ALERT_WEBHOOK_SECRET`: one key, or several with spaces between
    /// them while a key is replaced.
    ///
    /// - Throws: `Failure` of scope `stop`, kind `configuration`.
    public init(_ environment: Environment, _ posting: Posting) throws(Failure) {
        address = try SecretAddress(
            "ALERT_WEBHOOK_URL", environment, posting,
            example: "https://example.com/hooks/callpipe")
        let secret = try environment.secret("ALERT_WEBHOOK_SECRET") ?? ""
        keys = secret.split(separator: " ").map { Webhook.key(String($0)) }
    }

    /// The bytes of a key: base64 behind `whsec_`, as the standard says; any other text as it stands.
    static func key(_ text: String) -> [UInt8] {
        let mark = "whsec_"
        if text.hasPrefix(mark), let bytes = Data(base64Encoded: String(text.dropFirst(mark.count)))
        {
            return Array(bytes)
        }
        return Array(text.utf8)
    }

    /// The signature of a body, `v1,BASE64`.
    static func signature(_ id: String, _ seconds: Int, _ body: [UInt8], _ key: [UInt8]) -> String {
        let signed = Array("\(id).\(seconds).".utf8) + body
        return "v1," + Data(MessageCode.sha256(of: signed, key: key)).base64EncodedString()
    }

    /// Posts the notice as one object.
    public func tell(_ notice: Notice) async throws(Failure) -> String {
        let body = JSON.members([
            "type": .string("callpipe.alerts"), "timestamp": .string(Timestamp.now.text),
            "data": .members([
                "id": .string(notice.id), "subject": .string(notice.subject),
                "text": .string(notice.text), "host": .string(notice.host),
                "environment": .text(notice.environment), "link": .text(notice.link),
                "level": .string(notice.level), "alerts": .array(notice.items.map(\.json)),
            ]),
        ]).bytes
        let seconds = Int(Timestamp.now.seconds)
        var headers = [
            Header("Content-Type", "application/json"), Header("webhook-id", notice.id),
            Header("webhook-timestamp", "\(seconds)"),
        ]
        if !keys.isEmpty {
            let signatures = keys.map { Webhook.signature(notice.id, seconds, body, $0) }
            headers.append(Header("webhook-signature", signatures.joined(separator: " ")))
        }
        // 410 means that the receiver wants no more of them.
        let response = try await address.send(to: "the webhook", never: [410]) { [headers] in
            Request(.post, $0, headers: headers, body: .bytes(body))
        }
        return "\(response.status)"
    }
}

extension Notice.Item {
    /// The members of an alert in the body of a webhook.
    var json: JSON {
        .members([
            "key": .string(key), "rule": .string(rule), "name": .string(name),
            "event": .string(event.rawValue), "level": .string(level),
            "priority": .string(priority), "respond_within": .string(respondWithin),
            "since": .string(since.text), "until": .text(until?.text),
            "duration": .string(duration), "message": .string(message), "remedy": .string(remedy),
        ])
    }
}
