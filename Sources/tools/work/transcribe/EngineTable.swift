// EngineTable: the engines that a user can choose, each with its options and its maker.
import Deepgram
import Filter
import FoundationEssentials
import OpenAI
import Records
import Speech
import SpeechPrograms
import System
import WhisperX

/// One engine that a user can choose.
struct EngineEntry: Sendable {
    /// The name that `--engine` takes.
    let name: String
    /// The options that this engine uses, of those that not all engines use.
    let options: Set<String>
    /// The values of `--dialect`, where it has any.
    var dialects: [String] = []
    /// Makes the engine; its own settings come from the environment.
    let make: @Sendable (Environment, EngineSettings) throws -> any Engine
}

/// All engines.
enum EngineTable {
    private static let ofServices: Set = ["url", "diarize"]

    static let entries = [
        EngineEntry(
            name: Whisper.name, options: ["whisper-cli", "server", "vad-model", "timeout"]
        ) { try Whisper.engine($0, $1, besideTools: OwnProgram.directory) },
        EngineEntry(
            name: OpenAI.name, options: ofServices.union(["dialect"]), dialects: OpenAI.dialects
        ) { try OpenAI($0, $1) },
        EngineEntry(name: Deepgram.name, options: ofServices.union(["redact"])) {
            try Deepgram($0, $1)
        },
        EngineEntry(
            name: WhisperX.name, options: ofServices.union(["dialect"]),
            dialects: WhisperX.dialects
        ) { try WhisperX.engine($0, $1) },
        EngineEntry(name: CommandEngine.name, options: ["command", "timeout", "memory"]) {
            try CommandEngine($0, $1)
        },
    ]

    static let names = entries.map(\.name)

    static func entry(named name: String) -> EngineEntry? { entries.first { $0.name == name } }
}

/// An engine and perhaps a model: the value of `--fallback`.
struct EngineChoice: Sendable {
    let entry: EngineEntry
    let model: String?

    /// Reads `ENGINE[:MODEL]`; `nil` when there is no such engine.
    init?(_ text: String) {
        let parts = text.split(separator: ":", maxSplits: 1).map(String.init)
        guard let entry = EngineTable.entry(named: parts.first ?? "") else { return nil }
        self.entry = entry
        model = parts.count > 1 ? parts[1] : nil
    }
}

/// The engines of one run.
struct ChosenEngines: Sendable {
    /// The engine that hears each record first.
    let first: any Engine
    /// The engine for records on which the first one fails.
    let fallback: (any Engine)?

    /// Makes the engines that the options and the environment name.
    init(_ options: Options<ToolOptions>) throws {
        let entry = try ChosenEngines.entry(options)
        let settings = EngineSettings(options)
        let entries = [entry, options.fallback?.entry].compactMap { $0 }
        try ChosenEngines.check(options, entries)
        if options.command == nil, entries.contains(where: { $0.name == CommandEngine.name }) {
            throw UsageError("engine command needs --command, such as --command 'program {wav}'")
        }
        first = try entry.make(options.environment, settings)
        fallback = try options.fallback.map { choice in
            var settings = settings
            // The model, the address and the dialect of the options are those of the first engine.
            (settings.model, settings.url, settings.dialect) = (choice.model, nil, nil)
            return try choice.entry.make(options.environment, settings)
        }
        let engines = [first, fallback].compactMap { $0 }
        guard options.prompt == nil || engines.contains(where: \.takesPrompt) else {
            throw Failure(
                .stop, .configuration, "use --prompt: \(first.name) \(first.model.name) takes none",
                remedy: first.name == CommandEngine.name
                    ? "let --command have {prompt}" : "leave out --prompt, or choose another model")
        }
    }

    /// The entry of the first engine.
    ///
    /// The order is `--engine`, `--command`, `CALLPIPE_ENGINE`, `CALLPIPE_COMMAND`. Without any of
    /// them, `WHISPERX_URL` means whisperx; else the engine is whisper.cpp.
    private static func entry(_ options: Options<ToolOptions>) throws -> EngineEntry {
        let isNamed = options.isGiven(options.table.engine)
        let name: String
        if !isNamed, options.isGiven(options.table.command) {
            name = CommandEngine.name
        } else if let named = options.engine {
            return named
        } else if options.command != nil {
            name = CommandEngine.name
        } else if options.environment.value("WHISPERX_URL") != nil {
            guard options.environment.value("WHISPER_MODEL") == nil else {
                throw Failure(
                    .stop, .configuration,
                    "choose an engine: both WHISPERX_URL and WHISPER_MODEL are set",
                    remedy: "set CALLPIPE_ENGINE to whisperx or to whisper.cpp")
            }
            name = WhisperX.name
        } else {
            name = Whisper.name
        }
        return EngineTable.entries.first { $0.name == name } ?? EngineTable.entries[0]
    }

    /// Refuses an option that neither engine uses, and `--redact` where one of them would leave
    /// everything in the text.
    ///
    /// A user relies on options such as `--redact` and `--diarize`: none is ignored in silence.
    private static func check(
        _ options: Options<ToolOptions>, _ entries: [EngineEntry]
    ) throws(UsageError) {
        for option in options.table.ofSomeEngines where options.isGiven(option) {
            let name = option.spelling.name
            func uses(_ entry: EngineEntry) -> Bool { entry.options.contains(name) }
            let others = entries.filter { !uses($0) }.map(\.name)
            guard others.count == entries.count || name == "redact" && !others.isEmpty else {
                continue
            }
            let users = EngineTable.entries.filter(uses).map(\.name).sorted()
            throw UsageError(
                "option --\(name) is not for \(others[0]), but for "
                    + users.joined(separator: ", "))
        }
        guard let dialect = options.dialect, let entry = entries.first,
            entry.options.contains("dialect"), !entry.dialects.contains(dialect)
        else { return }
        throw UsageError(
            "option --dialect needs one of \(entry.dialects.joined(separator: ", ")), not"
                + " \"\(dialect)\"")
    }
}

extension EngineSettings {
    /// The wishes for the first engine.
    fileprivate init(_ options: Options<ToolOptions>) {
        self.init()
        model = options.model
        url = options.url
        dialect = options.dialect
        language = options.language
        isDiarized = options.isDiarized
        redacted = (options.redact ?? "").split(separator: ",").map {
            $0.split(separator: " ").joined(separator: " ")
        }
        isEmptyAccepted = options.acceptEmpty
        timeout = options.timeout.map { .seconds($0) }
        whisperProgram = options.whisperCLI
        usesServer = options.usesServer
        voiceModel = options.voiceModel
        command = options.command
        memory = options.memory?.bytes ?? 0
        processors = max(1, ProcessInfo.processInfo.activeProcessorCount)
        observer = options.observer
        isDryRun = options.isDryRun
    }
}
