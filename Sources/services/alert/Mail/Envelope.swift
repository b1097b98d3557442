// Envelope: from whom and to whom a mail goes.
public import Records
internal import System

/// The addresses of a mail.
public struct Envelope: Sendable {
    /// The sender.
    public let from: String
    /// The recipients, at least one.
    public let to: [String]

    /// Reads `ALERT_EMAIL_TO` or `ALERT_EMAIL`, and `ALERT_EMAIL_FROM`.
    ///
    /// - Parameters:
    ///   - recipients: The addresses of `--to mail:`, with commas between them; empty for those of
    ///     the settings.
    ///   - environment: The settings.
    /// - Throws: `Failure` of scope `stop`, kind `configuration`, which names no address.
    public init(_ recipients: String, _ environment: Environment) throws(Failure) {
        let text =
            recipients.isEmpty
            ? try environment.required("ALERT_EMAIL_TO", "ALERT_EMAIL") : recipients
        to = text.split { $0 == "," || $0 == " " }.map(String.init)
        let user = environment.value("SMTP_USER").flatMap { Envelope.isAddress($0) ? $0 : nil }
        from = environment.value("ALERT_EMAIL_FROM") ?? user ?? to.first ?? ""
        // A line end in an address would be a command to the server.
        for (address, setting) in to.map({ ($0, "ALERT_EMAIL_TO") }) + [(from, "ALERT_EMAIL_FROM")]
        where !Envelope.isAddress(address) {
            throw Failure(
                .stop, .configuration, "use \(setting): it is not a mail address",
                remedy: "set it to an address such as ops@example.com")
        }
        guard !to.isEmpty else {
            throw Failure(
                .stop, .configuration, "use ALERT_EMAIL_TO: it has no address",
                remedy: "set it to an address such as ops@example.com")
        }
    }

    /// True for `name@host` of visible ASCII without the marks of an envelope.
    static func isAddress(_ text: String) -> Bool {
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        return parts.count == 2 && !parts[0].isEmpty && !parts[1].isEmpty && text.utf8.count <= 254
            && text.utf8.allSatisfy { ASCII.isVisible($0) && !"<>()[],;:\\\"".utf8.contains($0) }
    }
}
