// API: the answers of the web service, one request at a time.
public import CGI
internal import Checkpoint
internal import CheckpointAccess
public import Records

/// The web service over one archive.
public struct API: Sendable {
    let environment: Environment
    let version: String

    /// The longest wait for the checkpoint in seconds: to read, and to write.
    static let (reading, writing) = (1, 5)

    /// Describes the service.
    ///
    /// - Parameters:
    ///   - environment: Its settings: `CALLPIPE_STATE`, `CALLPIPE_DATA`, `CALLPIPE_WEB_AUDIO`,
    ///     `RECORDINGS`.
    ///   - version: The version of the tools.
    public init(_ environment: Environment, version: String) {
        self.environment = environment
        self.version = version
    }

    /// Answers a request.
    ///
    /// - Throws: ``Problem`` for what the client has done wrong, `Failure` for the rest.
    public func answer(_ request: Request) throws -> Response {
        let (route, names) = try Route.find(request)
        let client = try route.scope.map { try Authority(self).name(of: request, for: $0) }
        try request.query.allow(route.parameters)
        return try route.answer(Exchange(self, request, names, by: client ?? ""))
    }
}

/// A request that was let in, with all that its answer needs.
struct Exchange {
    let api: API
    let request: Request
    /// The parts of the path that the route leaves open, such as `id`.
    let names: [String: String]
    /// The name of the token; empty where none is asked for.
    let client: String

    init(_ api: API, _ request: Request, _ names: [String: String], by client: String) {
        self.api = api
        self.request = request
        self.names = names
        self.client = client
    }

    /// The checkpoint, to read.
    func checkpoint() throws(Failure) -> Checkpoint { try api.checkpoint() }
}

extension API {
    /// The checkpoint, to read.
    func checkpoint() throws(Failure) -> Checkpoint {
        try Checkpoint(
            reading: environment.value("CALLPIPE_STATE"), environment, busyTimeout: API.reading)
    }
}
