// Authority: lets a request in by its token, or tells why not.
import CGI
import Checkpoint
import CheckpointAccess
import Records

/// Looks at the bearer token of a request (RFC 6750).
struct Authority {
    private let api: API

    init(_ api: API) { self.api = api }

    /// The name of the token of a request.
    ///
    /// - Parameters:
    ///   - request: The request.
    ///   - scope: The least scope that the token needs.
    /// - Returns: The name.
    /// - Throws: ``Problem`` 401 without a token in force, 403 for a token of a lower scope, and
    ///   `Failure` when the checkpoint cannot be read.
    func name(of request: Request, for scope: AccessScope) throws -> String {
        guard let token = try Access(api.checkpoint()).token(text(of: request)) else {
            throw refused("The token is not known here.")
        }
        switch token.state() {
        case .revoked: throw refused("The token was revoked.")
        case .expired: throw refused("The token has expired.")
        case .valid: break
        }
        guard token.scope >= scope else {
            throw Problem(
                .forbidden,
                "The token has the scope \(token.scope.rawValue); this needs "
                    + "\(scope.rawValue).",
                headers: [
                    challenge(", error=\"insufficient_scope\", scope=\"\(scope.rawValue)\"")
                ])
        }
        return token.name
    }

    /// The token of a request: of its header, or of the session of a browser that only looks.
    ///
    /// A browser adds the cookie to any request, so that a change needs the header.
    private func text(of request: Request) throws(Problem) -> String {
        guard let header = request.header("Authorization") else {
            if request.isSafe, let text = Session.cookie(of: request) { return text }
            throw refused("The request has no token.", error: nil)
        }
        let words = header.split(separator: " ")
        guard words.count == 2, words[0].lowercased() == "bearer" else {
            throw refused("The Authorization header is not \"Bearer TOKEN\".", error: nil)
        }
        return String(words[1])
    }

    private func refused(_ detail: String, error: String? = "invalid_token") -> Problem {
        Problem(
            .unauthorized, detail,
            headers: [challenge(error.map { ", error=\"\($0)\"" } ?? "")])
    }

    private func challenge(_ rest: String) -> Response.Header {
        Response.Header("WWW-Authenticate", "Bearer realm=\"callpipe\"\(rest)")
    }
}
