// EngineChoice: the engine that the options and the environment name.
import Filter
import FoundationEssentials
import Records
import Speech
import SpeechServices

/// Makes the engines for a run; each engine's own settings are read in a file of its own.
struct EngineChoice {
    let options: Options<ToolOptions>
    let cores = max(1, ProcessInfo.processInfo.activeProcessorCount)

    init(_ options: Options<ToolOptions>) { self.options = options }

    /// An engine as the user names it.
    struct Named {
        var name: String
        /// `--model`, or what follows the colon of `--fallback`; else the environment's choice.
        var model: String?
        /// `--url`; else the environment's choice.
        var url: String?
        /// `--dialect`; else the environment's choice.
        var dialect: String?
    }

    /// The engine that `--engine` names; else the `--command`, else whisper.cpp.
    func engine() throws -> any Engine {
        let (model, url) = (options.model, options.url)
        guard let name = options.engine else { return try usual(model, url) }
        return try engine(
            Named(name: name, model: model, url: url, dialect: options.dialect),
            option: "engine")
    }

    /// What `--fallback ENGINE[:MODEL]` names, for the records that the engine fails on.
    func fallback() throws -> (any Engine)? {
        guard let text = options.fallback else { return nil }
        let parts = text.split(separator: ":", maxSplits: 1).map(String.init)
        return try engine(
            Named(name: parts.first ?? "", model: parts.count > 1 ? parts[1] : nil),
            option: "fallback")
    }

    private func engine(_ named: Named, option: String) throws -> any Engine {
        switch named.name {
        case WhisperCLI.name: return try whisper(named)
        case OpenAI.name: return try openAI(named)
        case Deepgram.name: return try deepgram(named)
        case WhisperX.name: return try whisperX(named)
        case CommandEngine.name: return try command(named)
        default:
            let names = [
                WhisperCLI.name, OpenAI.name, Deepgram.name, WhisperX.name, CommandEngine.name,
            ]
            throw UsageError(
                "option --\(option) knows \(names.joined(separator: ", ")), not \"\(named.name)\"")
        }
    }

    private func usual(_ model: String?, _ url: String?) throws -> any Engine {
        if options.command != nil {
            return try command(Named(name: CommandEngine.name, model: model))
        }
        return try whisper(Named(name: WhisperCLI.name, model: model, url: url))
    }
}
