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
        configuration.key =
            dialect == .groq
            ? try environment.secret("GROQ_API_KEY", "OPENAI_API_KEY")
            : try environment.secret("OPENAI_API_KEY")
        if dialect.needsKey, configuration.key == nil, configuration.url == nil {
            throw Failure(
                .stop, .configuration, "read OPENAI_API_KEY: it is not set",
                remedy: "let OPENAI_API_KEY be a key, or OPENAI_API_KEY_FILE name a file with it")
        }
        if dialect == .openai {
            configuration.headers = [
                ("OpenAI-Organization", "OPENAI_ORG_ID"), ("OpenAI-Project", "OPENAI_PROJECT_ID"),
            ].compactMap { name, variable in
                environment.value(variable).map { Header(name, $0) }
            }
        }
        configuration.language = options.string("language") ?? "en"
        configuration.prompt = options.string("prompt")
        configuration.isEmptyAccepted = options.flag("accept-empty")
        configuration.temporaryDirectory = environment.value("TMPDIR") ?? "/tmp"
        return try OpenAI(configuration, client: serviceClient())
    }
}
