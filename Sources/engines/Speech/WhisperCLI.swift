// WhisperCLI: whisper.cpp's command line as an engine; the model is loaded once for many sounds.
public import Records
internal import Synchronization
internal import System

/// Drives `whisper-cli`.
///
/// The program ends with 0 for a file that it could not read and for an option that it does not
/// know, so a run has succeeded when it ended with 0 **and** left JSON that can be read.
public final class WhisperCLI: Engine {
    /// The name of this engine.
    public static let name = "whisper.cpp"

    /// How the program is run.
    public typealias Configuration = WhisperProgram

    /// The name of this engine.
    public var name: String { WhisperCLI.name }
    /// The model's name and what its file holds; hashed when it is asked for the first time.
    public var model: Model { Model(file: configuration.model, hash) }
    /// The language asked for, the voice detector, and the version of how the program is used.
    public var settings: String {
        let detector = voiceHash.map { " voice \($0.sha256 ?? "unreadable")" } ?? ""
        return "1 \(configuration.language)\(detector)"
    }

    private let configuration: Configuration
    private let queue = WhisperQueue()
    private let hash: ModelHash
    private let voiceHash: ModelHash?
    private let ability = Mutex<WhisperAbility?>(nil)

    /// Looks at the model; the program is run when there is something to transcribe.
    ///
    /// - Throws: `Failure` of scope `stop` when the model is not there or the language no code.
    public init(_ configuration: Configuration) throws(Failure) {
        self.configuration = configuration
        try WhisperModel.check(configuration.model)
        if let voice = configuration.voiceModel { try WhisperModel.check(voice: voice) }
        try WhisperModel.check(language: configuration.language, of: configuration.model)
        hash = ModelHash(configuration.model, cache: configuration.cacheDirectory)
        voiceHash = configuration.voiceModel.map {
            ModelHash($0, cache: configuration.cacheDirectory)
        }
    }

    /// What was said, by all channels.
    public func transcribe(_ sound: Sound) async throws -> Transcription {
        let scratch = try ScratchDirectory(in: configuration.temporaryDirectory)
        let path = scratch.path
        let channels = try await OwnThread.run { cancellation in
            try Speaking.write(sound, into: path, cancellation)
        }
        guard !channels.isEmpty else {
            return Transcription(language: nil, utterances: [])
        }
        let files = channels.map(\.file)
        let given = channels.reduce(0) { $0 + $1.seconds }
        var (run, together) = try await hear(files, seconds: given)
        sound.meter.add(given)
        var heard = read(channels, after: run)
        if heard == nil, together > 1, run.end != .exited(3) {
            // Another sound of the run may be to blame.
            run = try await start(files, seconds: given, count: 1)
            sound.meter.add(given)
            heard = read(channels, after: run)
        }
        _ = consume scratch
        guard let heard else { throw failure(run) }
        let said = zip(channels, heard).flatMap { channel, heard in
            channel.said(heard.utterances)
        }
        // A voice detector that finds no voice has looked.
        if !configuration.isEmptyAccepted, configuration.voiceModel == nil,
            heard.allSatisfy(\.isEmpty)
        {
            try NothingHeard.check("whisper.cpp", speech: channels.speech)
        }
        return Transcription(
            language: heard.compactMap(\.language).first, utterances: said,
            provenance: Provenance(version: ability.withLock { $0?.version }))
    }

    /// Takes part in a run, or makes one; says how many sounds were in it.
    private func hear(
        _ files: [String], seconds: Double
    ) async throws -> (ProgramResult, together: Int) {
        if case .done(let result, let together) = await queue.join(files, seconds: seconds) {
            return (try result.get(), together)
        }
        // Records that are in hand come within moments; together they load the model once.
        try? await Task.sleep(for: .milliseconds(50))
        let others = await queue.take(atMost: configuration.batch - 1, seconds: 3600)
        let result: Result<ProgramResult, any Error>
        do {
            result = .success(
                try await start(
                    files + others.flatMap(\.files),
                    seconds: others.reduce(seconds) { $0 + $1.seconds },
                    count: others.count + 1))
        } catch {
            result = .failure(error)
        }
        for other in others { other.finish(result, together: others.count + 1) }
        await queue.handOver()
        return (try result.get(), others.count + 1)
    }

    private func start(
        _ files: [String], seconds: Double, count: Int
    ) async throws -> ProgramResult {
        let configuration = configuration
        let detector = try await detectorArguments()
        // Text that was heard earlier is no context: it makes the model repeat itself in silence.
        let arguments =
            [
                "-m", configuration.model, "-l", configuration.language,
                "-t", String(configuration.threads), "-mc", "0", "-ojf",
            ] + detector + files.flatMap { ["-f", $0] }
        let program = program(arguments)
        let limit =
            configuration.timeout.map { $0 * count }
            ?? configuration.patience + .seconds(30 * seconds)
        return try await program.run(limit: limit)
    }

    private func program(_ arguments: [String]) -> EngineProgram {
        EngineProgram(
            Program(configuration.program, arguments, environment: configuration.environment),
            remedy: "let --whisper-cli name a program that can be run")
    }

    /// Asks the program what it can do, before its first run.
    private func detectorArguments() async throws -> [String] {
        var known = ability.withLock { $0 }
        if known == nil {
            let (help, version) = (program(["--help"]), program(["--version"]))
            known = try await OwnThread.run { cancellation in
                try WhisperAbility(help: help, version: version, cancellation)
            }
            ability.withLock { [known] in $0 = known }
        }
        guard let voice = configuration.voiceModel else { return [] }
        guard known?.hasDetector == true else {
            throw Failure(
                .stop, .configuration,
                "use --vad-model: \(configuration.program) is too old to have a voice detector",
                remedy: "install whisper.cpp 1.8 or later, or leave out --vad-model")
        }
        return ["--vad", "-vm", voice]
    }

    private func read(_ channels: [Speaking], after run: ProgramResult) -> [WhisperJSON]? {
        guard run.end == .exited(0) else { return nil }
        // Behind the voice detector tokens are timed without the pauses, segments with them.
        let isTimed = configuration.voiceModel == nil
        let read = channels.compactMap { channel in
            (try? Descriptor.contents(of: channel.file + ".json", atMost: 256 << 20)).flatMap {
                WhisperJSON($0, channel: channel.channel, hasWordTimes: isTimed)
            }
        }
        return read.count == channels.count ? read : nil
    }

    private func failure(_ run: ProgramResult) -> Failure {
        let program = "run whisper.cpp"
        switch run.end {
        case .exited(0) where run.complaints.contains("unknown language"):
            return Failure(
                .stop, .configuration,
                "\(program): it does not know language \(configuration.language)",
                remedy: "let --language be a code such as en, or auto")
        case .exited(3):
            return Failure(
                .stop, .configuration,
                "load the whisper.cpp model \(Model.name(ofFile: configuration.model)):"
                    + " \(run.reason)",
                remedy: "let --model or WHISPER_MODEL name a model of whisper.cpp")
        case .exited(0):
            return Failure(
                .item, .engine, "\(program): it left no transcript: \(run.reason)",
                remedy: "run it on the file by hand to see why")
        case .exited(let status):
            return Failure(
                .item, .engine, "\(program): it ended with \(status): \(run.reason)",
                remedy: "run it on the file by hand to see why")
        case .signalled(let signal):
            return Failure(
                .temporary, .engine, "\(program): signal \(signal) ended it",
                remedy: "see that the model fits into memory")
        case .timedOut, .endless:
            return Failure(
                .temporary, .timeout, "\(program): it took too long",
                remedy: "use a smaller model or a faster machine")
        }
    }
}
