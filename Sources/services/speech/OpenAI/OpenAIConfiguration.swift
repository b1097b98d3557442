// OpenAIConfiguration: the settings of OpenAI and its relatives, and the form that they become.
package import HTTP
internal import Records
internal import Speech
internal import SpeechService

extension OpenAI {
    /// The settings of one server.
    package struct Configuration: Sendable {
        /// The kind of server.
        package var dialect: Dialect
        /// The address; the dialect's default address unless set.
        package var url: String?
        /// The model; the dialect's default model unless set.
        package var model: String?
        /// The key, for dialects that take one.
        package var key: String?
        /// Headers beside the key, such as `OpenAI-Project`.
        package var headers: [Header] = []
        /// A language's code, or `auto`.
        package var language = "en"
        /// True when a server that can do it tells voices of one channel apart; OpenAI has models for
        /// that.
        package var isDiarized = false
        /// True when an answer without a word is accepted for loud sound.
        package var isEmptyAccepted = false
        /// True when the times of words are those of the sound that was sent.
        package var hasWordTimes = true
        /// The longest time for a piece, instead of a time that follows its length.
        package var timeout: Duration?
        /// The directory for sound while it is sent.
        package var temporaryDirectory = "/tmp"

        /// The defaults of a dialect.
        package init(dialect: Dialect) { self.dialect = dialect }

        /// Reads the environment; the user's wishes win.
        init(_ environment: Environment, _ settings: EngineSettings) throws(Failure) {
            let spelled =
                settings.dialect ?? environment.value("OPENAI_DIALECT") ?? Dialect.openai.rawValue
            guard let dialect = Dialect(rawValue: spelled) else {
                let names = Dialect.allCases.map(\.rawValue).joined(separator: ", ")
                throw Failure(
                    .stop, .configuration, "use dialect \"\(spelled)\": there is no such server",
                    remedy: "let --dialect or OPENAI_DIALECT be one of \(names)")
            }
            self.dialect = dialect
            url = settings.url ?? environment.value("OPENAI_BASE_URL")
            model = settings.model ?? environment.value("OPENAI_MODEL")
            key = try Configuration.key(environment, of: dialect, isElsewhere: url != nil)
            if dialect == .openai {
                headers = [
                    ("OpenAI-Organization", "OPENAI_ORG_ID"),
                    ("OpenAI-Project", "OPENAI_PROJECT_ID"),
                ].compactMap { name, variable in
                    environment.value(variable).map { Header(name, $0) }
                }
            }
            language = settings.language
            isDiarized = settings.isDiarized
            isEmptyAccepted = settings.isEmptyAccepted
            temporaryDirectory = environment.temporaryDirectory
        }

        /// Groq gets OpenAI's key only when the user set an address, too.
        private static func key(
            _ environment: Environment, of dialect: Dialect, isElsewhere: Bool
        ) throws(Failure) -> String? {
            let name = dialect == .groq ? "GROQ_API_KEY" : "OPENAI_API_KEY"
            if let key = try environment.secret(name) { return key }
            if isElsewhere { return try environment.secret("OPENAI_API_KEY") }
            guard dialect.needsKey else { return nil }
            throw Failure(
                .stop, .configuration, "read \(name): it is not set",
                remedy: "let \(name) be a key, or \(name)_FILE name a file with the key")
        }

        /// The form for a piece: only the fields that the dialect knows, because some servers refuse
        /// a field that they do not know.
        func form(
            _ piece: Piece, _ format: Format, model: String, language: String, prompt: String?
        ) -> Multipart {
            var form = Multipart()
            if dialect != .whisperCPP { form.add("model", model) }
            switch format {
            case .verbose:
                form.add("response_format", "verbose_json")
                // OpenAI leaves out whichever of the two is not asked for.
                if dialect != .whisperCPP { form.add("timestamp_granularities[]", "segment") }
                if [.openai, .groq, .speaches, .localai].contains(dialect) {
                    form.add("timestamp_granularities[]", "word")
                }
            case .diarized:
                form.add("response_format", "diarized_json")
                form.add("chunking_strategy", "auto")
            case .text:
                form.add("response_format", "json")
                if model.hasPrefix("gpt-4o") { form.add("include[]", "logprobs") }
            }
            // whisper-server assumes English when no language is sent.
            if language != "auto" || dialect == .whisperCPP { form.add("language", language) }
            if let prompt { form.add("prompt", prompt) }
            for (name, value) in ownFields(piece, hasPrompt: prompt != nil) {
                form.add(name, value)
            }
            form.add("file", piece.content, file: "audio.wav", type: "audio/wav")
            return form
        }

        /// The fields of one dialect alone.
        private func ownFields(_ piece: Piece, hasPrompt: Bool) -> [(String, String)] {
            switch dialect {
            case .openai, .groq, .vllm: []
            // Otherwise its segments are those of its voice detector, up to 30 s long.
            case .speaches: [("without_timestamps", "false")]
            // It tells voices apart unless it is told not to; one channel is one party.
            case .localai: [("diarize", isDiarized ? "true" : "false")]
            // The probabilities of all languages cost a pass of the encoder. Earlier text makes the
            // model repeat itself, but without room for earlier text there is no room for a prompt.
            case .whisperCPP:
                // Otherwise a segment ends after 60 letters.
                [
                    ("no_language_probabilities", "true"), ("max_len", "10000"),
                    ("audio_ctx", String(piece.whisperContext)),
                ]
                    + (hasPrompt ? [] : [("max_context", "0")])
            }
        }
    }
}
