// OpenAIDialect: the servers that speak OpenAI's interface, and how they depart from it.
internal import Speech

extension OpenAI {
    /// Whose server it is; none can be told from another by what it answers.
    public enum Dialect: String, Sendable, CaseIterable {
        /// OpenAI's own service.
        case openai
        /// `whisper-server` of whisper.cpp.
        case whisperCPP = "whisper.cpp"
        /// speaches, once faster-whisper-server.
        case speaches
        /// LocalAI.
        case localai
        /// `vllm serve`.
        case vllm
        /// Groq's service.
        case groq

        /// As messages call it.
        var title: String {
            switch self {
            case .openai: "OpenAI"
            case .whisperCPP: "the whisper.cpp server"
            case .speaches: "speaches"
            case .localai: "LocalAI"
            case .vllm: "vLLM"
            case .groq: "Groq"
            }
        }

        /// Where it is unless somebody says otherwise.
        public var usualURL: String {
            switch self {
            case .openai: "https://api.openai.com/v1"
            case .whisperCPP, .localai: "http://127.0.0.1:8080" + (self == .localai ? "/v1" : "")
            case .speaches, .vllm: "http://127.0.0.1:8000/v1"
            case .groq: "https://api.groq.com/openai/v1"
            }
        }

        /// The model unless somebody says otherwise; whisper-server has loaded its own.
        var usualModel: String {
            switch self {
            case .openai, .localai: "whisper-1"
            case .whisperCPP: "server"
            case .speaches: "Systran/faster-whisper-small"
            case .vllm: "openai/whisper-large-v3-turbo"
            case .groq: "whisper-large-v3-turbo"
            }
        }

        /// Whether nobody gets an answer without a key.
        public var needsKey: Bool { self == .openai || self == .groq }
        /// Whether it would look at a key at all; one that is for others is not shown to it.
        var takesKey: Bool { self != .whisperCPP }

        /// How many requests at a time do any good: whisper-server has one lock, and who waits for
        /// it uses up the time that is for its own sound.
        var places: Int {
            switch self {
            case .whisperCPP, .localai: 1
            case .speaches: 2
            case .openai, .vllm, .groq: 8
            }
        }

        /// What a request may be at most; room is left for the fields beside the file, as the
        /// whole body counts (26,214,400 bytes at OpenAI).
        var longestFile: Int {
            let fields = 64 << 10
            return switch self {
            case .openai: (25 << 20) - fields
            case .groq, .vllm: 25_000_000 - fields
            case .localai: 15_000_000 - fields
            case .whisperCPP, .speaches: 256 << 20
            }
        }

        /// Where a path is told and where it follows.
        func endpoint(_ base: String) -> String {
            let isWhole =
                base.hasSuffix("/audio/transcriptions") || base.hasSuffix("/inference")
            if isWhole { return base }
            let path = base.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false)
                .last.flatMap { $0.firstIndex(of: "/") }
            return base
                + (self == .whisperCPP && path == nil ? "/inference" : "/audio/transcriptions")
        }
    }

    /// What a model can be asked for.
    enum Format: Sendable {
        /// Segments and words with times.
        case verbose
        /// Segments with times and voices.
        case diarized
        /// Nothing but text.
        case text

        init(_ dialect: Dialect, model: String) {
            if dialect == .openai, model.contains("-diarize") {
                self = .diarized
            } else if dialect == .openai, model.hasPrefix("gpt-") {
                self = .text
            } else {
                self = .verbose
            }
        }

        /// How the sound is cut.
        func bounds(_ dialect: Dialect) -> Pieces.Bounds {
            let bytes = dialect.longestFile
            switch self {
            // Padding by the service has pushed pieces of 1400 s over the limit of 1400 s.
            case .diarized: return Pieces.Bounds(seconds: 1390, bytes: bytes)
            // Times are those of the piece, so a piece is what is said in one go.
            case .text:
                return Pieces.Bounds(seconds: 30, bytes: bytes, pause: 0.8, isJoined: false)
            // vLLM takes each 30 s for 30 s, though it cuts where it is quiet.
            case .verbose where dialect == .vllm: return Pieces.Bounds(seconds: 29, bytes: bytes)
            case .verbose: return Pieces.Bounds(seconds: 3600, bytes: bytes)
            }
        }
    }
}
