// Ntfy: notifications on a phone, by ntfy.sh or a server of one's own.
//
// https://docs.ntfy.sh/publish/#publish-as-json
public import AlertService
internal import HTTP
public import Records

/// A topic of an ntfy server; the topic is as good as a password.
public struct Ntfy: Channel {
    /// `ntfy`.
    public let name = "ntfy"
    private let base: String
    private let topic: String
    private let token: String?
    private let posting: Posting

    /// Takes the server of `--to ntfy:`, or reads `NTFY_URL`; reads `NTFY_TOPIC` and `NTFY_TOKEN`.
    ///
    /// - Throws: `Failure` of scope `stop`, kind `configuration`.
    public init(
        _ address: String, _ environment: Environment, _ posting: Posting
    ) throws(Failure) {
        let server = address.isEmpty ? environment.value("NTFY_URL") : address
        base = try Address.base(
            server ?? "https://ntfy.sh", of: "NTFY_URL", example: "https://ntfy.example.com")
        topic = try environment.requiredSecret("NTFY_TOPIC")
        token = try environment.secret("NTFY_TOKEN")
        self.posting = posting
    }

    /// Posts the notice as one message.
    public func tell(_ notice: Notice) async throws(Failure) -> String {
        let isOver = notice.items.allSatisfy { $0.event == .resolved }
        let priority =
            switch notice.level {
            case "critical": 5
            case "warning": 4
            default: 3
            }
        var request = Posting.request(
            base,
            .members([
                "topic": .string(topic), "title": .string(notice.subject),
                "message": .string(String(notice.text.prefix(3500))),
                "priority": .int(isOver ? 3 : priority),
                "tags": .array([.string(isOver ? "white_check_mark" : "rotating_light")]),
                "click": .text(notice.link),
            ]))
        request.bearer = token
        let response = try await posting.send(
            request, to: "ntfy", never: [400, 413])
        return "\(response.status)"
    }
}
