// OpenAIDialect: the servers with OpenAI's interface, and their departures from it.
internal import Speech

extension OpenAI {
    /// The names of the dialects.
    public static var dialects: [String] { Dialect.allCases.map(\.rawValue) }

    /// The kind of server; no answer tells one from another, so the user names it.
    package enum Dialect: String, Sendable, CaseIterable {
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

        /// The name in messages.
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

        /// The address unless the user sets another.
        var defaultURL: String {
            switch self {
            case .openai: "https://api.openai.com/v1"
            case .whisperCPP: "http://127.0.0.1:8080"
            case .localai: "http://127.0.0.1:8080/v1"
            case .speaches, .vllm: "http://127.0.0.1:8000/v1"
            case .groq: "https://api.groq.com/openai/v1"
            }
        }

        /// The model unless the user sets another; whisper-server has loaded its own.
        var defaultModel: String {
            switch self {
            case .openai, .localai: "whisper-1"
            case .whisperCPP: "server"
            case .speaches: "Systran/faster-whisper-small"
            case .vllm: "openai/whisper-large-v3-turbo"
            case .groq: "whisper-large-v3-turbo"
            }
        }

        /// The samples per second that are sent; by default those nearest to the recording's.
        ///
        /// whisper-server brings other rates to 16 kHz itself, and makes more errors then.
        var rate: Int? { self == .whisperCPP ? 16_000 : nil }

        /// True for services that answer no request without a key.
        var needsKey: Bool { self == .openai || self == .groq }
        /// True when the server looks at a key; no other server is shown one.
        var takesKey: Bool { self != .whisperCPP }

        /// The most requests at a time that are of use.
        ///
        /// whisper-server has one lock, and a request that waits for it uses up the time that is for
        /// its own sound.
        var mostRequests: Int {
            switch self {
            case .whisperCPP, .localai: 1
            case .speaches: 2
            case .openai, .vllm, .groq: 8
            }
        }

        /// The most bytes of a file.
        ///
        /// The whole body counts (26,214,400 bytes at OpenAI), so some room is left for the other
        /// fields.
        var longestFile: Int {
            let fields = 64 << 10
            return switch self {
            case .openai: (25 << 20) - fields
            case .groq, .vllm: 25_000_000 - fields
            case .localai: 15_000_000 - fields
            case .whisperCPP, .speaches: 256 << 20
            }
        }

        /// The whole address of a request, from the address that the user set: a host, a base, or
        /// the whole address itself.
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

    /// The form of the answer that a model can give.
    enum Format: Sendable {
        /// Segments and words with times.
        case verbose
        /// Segments with times and voices.
        case diarized
        /// Text alone.
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

        /// The bounds within which the sound is cut.
        func bounds(_ dialect: Dialect) -> Pieces.Bounds {
            let bytes = dialect.longestFile
            switch self {
            // Padding by the service has pushed pieces of 1400 s over the limit of 1400 s.
            case .diarized: return Pieces.Bounds(seconds: 1390, bytes: bytes)
            // The only time is that of the piece, so a piece is one utterance.
            case .text:
                return Pieces.Bounds(seconds: 30, bytes: bytes, pause: 0.8, isJoined: false)
            // whisper.cpp loses the times of what lies beyond a long pause, and listens to 30 s at a
            // time.
            case .verbose where dialect == .whisperCPP:
                return Pieces.Bounds(seconds: 29.5, bytes: bytes, pause: 1, isJoined: false)
            // vLLM counts each window as 30 s, though it cuts where it is quiet.
            case .verbose where dialect == .vllm: return Pieces.Bounds(seconds: 29, bytes: bytes)
            case .verbose: return Pieces.Bounds(seconds: 3600, bytes: bytes)
            }
        }
    }
}
