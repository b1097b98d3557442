// SendGrid: mail by the Web API v3.
//
// https://www.twilio.com/docs/sendgrid/api-reference/mail-send
public import AlertService
internal import HTTP
internal import Mail
public import Records

/// Mail through SendGrid; its name is `mail`, as of mail by SMTP.
public struct SendGrid: Channel {
    /// `mail`.
    public let name = "mail"
    private let key: String
    private let base: String
    private let envelope: Envelope
    private let posting: Posting

    /// Reads `SENDGRID_API_KEY`, `ALERT_EMAIL_FROM` and `ALERT_EMAIL_TO`, and `SENDGRID_URL` where
    /// another address is meant.
    ///
    /// - Parameters:
    ///   - recipients: The addresses of `--to mail:`; empty for those of the settings.
    ///   - environment: The settings.
    ///   - posting: The way to the service.
    /// - Throws: `Failure` of scope `stop`, kind `configuration`.
    public init(
        _ recipients: String, _ environment: Environment, _ posting: Posting
    ) throws(Failure) {
        key = try environment.requiredSecret("SENDGRID_API_KEY")
        base = try Address.base(
            environment.value("SENDGRID_URL") ?? "https://api.sendgrid.com", of: "SENDGRID_URL",
            example: "https://api.eu.sendgrid.com")
        envelope = try Envelope(recipients, environment)
        self.posting = posting
    }

    /// Sends one mail.
    ///
    /// SendGrid's answer means that it was queued, not that it was delivered.
    public func tell(_ notice: Notice) async throws(Failure) -> String {
        let recipients = envelope.to.map { JSON.members(["email": .string($0)]) }
        var request = Posting.request(
            "\(base)/v3/mail/send",
            .members([
                "personalizations": .array([.members(["to": .array(recipients)])]),
                "from": .members(["email": .string(envelope.from)]),
                "subject": .string(notice.subject),
                "content": .array([
                    .members(["type": .string("text/plain"), "value": .string(notice.text)])
                ]),
                "headers": .members(["Auto-Submitted": .string("auto-generated")]),
            ]))
        request.bearer = key
        let response = try await posting.send(
            request, to: "SendGrid", never: [400, 413])
        guard response.status == 202 else {
            throw Failure(
                .temporary, .badResponse,
                "tell SendGrid: it answered \(response.status), which does not say queued")
        }
        return "queued"
    }
}
