// Route: the paths of the web service, with their methods, scopes and answers.
import CGI
import CheckpointAccess
import CheckpointPages
import Metrics

/// A path and a method.
struct Route: Sendable {
    /// `GET`, which answers HEAD as well, `PUT` or `POST`.
    let method: String
    /// The path; a part such as `{id}` stands for any text.
    let path: String
    /// The least scope of the token; `nil` for a path that needs none.
    let scope: AccessScope?
    /// The parameters that the query may have.
    let parameters: [String]
    /// Makes the answer.
    let answer: @Sendable (Exchange) throws -> Response

    private init(
        _ method: String, _ path: String, _ scope: AccessScope?, _ parameters: [String] = [],
        _ answer: @escaping @Sendable (Exchange) throws -> Response
    ) {
        self.method = method
        self.path = path
        self.scope = scope
        self.parameters = parameters
        self.answer = answer
    }

    private static let portal = "/api/call-recordings"
    private static let storage = "/api/v1/recordings"

    /// All routes; of two that fit, the first one counts.
    static let all: [Route] =
        [
            Route("GET", "/health", nil) { try $0.shortHealth() },
            Route("GET", "/api/openapi.json", nil) { try $0.description() },
            Route("GET", "/api/health", .read) { try $0.health() },
            Route("GET", "/api/status", .read) { try $0.status() },
            Route("GET", "/api/metrics/system", .read) { try $0.metrics(.system) },
            Route("GET", "/api/metrics/jobs", .read) { try $0.metrics(.jobs) },
            Route("GET", "/api/metrics/errors", .read) { try $0.metrics(.errors) },
            Route("GET", "/metrics", .read) { try $0.exposition() },
            Route("GET", portal, .read, ListQuery.portal) { try $0.list(.portal) },
            Route("POST", portal + "/sync", .admin, ["recordingsPath"]) { try $0.sync() },
            Route("GET", storage, .read, ListQuery.storage) { try $0.list(.storage) },
        ]
        + of(portal, .portal) + of(storage, .storage) + pages

    /// The pages; each of them asks for the session itself, and sends the others to the form.
    private static let pages = [
        Route("GET", "/admin", nil) { _ in .redirect(to: "/admin/operations") },
        Route("GET", "/admin/login", nil) { try $0.loginForm() },
        Route("POST", "/admin/login", nil) { try $0.logIn() },
        Route("POST", "/admin/logout", nil) { try $0.logOut() },
        Route("GET", "/admin/operations", nil, ["refresh"]) { try $0.operations() },
        Route("GET", "/admin/calls", nil, ListQuery.page) { try $0.calls() },
        Route("GET", "/admin/calls/{id}", nil, ["t"]) { try $0.call() },
        Route("POST", "/admin/calls/{id}/requeue", nil) { try $0.requeue() },
    ]

    /// True for a page, which is no part of the description for programs.
    var isPage: Bool { path.hasPrefix("/admin") }

    /// The routes of one recording.
    private static func of(_ base: String, _ shape: RecordingShape) -> [Route] {
        [
            Route("GET", base + "/{id}", .read) { try $0.recording(shape) },
            Route("PUT", base + "/{id}", .operate) { try $0.setStatus(shape) },
            Route("GET", base + "/{id}/stream", .read) { try $0.audio() },
            Route("POST", base + "/{id}/transcribe", .operate) { try $0.transcribe(shape) },
        ]
    }

    /// The route of a request, and the parts of its path that the route leaves open.
    ///
    /// - Throws: ``Problem`` 404 for another path, 405 for another method.
    static func find(_ request: Request) throws(Problem) -> (Route, [String: String]) {
        var methods: [String] = []
        for route in all {
            guard let names = route.names(in: request.path) else { continue }
            if route.method == request.method || route.method == "GET" && request.isSafe {
                return (route, names)
            }
            methods += route.method == "GET" ? ["GET", "HEAD"] : [route.method]
        }
        if methods.isEmpty { throw Problem(.notFound, "There is nothing at this path.") }
        throw Problem(
            .methodNotAllowed, "This path has the methods \(methods.joined(separator: ", ")).",
            headers: [Response.Header("Allow", methods.joined(separator: ", "))])
    }

    private func names(in parts: [String]) -> [String: String]? {
        let pattern = path.dropFirst().split(separator: "/")
        guard pattern.count == parts.count else { return nil }
        var names: [String: String] = [:]
        for (wanted, part) in zip(pattern, parts) {
            if wanted.hasPrefix("{") {
                names[String(wanted.dropFirst().dropLast())] = part
            } else if wanted != part {
                return nil
            }
        }
        return names
    }
}
