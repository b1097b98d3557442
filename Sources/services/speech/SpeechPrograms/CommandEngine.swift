// CommandEngine: any program that prints the words it hears, as an engine.
internal import Glibc
public import Records
public import Speech
internal import System

/// Runs a program of the user's own for each channel with speech.
///
/// The program runs without a shell, sees little of the environment, and has bounds for its time, its
/// memory and its output.
public final class CommandEngine: Engine {
    /// The name of this engine.
    public static let name = "command"

    /// The settings of the program.
    struct Configuration: Sendable {
        /// The program and its words, with `{wav}` and perhaps `{language}`, `{model}`, `{prompt}`,
        /// `{out}`.
        var line: String
        /// The directories in which the program is looked for.
        var searchPath: String
        /// The value of `{model}`.
        var model: String?
        /// The value of `{language}`.
        var language = "en"
        /// The most programs that run at a time.
        var places = 1
        /// The most bytes of memory for the program; 0 for no limit.
        var memory = 0
        /// The longest time for a channel, instead of a time that follows its length.
        var timeout: Duration?
        /// True when an answer without a word is accepted for loud sound.
        var isEmptyAccepted = false
        /// The directory for hashes of models from run to run; `nil` for none.
        var cacheDirectory: String?
        /// The directory for WAV files during a run.
        var temporaryDirectory = "/tmp"
        /// All that the program sees of the environment, so that it sees no credentials.
        var environment: [String: String] = [:]

        /// The defaults of a command line.
        init(line: String, searchPath: String) {
            self.line = line
            self.searchPath = searchPath
        }

        /// Reads the environment; the user's wishes win.
        init(_ environment: Environment, _ settings: EngineSettings) throws(Failure) {
            guard let line = settings.command else {
                throw Failure(
                    .stop, .configuration, "use engine command: there is no --command",
                    remedy: "let --command be such as 'program {wav}'")
            }
            self.line = line
            searchPath = environment.searchPath
            model = settings.model
            language = settings.language
            places = settings.processors
            memory = settings.memory
            timeout = settings.timeout
            isEmptyAccepted = settings.isEmptyAccepted
            cacheDirectory = settings.cacheDirectory(environment)
            temporaryDirectory = environment.temporaryDirectory
            self.environment = environment.ofPrograms
        }
    }

    private static let longestOutput = 64 << 20

    /// The name of this engine.
    public var name: String { CommandEngine.name }
    /// The model where there is one, else the program; the hashes of both files are the identity.
    public var model: Model {
        let parts = [
            programHash.sha256 ?? "unreadable", modelHash?.sha256 ?? configuration.model ?? "",
        ]
        return Model(
            name: Model.name(ofFile: configuration.model ?? program),
            identity: parts.joined(separator: " "))
    }
    /// Everything else that changes the words, with the version of how the program is used.
    public var settings: String { "1 \(configuration.language) \(configuration.line)" }

    /// True when the command has a place for it.
    public var takesPrompt: Bool { words.has(.prompt) }

    private let configuration: Configuration
    private let words: CommandWords
    private let program: String
    private let programHash: ModelHash
    private let modelHash: ModelHash?
    private let slots: Slots

    /// Reads the settings of the command from the environment and the user's wishes.
    ///
    /// - Parameters:
    ///   - environment: `PATH`, `TMPDIR`.
    ///   - settings: The user's wishes.
    /// - Throws: `Failure` of scope `stop`, kind `configuration`.
    public convenience init(
        _ environment: Environment, _ settings: EngineSettings
    ) throws(Failure) {
        try self.init(Configuration(environment, settings))
    }

    /// Splits the line and finds the program.
    ///
    /// - Throws: `Failure` of scope `stop`, kind `configuration`.
    init(_ configuration: Configuration) throws(Failure) {
        self.configuration = configuration
        words = try CommandWords(configuration.line)
        if words.has(.model), configuration.model == nil {
            throw Failure(
                .stop, .configuration, "fill in {model} of --command: there is no model",
                remedy: "let --model be the value of {model}")
        }
        let wanted = words.words[0]
        guard let found = try? Program.find(wanted, searchPath: configuration.searchPath) else {
            throw Failure(
                .stop, .configuration,
                "find \(wanted): there is no program of that name that may be run",
                remedy: "let --command begin with a program that can be run")
        }
        program = found
        programHash = ModelHash(found, cache: configuration.cacheDirectory)
        modelHash = configuration.model.flatMap { name in
            FileSystem.allows(R_OK, to: name)
                ? ModelHash(name, cache: configuration.cacheDirectory) : nil
        }
        slots = Slots(configuration.places)
    }

    /// Writes down what is said on all channels.
    public func transcribe(_ sound: Sound) async throws -> Transcription {
        let scratch = try ScratchDirectory(in: configuration.temporaryDirectory)
        let channels = try await [Speaking].write(sound, into: scratch.path)
        var replies: [CommandReply] = []
        for channel in channels {
            replies.append(try await slots.use { [self] in try await hear(channel, of: sound) })
        }
        _ = consume scratch
        if !configuration.isEmptyAccepted, replies.allSatisfy(\.isEmpty) {
            try EmptyAnswer.check("the command", speech: channels.speech)
        }
        return Transcription(
            language: replies.compactMap(\.language).first
                ?? (configuration.language == "auto" || channels.isEmpty
                    ? nil : configuration.language),
            utterances: zip(channels, replies).flatMap { channel, reply in
                channel.said(reply.utterances, sound.meter)
            })
    }

    private func hear(_ channel: Speaking, of sound: Sound) async throws -> CommandReply {
        let out = channel.file + ".out"
        let filled = words.filled { place in
            switch place {
            case .wav: channel.file
            case .language: configuration.language
            case .model: configuration.model ?? ""
            case .prompt: sound.prompt ?? ""
            case .out: out
            }
        }
        let command = EngineProgram(
            Program(
                program, Array(filled.dropFirst()), environment: configuration.environment,
                memory: configuration.memory),
            remedy: "let --command begin with a program that can be run")
        let run = try await command.run(
            limit: configuration.timeout ?? .seconds(300 + 30 * channel.seconds),
            outputLimit: CommandEngine.longestOutput)
        guard run.end == .exited(0) else { throw CommandFailure(run).failure }
        sound.meter.add(channel.seconds)
        return try CommandReply(printed(run, out), of: channel)
    }

    /// The file `{out}` where the program was told of it, some programs add an ending; else the
    /// standard output.
    private func printed(_ run: ProgramResult, _ out: String) -> [UInt8] {
        guard words.has(.out) else { return run.output }
        for end in ["", ".json", ".txt"] {
            let bytes = try? Descriptor.contents(
                of: out + end, atMost: CommandEngine.longestOutput)
            if let bytes, !bytes.isEmpty { return bytes }
        }
        return run.output
    }
}
