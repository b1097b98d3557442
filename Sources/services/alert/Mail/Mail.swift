// Mail: alerts by SMTP, with TLS required.
public import AlertService
internal import HTTP
public import Records
internal import System

/// Mail through a server of the operator's.
public struct Mail: Channel {
    /// `mail`.
    public let name = "mail"
    private let server: MailServer
    private let envelope: Envelope

    /// Reads the settings of ``Envelope`` and `SMTP_URL`, `SMTP_USER`, `SMTP_PASSWORD`.
    ///
    /// - Parameters:
    ///   - recipients: The addresses of `--to mail:`; empty for those of the settings.
    ///   - environment: The settings.
    /// - Throws: `Failure` of scope `stop`, kind `configuration`.
    public init(_ recipients: String, _ environment: Environment) throws(Failure) {
        server = try MailServer(environment)
        envelope = try Envelope(recipients, environment)
    }

    /// Sends one mail.
    public func tell(_ notice: Notice) async throws(Failure) -> String {
        let text = MailText(notice, envelope, at: .now)
        do {
            try await OwnThread.run { [server, envelope] _ in
                try server.send(text.bytes, from: envelope.from, to: envelope.to)
            }
        } catch {
            throw error as? Failure ?? Failure(.temporary, .internal, "send a mail: \(error)")
        }
        return "250"
    }
}
