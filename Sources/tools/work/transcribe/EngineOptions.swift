// EngineOptions: which engines heed an option; one that nobody heeds is refused.
import Filter
import Speech
import SpeechServices

/// The options that are for some engines only.
///
/// Who asks for numbers of cards to be left out, or for another language, relies on it: an option is
/// never passed over in silence.
enum EngineOptions {
    private static let services: Set = [OpenAI.name, Deepgram.name, WhisperX.name]
    private static let programs: Set = [WhisperCLI.name, CommandEngine.name]

    private static func engines(_ options: Options) -> KeyValuePairs<String, Set<String>> {
        [
            "url": services, "dialect": [OpenAI.name, WhisperX.name], "diarize": services,
            "prompt": options.flag("server") ? services.union([WhisperCLI.name]) : services,
            "redact": [Deepgram.name], "whisper-cli": [WhisperCLI.name],
            "server": [WhisperCLI.name], "vad-model": [WhisperCLI.name],
            "command": [CommandEngine.name], "timeout": programs, "memory": [CommandEngine.name],
        ]
    }

    /// Refuses what neither the engine nor the fallback heeds, and what only one of them would
    /// leave out of the text.
    static func check(_ options: Options, _ chosen: [any Engine]) throws(UsageError) {
        for (option, engines) in engines(options) where options.flag(option) {
            let deaf = chosen.map(\.name).filter { !engines.contains($0) }
            guard deaf.count == chosen.count || option == "redact" && !deaf.isEmpty else {
                continue
            }
            throw UsageError(
                "option --\(option) is not for \(deaf[0]), but for "
                    + engines.sorted().joined(separator: ", "))
        }
    }
}
