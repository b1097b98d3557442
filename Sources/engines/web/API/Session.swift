// Session: a person with a browser, known by a cookie that has the token.
import CGI
import CheckpointAccess
import Crypto

/// The one who looks.
///
/// The cookie has the token itself, so that nothing is stored, and revoking the token ends the session.
/// A browser sends the cookie with requests of the same site only, and no script can read it.
struct Session {
    let token: AccessToken
    private let secret: String

    /// The names of the cookie: over TLS a browser takes the first one from this host alone.
    private static let names = ["__Host-callpipe", "callpipe"]

    /// The token that a request has as its cookie.
    static func cookie(of request: Request) -> String? {
        for pair in (request.header("Cookie") ?? "").split(separator: ";") {
            let halves = pair.drop { $0 == " " }.split(separator: "=", maxSplits: 1)
            if halves.count == 2, names.contains(String(halves[0])) { return String(halves[1]) }
        }
        return nil
    }

    /// The session of a token in force; `nil` for any other text.
    init?(_ text: String?, _ api: API) throws {
        guard let text, let token = try Access(api.checkpoint()).token(text),
            token.state() == .valid
        else { return nil }
        self.token = token
        secret = text
    }

    /// The header that begins the session in the browser, or ends it.
    static func header(_ text: String, over request: Request) -> Response.Header {
        let end = text.isEmpty ? "; Max-Age=0" : ""
        let (name, secure) = request.isOverTLS ? (names[0], "; Secure") : (names[1], "")
        return Response.Header(
            "Set-Cookie", "\(name)=\(text); Path=/; HttpOnly; SameSite=Strict\(secure)\(end)")
    }

    /// The value that a form of this session needs, for one deed.
    ///
    /// Only a page of this service could read it, so no other page can make such a form.
    func formToken(_ deed: String) -> String {
        Hexadecimal.text(MessageCode.sha256(of: Array(deed.utf8), key: Array(secret.utf8)))
    }

    /// True when the form has the right value; the time does not depend on where it differs.
    func allows(_ value: String?, _ deed: String) -> Bool {
        let (given, wanted) = (Array((value ?? "").utf8), Array(formToken(deed).utf8))
        guard given.count == wanted.count else { return false }
        return zip(given, wanted).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }
}

extension Request {
    /// True for a request that came over TLS.
    fileprivate var isOverTLS: Bool { isEncrypted }

    /// True when a page of this service made the request, as far as the browser tells.
    var isOfOwnPage: Bool {
        if let origin = header("Origin") {
            guard let host = header("Host") else { return false }
            return origin == "http://\(host)" || origin == "https://\(host)"
        }
        return header("Sec-Fetch-Site") == "same-origin"
    }
}
