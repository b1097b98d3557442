// Description: the OpenAPI description of the web service, made of its routes.
import CGI
import CheckpointAccess
import Records

extension Exchange {
    /// `GET /api/openapi.json`.
    func description() throws -> Response {
        .json(Description(version: api.version).json, for: request)
    }
}

/// The description, in OpenAPI 3.1.
struct Description {
    let version: String

    var json: JSON {
        var paths: [JSON.Member] = []
        for route in Route.all where !route.isPage {
            let operation = JSON.Member(route.method.lowercased(), Description.operation(route))
            if let index = paths.firstIndex(where: { $0.name == route.path }),
                case .object(let others) = paths[index].value
            {
                paths[index] = JSON.Member(route.path, .object(others + [operation]))
            } else {
                paths.append(JSON.Member(route.path, .object([operation])))
            }
        }
        return .members([
            "openapi": .string("3.1.0"),
            "info": .members([
                "title": .string("callpipe"), "version": .string(version),
                "description": .string(
                    "Recorded calls with their transcripts, and the condition of the archive. "
                        + "See callpipe.cgi(8)."),
            ]),
            "paths": .object(paths),
            "components": .members([
                "securitySchemes": .members([
                    "token": .members([
                        "type": .string("http"), "scheme": .string("bearer"),
                        "description": .string("A token of call-token(1)."),
                    ])
                ]),
                "schemas": .members([
                    "Problem": Schemas.problem, "Health": Schemas.health,
                    "PortalRecording": Schemas.portal, "Recording": Schemas.storage,
                    "Any": .members(["type": .string("object")]),
                ]),
            ]),
        ])
    }

    private static func operation(_ route: Route) -> JSON {
        let names = route.path.split(separator: "/").filter { $0.hasPrefix("{") }
        let inPath = names.map { name in
            JSON.members([
                "name": .string(String(name.dropFirst().dropLast())), "in": .string("path"),
                "required": .bool(true), "schema": .members(["type": .string("string")]),
                "description": .string("The number of the recording, or the id of its record."),
            ])
        }
        let inQuery = route.parameters.map { name in
            JSON.members([
                "name": .string(name), "in": .string("query"), "schema": Schemas.parameter(name),
            ])
        }
        return .members([
            "summary": .string(route.summary),
            "parameters": inPath.isEmpty && inQuery.isEmpty ? nil : .array(inPath + inQuery),
            "requestBody": route.body,
            "security": route.scope == nil
                ? .array([]) : .array([.members(["token": .array([])])]),
            "x-scope": .text(route.scope?.rawValue),
            "responses": .object(route.successes + route.problems),
        ])
    }
}

extension Route {
    private var hasID: Bool { path.contains("{id}") }
    private var isStream: Bool { path.hasSuffix("/stream") }
    private var isWatching: Bool { path.contains("health") || path == "/api/status" }

    fileprivate var summary: String {
        switch (method, path.split(separator: "/").last ?? "") {
        case ("GET", "health"): scope == nil ? "The health in one word" : "The health"
        case ("GET", "status"): "The condition of the archive, as a status page tells it"
        case ("GET", "metrics"): "All metrics in the text format of Prometheus"
        case ("GET", "openapi.json"): "This description"
        case ("GET", "stream"): "The audio of a recording, whole or in part"
        case ("GET", "{id}"): "One recording"
        case ("PUT", _): "Have a recording transcribed again, by its status"
        case ("POST", "transcribe"): "Have a recording transcribed"
        case ("POST", _): "Note what is new in the folder of recordings"
        default: path.contains("metrics") ? "A group of metrics" : "A page of recordings"
        }
    }

    fileprivate var body: JSON? {
        guard hasID, method != "GET" else { return nil }
        return .members([
            "required": .bool(method == "PUT"),
            "content": Schemas.content(
                "application/json", method == "PUT" ? Schemas.status : Schemas.force),
        ])
    }

    fileprivate var successes: [JSON.Member] {
        let isPortal = path.hasPrefix("/api/call-recordings")
        let recording = Schemas.reference(isPortal ? "PortalRecording" : "Recording")
        func told(_ status: String, _ text: String, _ type: String?, _ schema: JSON?) -> JSON.Member
        {
            JSON.Member(
                status,
                .members([
                    "description": .string(text),
                    "content": type.map { Schemas.content($0, schema) },
                ]))
        }
        let json = "application/json"
        let same = told("304", "The client has it already.", nil, nil)
        if isStream {
            return [
                told("200", "The audio.", "*/*", nil), told("206", "The part.", "*/*", nil), same,
            ]
        }
        if path == "/metrics" { return [told("200", "The metrics.", "text/plain", nil)] }
        if path.hasSuffix("/transcribe") {
            return [
                told("200", "It is transcribed already.", json, recording),
                told("202", "The next run transcribes it.", json, recording),
            ]
        }
        if hasID {
            return [told("200", "The recording.", json, recording)]
                + (method == "GET" ? [same] : [])
        }
        if path.hasSuffix("recordings") {
            let list = JSON.members(["type": .string("array"), "items": recording])
            return [told("200", "The page.", json, list), same]
        }
        if isWatching {
            let schema = Schemas.reference("Health")
            return [
                told("200", "It works.", json, schema),
                JSON.Member(
                    "503",
                    .members([
                        "description": .string("It does not work, or nothing can be known."),
                        "content": .object([
                            .init(json, .members(["schema": schema])),
                            .init(
                                "application/problem+json",
                                .members(["schema": Schemas.reference("Problem")])),
                        ]),
                    ])),
            ]
        }
        return [told("200", "The answer.", json, Schemas.reference("Any"))]
            + (path.hasSuffix("openapi.json") ? [same] : [])
    }

    fileprivate var problems: [JSON.Member] {
        var statuses: [Problem.Status] = [.badRequest, .methodNotAllowed, .addressTooLong]
        if scope != nil { statuses += [.unauthorized, .forbidden] }
        if hasID { statuses += [.notFound, .gone] }
        if isStream { statuses.append(.range) }
        if method != "GET" {
            statuses += [
                .timeout, .conflict, .lengthRequired, .tooLarge, .mediaType, .content,
            ]
        }
        statuses.append(.internal)
        if !isWatching { statuses.append(.unavailable) }
        return statuses.map { status in
            JSON.Member(
                "\(status.rawValue)",
                .members([
                    "description": .string(status.phrase),
                    "content": Schemas.content(
                        "application/problem+json", Schemas.reference("Problem")),
                ]))
        }
    }
}
