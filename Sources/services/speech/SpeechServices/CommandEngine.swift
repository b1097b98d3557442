// CommandEngine: any program that prints what it hears, as an engine.
internal import Glibc
public import Records
public import Speech
internal import System

/// Runs a program of the user's own for each channel in which somebody speaks.
///
/// It runs without a shell, sees little of the environment, and has bounds for its time, its memory
/// and what it prints.
public final class CommandEngine: Engine {
    /// The name of this engine.
    public static let name = "command"

    /// How the program is run.
    public struct Configuration: Sendable {
        /// The program and its words, with `{wav}` and perhaps `{language}`, `{model}`, `{out}`.
        public var line: String
        /// Where the program is looked for.
        public var searchPath: String
        /// What `{model}` stands for.
        public var model: String?
        /// What `{language}` stands for.
        public var language = "en"
        /// How many programs run at a time.
        public var places = 1
        /// The most bytes of memory for the program; 0 for no limit.
        public var memory = 0
        /// The longest time for a channel, instead of what its length suggests.
        public var timeout: Duration?
        /// Whether no word at all is an answer, however loud the sound is.
        public var isEmptyAccepted = false
        /// Where the hashes of models are kept from run to run; nowhere unless set.
        public var cacheDirectory: String?
        /// Where WAV files lie for the time of a run.
        public var temporaryDirectory = "/tmp"
        /// All that the program sees of the environment, so that it sees no credentials.
        public var environment: [String: String] = [:]

        /// What has to be known; the rest can be set.
        public init(line: String, searchPath: String) {
            self.line = line
            self.searchPath = searchPath
        }
    }

    private static let longestOutput = 64 << 20

    /// The name of this engine.
    public var name: String { CommandEngine.name }
    /// The model where there is one, else the program; told from others by what the files hold.
    public var model: Model {
        let parts = [
            programHash.sha256 ?? "unreadable", modelHash?.sha256 ?? configuration.model ?? "",
        ]
        return Model(
            name: Model.name(ofFile: configuration.model ?? program),
            identity: parts.joined(separator: " "))
    }
    /// Whatever else changes the words, and the version of how the program is used.
    public var settings: String { "1 \(configuration.language) \(configuration.line)" }

    private let configuration: Configuration
    private let words: CommandWords
    private let program: String
    private let programHash: ModelHash
    private let modelHash: ModelHash?
    private let slots: Slots

    /// Takes the line apart and finds the program.
    ///
    /// - Throws: `Failure` of scope `stop`, kind `configuration`.
    public init(_ configuration: Configuration) throws(Failure) {
        self.configuration = configuration
        words = try CommandWords(configuration.line)
        if words.has(.model), configuration.model == nil {
            throw Failure(
                .stop, .configuration, "fill in {model} of --command: there is no model",
                remedy: "let --model say what {model} stands for")
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

    /// What was said, by all channels.
    public func transcribe(_ sound: Sound) async throws -> Transcription {
        let scratch = try ScratchDirectory(in: configuration.temporaryDirectory)
        let channels = try await [Speaking].write(sound, into: scratch.path)
        var replies: [CommandReply] = []
        for channel in channels {
            replies.append(try await slots.use { [self] in try await hear(channel, sound.meter) })
        }
        _ = consume scratch
        if !configuration.isEmptyAccepted, replies.allSatisfy(\.isEmpty) {
            try NothingHeard.check("the command", speech: channels.speech)
        }
        return Transcription(
            language: replies.compactMap(\.language).first
                ?? (configuration.language == "auto" || channels.isEmpty
                    ? nil : configuration.language),
            utterances: zip(channels, replies).flatMap { channel, reply in
                channel.said(reply.utterances)
            })
    }

    private func hear(_ channel: Speaking, _ meter: Meter) async throws -> CommandReply {
        let out = channel.file + ".out"
        let filled = words.filled { place in
            switch place {
            case .wav: channel.file
            case .language: configuration.language
            case .model: configuration.model ?? ""
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
        guard run.end == .exited(0) else { throw failure(run) }
        meter.add(channel.seconds)
        return try CommandReply(printed(run, out), of: channel)
    }

    /// What it left in a file counts where it was told of one; some add what the file is of.
    private func printed(_ run: ProgramResult, _ out: String) -> [UInt8] {
        guard words.has(.out) else { return run.output }
        for end in ["", ".json", ".txt"] {
            let bytes = try? Descriptor.contents(
                of: out + end, atMost: CommandEngine.longestOutput)
            if let bytes, !bytes.isEmpty { return bytes }
        }
        return run.output
    }

    private func failure(_ run: ProgramResult) -> Failure {
        func failed(
            _ scope: Failure.Scope, _ kind: Failure.Kind, _ reason: String, _ remedy: String
        ) -> Failure {
            Failure(scope, kind, "run the command: \(reason)", remedy: remedy)
        }
        let complaint = CommandEngine.complaint(in: run.complaints)
        switch run.end {
        case .timedOut:
            return failed(
                .temporary, .timeout, "it took too long", "give it more time by --timeout")
        case .endless:
            return failed(
                .item, .badResponse, "it printed more than 64 MiB",
                "let it print the transcript and nothing else")
        case .signalled(let signal):
            return failed(
                .temporary, .engine, "signal \(signal) ended it\(complaint)",
                "run it on the file by hand; let --memory allow more, if that is set")
        case .exited(75):
            return failed(
                .temporary, .engine, "it ended with 75, for now\(complaint)", "run again later")
        case .exited(let status) where [77, 78, 126, 127].contains(status):
            return failed(
                .stop, .configuration, "it ended with \(status)\(complaint)",
                "run it by hand to see what it lacks")
        case .exited(let status):
            return failed(
                .item, .engine, "it ended with \(status)\(complaint)",
                "run it on the file by hand to see why")
        }
    }

    /// What programs in trouble speak of; what else they say may be what was heard, a telephone
    /// number or a key, and is not shown.
    private static let troubles = [
        "out of memory", "cannot allocate memory", "no space left", "no such file",
        "permission denied", "command not found", "no module named", "connection refused", "CUDA",
    ]

    /// The trouble that it speaks of last, as a message goes on.
    static func complaint(in text: String) -> String {
        for line in text.split(whereSeparator: \.isNewline).reversed() {
            let line = line.lowercased()
            if let trouble = troubles.first(where: { line.contains($0.lowercased()) }) {
                return ", and speaks of \"\(trouble)\""
            }
        }
        return ""
    }
}
