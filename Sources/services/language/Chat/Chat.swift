// Chat: any model behind OpenAI's chat completions.
public import Analysis
internal import HTTP
public import Records
internal import Synchronization
internal import System

/// Asks a model by `POST …/chat/completions`.
public final class Chat: Sendable {
    /// The user's wishes.
    public struct Settings: Sendable {
        /// The address; else `OPENAI_CHAT_URL` or `OPENAI_BASE_URL`, else the dialect's own.
        public var url: String?
        /// The model; else `OPENAI_CHAT_MODEL`.
        public var model: String?
        /// The kind of server; else `OPENAI_CHAT_DIALECT`, else OpenAI.
        public var dialect: ChatDialect?
        /// The longest time for one answer.
        public var timeout: Duration
        /// Gets remarks, waits and retries.
        public var observer: Observer?

        /// The defaults.
        public init() { timeout = .seconds(600) }
    }

    /// Every server sends its answer at its end, so silence says nothing.
    private static let answerLimit = 8 << 20

    /// The model, as the service calls it.
    public let model: String
    /// The kind of server.
    public let dialect: ChatDialect

    private let key: String?
    private let headers: [Header]
    private let endpoint: String
    private let timeout: Duration
    private let client: Client
    private let slots: Slots
    private let observer: Observer?
    /// The parameters that the model was found to take.
    private let parameters: Mutex<ChatParameters>

    /// Reads the settings; nothing is sent yet.
    ///
    /// - Parameters:
    ///   - environment: `OPENAI_API_KEY`, `OPENAI_BASE_URL` and the others of analyze(1).
    ///   - settings: The user's wishes; they win.
    /// - Throws: `Failure` of scope `stop`, kind `configuration`.
    public init(_ environment: Environment, _ settings: Settings) throws(Failure) {
        dialect = try Chat.dialect(environment, settings)
        model = try Chat.model(environment, settings)
        key = try Chat.key(environment, dialect)
        endpoint = try Chat.endpoint(environment, settings, dialect)
        var headers = [Header("Content-Type", "application/json")]
        if dialect == .openai {
            for (name, variable) in [
                ("OpenAI-Organization", "OPENAI_ORG_ID"), ("OpenAI-Project", "OPENAI_PROJECT_ID"),
            ] {
                if let value = environment.value(variable) { headers.append(Header(name, value)) }
            }
        }
        if dialect == .azure, let key { headers.append(Header("api-key", key)) }
        self.headers = headers
        timeout = settings.timeout
        observer = settings.observer
        slots = Slots(dialect.mostRequests)
        parameters = Mutex(dialect.parameters)
        var http = try Client.Settings(environment, observer: settings.observer)
        // A service may charge for each attempt.
        if environment.value("CALLPIPE_HTTP_ATTEMPTS") == nil { http.attempts = 3 }
        http.longestBody = Chat.answerLimit
        client = try Client(http)
    }

    private static func dialect(
        _ environment: Environment, _ settings: Settings
    ) throws(Failure) -> ChatDialect {
        if let dialect = settings.dialect { return dialect }
        guard let name = environment.value("OPENAI_CHAT_DIALECT") else { return .openai }
        guard let dialect = ChatDialect(rawValue: name) else {
            let names = ChatDialect.allCases.map(\.rawValue).joined(separator: ", ")
            throw Failure(
                .stop, .configuration, "use dialect \"\(name)\": there is no such server",
                remedy: "let --dialect or OPENAI_CHAT_DIALECT be one of \(names)")
        }
        return dialect
    }

    private static func model(
        _ environment: Environment, _ settings: Settings
    ) throws(Failure) -> String {
        guard let model = settings.model ?? environment.value("OPENAI_CHAT_MODEL") else {
            throw Failure(
                .stop, .configuration, "choose a model: none is named",
                remedy: "let --model or OPENAI_CHAT_MODEL name a model of the server")
        }
        return model
    }

    private static func key(
        _ environment: Environment, _ dialect: ChatDialect
    ) throws(Failure) -> String? {
        let name = dialect == .azure ? "AZURE_OPENAI_API_KEY" : "OPENAI_API_KEY"
        let own = dialect == .azure ? try environment.secret(name) : nil
        let key: String? = if let own { own } else { try environment.secret("OPENAI_API_KEY") }
        guard let key else {
            guard dialect.needsKey else { return nil }
            throw Failure(
                .stop, .configuration, "read \(name): it is not set",
                remedy: "let \(name) be a key, or \(name)_FILE name a file with the key")
        }
        guard key.utf8.allSatisfy(ASCII.isVisible) else {
            throw Failure(
                .stop, .configuration, "use \(name): it is no key",
                remedy: "let it be one word, as the console of the service shows it")
        }
        return key
    }

    private static func endpoint(
        _ environment: Environment, _ settings: Settings, _ dialect: ChatDialect
    ) throws(Failure) -> String {
        let own = settings.url ?? environment.value("OPENAI_CHAT_URL", "OPENAI_BASE_URL")
        guard let url = own ?? dialect.defaultURL else {
            throw Failure(
                .stop, .configuration, "find \(dialect.title): it has no usual address",
                remedy: "let --url or OPENAI_CHAT_URL be its address, which ends with /v1")
        }
        let query = url.firstIndex(of: "?").map { url[$0...] } ?? ""
        let base = try Address.base(
            String(url.dropLast(query.count)), of: "--url, OPENAI_CHAT_URL or OPENAI_BASE_URL",
            example: "https://api.openai.com/v1")
        return dialect.endpoint(base + query)
    }

    /// Asks once; what a refused member of the request teaches holds for all later questions.
    ///
    /// - Parameters:
    ///   - question: The question.
    ///   - meter: Counts the request and its tokens, also when the answer is of no use.
    /// - Returns: The answer.
    /// - Throws: `Failure`, and `PromptTooLong` when a shorter prompt may be taken.
    public func ask(_ question: Question, _ meter: ChatMeter) async throws -> ModelAnswer {
        while true {
            let used = parameters.withLock { $0 }
            let response = try await send(question, used)
            if response.isSuccess {
                let reply = try ChatReply.read(response, of: dialect.title)
                meter.add(reply, question)
                return reply.answer
            }
            let refusal = ChatRefusal(response)
            if refusal.isTooLong { throw PromptTooLong() }
            guard let member = refusal.refusedMember, withdraw(member, from: used) else {
                throw refusal.failure(dialect, model: model)
            }
        }
    }

    /// Takes a member out of this and all later requests.
    ///
    /// - Returns: False when it cannot be left out.
    private func withdraw(_ member: String, from used: ChatParameters) -> Bool {
        var less = used
        guard less.withdraw(member) else { return false }
        return parameters.withLock { current in
            // Another task may have learned it at the same time.
            if current != used { return true }
            // The two names of one limit would be changed for each other for ever.
            if less.limitName != used.limitName, less.limitName == dialect.parameters.limitName {
                less.limitName = nil
            }
            current = less
            observer?(
                .note("\(dialect.title) does not take \(member) as it was sent with \(model)"))
            return true
        }
    }

    private func send(
        _ question: Question, _ parameters: ChatParameters
    ) async throws -> Response {
        var request = Request(
            .post, endpoint, headers: headers,
            body: .bytes(parameters.body(question, model: model).bytes), timeout: timeout)
        request.bearer = dialect == .azure ? nil : key
        request.isWorthAnother = { ChatRefusal.isWorthAnother($0) }
        return try await slots.use { [client, request] in try await client.send(request) }
    }
}

extension ChatParameters {
    /// The body of a request.
    func body(_ question: Question, model: String) -> JSON {
        func message(_ role: String, _ text: String) -> JSON {
            .members(["role": .string(role), "content": .string(text)])
        }
        var members: [JSON.Member] = [
            .init("model", .string(model)),
            .init(
                "messages",
                .array([message("system", question.rules), message("user", question.message)])),
        ]
        if let limitName { members.append(.init(limitName, .int(question.answerTokens))) }
        if hasTemperature { members.append(.init("temperature", .int(0))) }
        if let format = responseFormat(question) {
            members.append(.init("response_format", format))
        }
        return .object(members)
    }

    private func responseFormat(_ question: Question) -> JSON? {
        switch format {
        case .schema:
            .members([
                "type": .string("json_schema"),
                "json_schema": .members([
                    "name": .string(question.name), "schema": question.schema,
                    "strict": .bool(true),
                ]),
            ])
        case .objectWithSchema:
            .members(["type": .string("json_object"), "schema": question.schema])
        case .object: .members(["type": .string("json_object")])
        case .words: nil
        }
    }
}

/// The requests and the tokens of the work on one record.
public final class ChatMeter: Sendable {
    /// The sums.
    public struct Sums: Sendable, Equatable {
        /// Requests that were answered.
        public var requests = 0
        /// Tokens that were sent.
        public var promptTokens = 0
        /// Tokens that came back, with those of reasoning.
        public var completionTokens = 0
        /// True when the service did not count, and a part of the tokens is an estimate.
        public var isEstimate = false
    }

    private let state = Mutex(Sums())

    /// Counts from nothing.
    public init() {}

    /// The sums so far.
    public var sums: Sums { state.withLock { $0 } }

    /// Counts an answer, usable or not.
    func add(_ reply: ChatReply, _ question: Question) {
        let text = reply.choices?.first?.message?.content ?? ""
        state.withLock { sums in
            sums.requests += 1
            if let usage = reply.usage, let prompt = usage.prompt_tokens, prompt > 0 {
                sums.promptTokens += prompt
                sums.completionTokens += max(0, usage.completion_tokens ?? 0)
            } else {
                sums.isEstimate = true
                sums.promptTokens += (question.rules.utf8.count + question.message.utf8.count) / 4
                sums.completionTokens += text.utf8.count / 4
            }
        }
    }
}
