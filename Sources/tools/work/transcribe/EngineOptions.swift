// EngineOptions: the engines that heed an option; an option that none of them heeds is refused.
import Filter
import Speech
import SpeechServices

/// The options that are for some engines only.
///
/// A user who asks for card numbers to be left out, or for another language, relies on it: an option
/// is never ignored in silence.
enum EngineOptions {
    private static let services: Set = [OpenAI.name, Deepgram.name, WhisperX.name]
    private static let programs: Set = [WhisperCLI.name, CommandEngine.name]

    private static func engines(
        _ options: Options<ToolOptions>
    ) -> [(option: any DeclaredOption, engines: Set<String>)] {
        let table = options.table
        return [
            (table.url, services), (table.dialect, [OpenAI.name, WhisperX.name]),
            (table.isDiarized, services),
            (table.prompt, options.usesServer ? services.union([WhisperCLI.name]) : services),
            (table.redact, [Deepgram.name]), (table.whisperCLI, [WhisperCLI.name]),
            (table.usesServer, [WhisperCLI.name]), (table.voiceModel, [WhisperCLI.name]),
            (table.command, [CommandEngine.name]), (table.timeout, programs),
            (table.memory, [CommandEngine.name]),
        ]
    }

    /// Refuses an option that neither the engine nor the fallback heeds, and one that only one of
    /// them heeds where it would leave something out of the text.
    static func check(
        _ options: Options<ToolOptions>, _ chosen: [any Engine]
    ) throws(UsageError) {
        for (option, engines) in engines(options) where options.isGiven(option) {
            let name = option.spelling.name
            let deaf = chosen.map(\.name).filter { !engines.contains($0) }
            guard deaf.count == chosen.count || name == "redact" && !deaf.isEmpty else { continue }
            throw UsageError(
                "option --\(name) is not for \(deaf[0]), but for "
                    + engines.sorted().joined(separator: ", "))
        }
    }
}
