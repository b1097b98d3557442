// OpenAIChoice: a server with OpenAI's interface as the options and the environment describe it.
import Filter
import HTTP
import Records
import Speech
import SpeechServices

extension EngineChoice {
    /// OpenAI, or one of the servers that speak as it does.
    func openAI(_ named: Named) throws -> any Engine {
        let environment = options.environment
        let spelled = named.dialect ?? environment.value("OPENAI_DIALECT") ?? "openai"
        guard let dialect = OpenAI.Dialect(rawValue: spelled) else {
            let names = OpenAI.Dialect.allCases.map(\.rawValue).joined(separator: ", ")
            throw UsageError("option --dialect knows \(names), not \"\(spelled)\"")
        }
        var configuration = OpenAI.Configuration(dialect: dialect)
        configuration.url = named.url ?? environment.value("OPENAI_BASE_URL")
        configuration.model = named.model ?? environment.value("OPENAI_MODEL")
        configuration.key = try key(of: dialect, isElsewhere: configuration.url != nil)
        if dialect == .openai {
            configuration.headers = [
                ("OpenAI-Organization", "OPENAI_ORG_ID"), ("OpenAI-Project", "OPENAI_PROJECT_ID"),
            ].compactMap { name, variable in
                environment.value(variable).map { Header(name, $0) }
            }
        }
        configuration.language = options.language ?? "en"
        configuration.prompt = options.prompt
        configuration.isDiarized = options.isDiarized
        configuration.isEmptyAccepted = options.acceptEmpty
        configuration.temporaryDirectory = temporaryDirectory
        return try OpenAI(configuration, client: serviceClient())
    }

    /// OpenAI's key is not shown to Groq unless it was set together with the address.
    private func key(of dialect: OpenAI.Dialect, isElsewhere: Bool) throws -> String? {
        let name = dialect == .groq ? "GROQ_API_KEY" : "OPENAI_API_KEY"
        if let key = try options.environment.secret(name) { return key }
        if isElsewhere { return try options.environment.secret("OPENAI_API_KEY") }
        guard dialect.needsKey else { return nil }
        throw Failure(
            .stop, .configuration, "read \(name): it is not set",
            remedy: "let \(name) be a key, or \(name)_FILE name a file with it")
    }
}
