// ChatDialect: the servers with OpenAI's chat interface, and their departures from it.

/// The kind of server; no answer tells one from another, so the user names it.
public enum ChatDialect: String, Sendable, CaseIterable {
    /// OpenAI's own service.
    case openai
    /// OpenAI's models at Azure.
    case azure
    /// `vllm serve`.
    case vllm
    /// `llama-server` of llama.cpp.
    case llamaCPP = "llama.cpp"
    /// Ollama.
    case ollama
    /// The server of llama-cpp-python, which takes a schema in another place.
    case llamaCPPPython = "llama-cpp-python"
    /// Servers that can promise JSON but no schema, such as DeepSeek.
    case json

    /// The name in messages.
    var title: String {
        switch self {
        case .openai: "OpenAI"
        case .azure: "Azure"
        case .vllm: "vLLM"
        case .llamaCPP: "the llama.cpp server"
        case .ollama: "Ollama"
        case .llamaCPPPython: "llama-cpp-python"
        case .json: "the chat server"
        }
    }

    /// The address unless the user sets another; `nil` where each customer has one of his own.
    var defaultURL: String? {
        switch self {
        case .openai: "https://api.openai.com/v1"
        case .vllm, .llamaCPPPython: "http://127.0.0.1:8000/v1"
        case .llamaCPP: "http://127.0.0.1:8080/v1"
        case .ollama: "http://127.0.0.1:11434/v1"
        case .azure, .json: nil
        }
    }

    /// True for services that answer no request without a key.
    var needsKey: Bool { self == .openai || self == .azure }

    /// The tokens of a prompt with its answer, unless the user tells them.
    ///
    /// Ollama gives a model 4,096 and cuts what is longer without a word
    /// (https://docs.ollama.com/context-length). The others refuse it, and then are asked less.
    public var usualWindow: Int {
        switch self {
        case .openai, .azure: 100_000
        case .vllm, .json: 30_000
        case .llamaCPP, .llamaCPPPython, .ollama: 4096
        }
    }

    /// The most requests at a time that are of use; a server of one machine has one or a few slots.
    var mostRequests: Int {
        switch self {
        case .openai, .azure, .vllm, .json: 64
        case .llamaCPP, .ollama: 2
        case .llamaCPPPython: 1
        }
    }

    /// The parameters with which a model is first asked.
    var parameters: ChatParameters {
        var parameters = ChatParameters()
        switch self {
        case .openai, .azure: parameters.limitName = "max_completion_tokens"
        case .vllm, .llamaCPP, .ollama: break
        case .llamaCPPPython: parameters.format = .objectWithSchema
        case .json: parameters.format = .object
        }
        return parameters
    }

    /// The whole address of a request, from a base or the whole address itself.
    func endpoint(_ base: String) -> String {
        let path = base.prefix { $0 != "?" }
        if path.hasSuffix("/chat/completions") { return base }
        // A deployment at Azure has a query with the version of the interface.
        return path + "/chat/completions" + base.dropFirst(path.count)
    }
}

/// The members of a request that not every model takes.
struct ChatParameters: Sendable, Equatable {
    /// How the form of the answer is asked for, from the strictest down.
    enum Format: Sendable {
        /// By `json_schema`.
        case schema
        /// By `json_object` with the schema beside it.
        case objectWithSchema
        /// By `json_object`.
        case object
        /// Only by the words of the prompt.
        case words

        /// The next way, when a server does not know this one.
        var next: Format? {
            switch self {
            case .schema, .objectWithSchema: .object
            case .object: .words
            case .words: nil
            }
        }
    }

    /// The name of the limit of the answer's tokens; `nil` where neither is taken.
    var limitName: String? = "max_tokens"
    /// True when the most likely words are asked for.
    var hasTemperature = true
    /// How the form of the answer is asked for.
    var format = Format.schema

    /// Leaves out, or puts in another way, what a server refuses.
    ///
    /// - Parameter name: The member that it refuses, such as `temperature`.
    /// - Returns: False when there is no other way.
    mutating func withdraw(_ name: String) -> Bool {
        let before = self
        switch name {
        case "max_tokens" where limitName == name: limitName = "max_completion_tokens"
        // Some name the other one in place of the one that was sent.
        case "max_completion_tokens" where limitName == name: limitName = "max_tokens"
        case "temperature": hasTemperature = false
        case _ where name.hasPrefix("response_format") || name == "json_schema":
            format = format.next ?? format
        default: break
        }
        return self != before
    }
}
