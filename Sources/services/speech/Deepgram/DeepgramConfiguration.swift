// DeepgramConfiguration: the settings of Deepgram's service.
internal import Records
internal import Speech
internal import SpeechService
internal import System

extension Deepgram {
    /// The settings of the service.
    struct Configuration: Sendable {
        /// The key; only the service sees it.
        var key: String
        /// The address; it differs by region.
        var url = "https://api.deepgram.com"
        /// The model.
        var model = "nova-3"
        /// A language's code, `multi`, or `auto`.
        var language = "en"
        /// The groups of words that become tags, such as `pci`, `pii` or `ssn`.
        var redacted: [String] = []
        /// True when voices are told apart where one channel holds all parties.
        var isDiarized = false
        /// True when the service may not learn from the sound.
        var isOptedOut = false
        /// True when an answer without a word is accepted for loud sound.
        var isEmptyAccepted = false
        /// The directory for pieces while they are sent.
        var temporaryDirectory = "/tmp"

        /// Reads the environment; the user's wishes win.
        init(_ environment: Environment, _ settings: EngineSettings) throws(Failure) {
            guard let key = try environment.secret("DEEPGRAM_API_KEY") else {
                throw Failure(
                    .stop, .configuration, "read DEEPGRAM_API_KEY: it is not set",
                    remedy: "let DEEPGRAM_API_KEY be a key, or DEEPGRAM_API_KEY_FILE name a file"
                        + " with the key")
            }
            self.key = key
            url = settings.url ?? environment.value("DEEPGRAM_URL") ?? url
            model = settings.model ?? environment.value("DEEPGRAM_MODEL") ?? model
            language = settings.language
            redacted = settings.redacted
            isDiarized = settings.isDiarized
            isOptedOut = environment.value("DEEPGRAM_MIP_OPT_OUT") == "true"
            isEmptyAccepted = settings.isEmptyAccepted
            temporaryDirectory = environment.temporaryDirectory
        }

        /// Checks the key, the language and the groups.
        func check() throws(Failure) {
            try ServiceKey.check(key, from: "DEEPGRAM_API_KEY")
            try SpokenLanguage.check(language, among: .word, of: Deepgram.title)
            for group in redacted where !ASCII.isWord(group, marks: "-_.") {
                throw Failure(
                    .stop, .configuration, "redact \"\(group)\": there is no such group of words",
                    remedy: "let --redact be such as pci,pii")
            }
        }
    }
}
