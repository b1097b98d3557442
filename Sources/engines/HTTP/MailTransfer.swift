// MailTransfer: one mail to one server, by libcurl's SMTP; never without TLS.
internal import CCurl
internal import Glibc
public import Records
internal import System

/// A mail server.
public struct MailServer: Sendable {
    /// `smtp://host:587`, where TLS begins with STARTTLS, or `smtps://host:465`.
    public let address: String
    /// The user; `nil` for a server that asks for none.
    public let user: String?
    /// The password.
    public let password: String?
    private let caFile: String?
    private let timeout: Double

    /// Reads `SMTP_URL`, `SMTP_USER` and `SMTP_PASSWORD`, and as HTTP does `REQUEST_TIMEOUT` and the
    /// certificates to trust.
    ///
    /// - Throws: `Failure` of scope `stop`, kind `configuration`.
    public init(_ environment: Environment) throws(Failure) {
        address = try environment.required("SMTP_URL")
        user = environment.value("SMTP_USER")
        password = try environment.secret("SMTP_PASSWORD")
        let settings = try Client.Settings(environment)
        caFile = settings.caFile
        timeout = min(settings.timeout, 20)
        guard let colon = address.firstIndex(of: ":"),
            ["smtp", "smtps"].contains(address[..<colon].lowercased()),
            !address.contains("@"), !address.utf8.contains(where: { !ASCII.isVisible($0) })
        else {
            throw Failure(
                .stop, .configuration, "use SMTP_URL: it is not the address of a mail server",
                remedy:
                    "set it to an address such as smtps://mail.example.com:465, and put the user"
                    + " into SMTP_USER and the password into SMTP_PASSWORD_FILE")
        }
    }

    /// The host, for messages.
    var host: String {
        String(address.drop { $0 != ":" }.drop { ":/".contains($0) }.prefix { !":/".contains($0) })
    }

    /// Hands a mail over, and waits until the server has it; blocks the thread.
    ///
    /// - Parameters:
    ///   - message: Header and body, lines ended by CR LF.
    ///   - sender: The address of the envelope.
    ///   - recipients: The addresses of the envelope. When the server refuses one, nobody gets it.
    /// - Throws: `Failure`: of scope `item` for what the server refuses for good (5xx), of scope
    ///   `temporary` for all else.
    public func send(_ message: [UInt8], from sender: String, to recipients: [String])
        throws(Failure)
    {
        guard let easy = unsafe curl_easy_init() else { fatalError("out of memory") }
        defer { unsafe curl_easy_cleanup(easy) }
        var list: UnsafeMutablePointer<curl_slist>?
        defer { unsafe curl_slist_free_all(list) }
        for recipient in recipients {
            guard let longer = unsafe curl_slist_append(list, "<\(recipient)>") else {
                fatalError("out of memory")
            }
            unsafe list = longer
        }
        let content = MailContent(message)
        unsafe set(easy, sender, list, content)
        let code = withExtendedLifetime(content) { unsafe curl_easy_perform(easy) }
        guard code != CURLE_OK else { return }
        var answer = 0
        _ = unsafe ccurl_get_long(easy, CURLINFO_RESPONSE_CODE, &answer)
        throw failure(code, answer, words: unsafe String(cString: curl_easy_strerror(code)))
    }

    private func set(
        _ easy: UnsafeMutableRawPointer, _ sender: String,
        _ recipients: UnsafeMutablePointer<curl_slist>?, _ content: MailContent
    ) {
        func text(_ option: CURLoption, _ value: String) {
            _ = unsafe ccurl_set_string(easy, option, value)
        }
        func number(_ option: CURLoption, _ value: Int) {
            _ = unsafe ccurl_set_long(easy, option, value)
        }
        text(CURLOPT_URL, address)
        text(CURLOPT_PROTOCOLS_STR, "smtp,smtps")
        // Any lower level sends in the clear when the server offers no TLS.
        number(CURLOPT_USE_SSL, Int(CURLUSESSL_ALL.rawValue))
        number(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
        number(CURLOPT_NOSIGNAL, 1)
        number(CURLOPT_UPLOAD, 1)
        number(CURLOPT_CONNECTTIMEOUT_MS, 10_000)
        number(CURLOPT_TIMEOUT_MS, Int(timeout * 1000))
        if let caFile { text(CURLOPT_CAINFO, caFile) }
        if let user { text(CURLOPT_USERNAME, user) }
        if let password { text(CURLOPT_PASSWORD, password) }
        text(CURLOPT_MAIL_FROM, "<\(sender)>")
        _ = unsafe ccurl_set_list(easy, CURLOPT_MAIL_RCPT, recipients)
        let context = unsafe Unmanaged.passUnretained(content).toOpaque()
        _ = unsafe ccurl_set_context(easy, CURLOPT_READDATA, context)
        _ = unsafe ccurl_set_transfer(easy, CURLOPT_READFUNCTION) { room, size, count, context in
            guard let context = unsafe context else { return 0 }
            let room = unsafe UnsafeMutableRawBufferPointer(start: room, count: size * count)
            return unsafe Unmanaged<MailContent>.fromOpaque(context).takeUnretainedValue()
                .read(into: room)
        }
    }

    /// libcurl has one code for "later" and "never": the server's own answer tells them apart.
    private func failure(_ code: CURLcode, _ answer: Int, words: String) -> Failure {
        switch code {
        case CURLE_USE_SSL_FAILED:
            return Failure(
                .temporary, .network, "tell the mail server \(host): it offers no TLS",
                remedy: "name a server with TLS in SMTP_URL, as in smtps://\(host):465")
        case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_ISSUER_ERROR:
            return Failure(
                .temporary, .network, "trust the mail server \(host): \(words)",
                remedy: "let CURL_CA_BUNDLE name a file with the certificate of its authority")
        case CURLE_OPERATION_TIMEDOUT:
            return Failure(.temporary, .timeout, "tell the mail server \(host): \(words)")
        case _ where answer >= 500:
            // A wrong password may be mended; a refused recipient or mail is refused for good.
            let isLogin = code == CURLE_LOGIN_DENIED
            return Failure(
                isLogin ? .temporary : .item, isLogin ? .auth : .badResponse,
                "tell the mail server \(host): it answered \(answer)",
                remedy: "look at ALERT_EMAIL_TO, ALERT_EMAIL_FROM, SMTP_USER and SMTP_PASSWORD",
                status: answer)
        case _ where answer >= 400:
            return Failure(
                .temporary, .server, "tell the mail server \(host): it answered \(answer)",
                status: answer)
        default: return Failure(.temporary, .network, "tell the mail server \(host): \(words)")
        }
    }
}

/// The text of a mail while it is sent.
private final class MailContent {
    private let bytes: [UInt8]
    private var sent = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    func read(into room: UnsafeMutableRawBufferPointer) -> Int {
        let count = min(room.count, bytes.count - sent)
        guard count > 0 else { return 0 }
        unsafe room.copyBytes(from: bytes[sent..<(sent + count)])
        sent += count
        return count
    }
}
