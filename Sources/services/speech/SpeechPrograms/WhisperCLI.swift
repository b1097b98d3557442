// WhisperCLI: whisper.cpp's command line as an engine; one run loads the model for many sounds.
internal import Records
internal import Speech
internal import Synchronization
internal import System
internal import SpeechReplies

/// Drives `whisper-cli`.
///
/// The program ends with 0 for a file that it cannot read and for an option that it does not know. So
/// a run has succeeded when it ended with 0 **and** left JSON that can be read.
final class WhisperCLI: Engine {
    /// The settings of the program.
    typealias Configuration = WhisperProgram

    /// The name of this engine.
    var name: String { Whisper.name }
    /// The model's name, and the hash of its file, which is computed at the first use.
    var model: Model { Model(file: configuration.model, hash) }
    /// Everything else that changes the words, with the version of how the program is used.
    var settings: String { "2 " + configuration.settings(voiceHash) }

    private let configuration: Configuration
    private let queue = WhisperQueue()
    private let hash: ModelHash
    private let voiceHash: ModelHash?
    private let ability = Mutex<WhisperAbility?>(nil)

    /// Checks the settings; the program is run when there is something to transcribe.
    ///
    /// - Throws: `Failure` of scope `stop` when a file is missing or the language is no code.
    init(_ configuration: Configuration) throws(Failure) {
        try configuration.check()
        self.configuration = configuration
        hash = ModelHash(configuration.model, cache: configuration.cacheDirectory)
        voiceHash = configuration.voiceModel.map {
            ModelHash($0, cache: configuration.cacheDirectory)
        }
    }

    /// Writes down what is said on all channels.
    ///
    /// The program gets each stretch of speech as a file of its own: it listens to 30 s at a time, and
    /// its times are wrong beyond a long pause. It leaves an empty document for noise and music, and
    /// that is an answer: the same file gives the same document every time.
    func transcribe(_ sound: Sound) async throws -> Transcription {
        let pieces = try await Pieces.of(
            sound, in: configuration.temporaryDirectory, rate: WhisperCLI.rate)
        let all = pieces.all(within: WhisperCLI.bounds)
        guard !all.isEmpty else {
            return Transcription(language: nil, utterances: [])
        }
        let scratch = try ScratchDirectory(in: configuration.temporaryDirectory)
        let files = all.indices.map { "\(scratch.path)/\($0).wav" }
        try await OwnThread.run { _ in
            for (piece, file) in zip(all, files) { try piece.write(to: file) }
        }
        let prompt = try WhisperPrompt(sound.prompt, for: configuration, in: scratch)
        let language = try await language(of: all, files, prompt, sound.meter)
        let heard = try await hear(all, files, in: language, prompt, sound.meter)
        _ = consume scratch
        return Transcription(
            language: heard.compactMap(\.language).first,
            utterances: zip(all, heard).flatMap { piece, heard in
                piece.inCall(heard.utterances, sound.meter, slack: 0)
            },
            version: ability.withLock { $0?.version })
    }

    /// The language of a call, which its longest stretch of speech decides: a short one misleads.
    private func language(
        of pieces: [Piece], _ files: [String], _ prompt: WhisperPrompt, _ meter: Meter
    ) async throws -> String {
        guard configuration.detectsLanguage, pieces.count > 1,
            let longest = pieces.indices.max(by: { pieces[$0].speech < pieces[$1].speech })
        else { return configuration.spokenLanguage }
        let heard = try await hear(
            [pieces[longest]], [files[longest]], in: "auto", prompt, meter)
        return heard.first?.language ?? "auto"
    }

    /// The documents of the pieces, whose files lie in the same order.
    private func hear(
        _ pieces: [Piece], _ files: [String], in language: String, _ prompt: WhisperPrompt,
        _ meter: Meter
    ) async throws -> [WhisperJSON] {
        let seconds = pieces.reduce(0) { $0 + $1.seconds }
        let words = prompt.around(
            zip(pieces, files).flatMap { piece, file in
                (configuration.isOwn ? ["-ac", String(piece.whisperContext)] : []) + ["-f", file]
            })
        let common = ["-l", language] + prompt.ofAllFiles
        var (run, together) = try await run(words, common, seconds: seconds)
        meter.add(seconds)
        var heard = read(files, after: run)
        if heard == nil, together > 1, run.end != .exited(3) {
            // Another sound of the run may have caused the failure.
            run = try await start(words, common, seconds: seconds, count: 1)
            meter.add(seconds)
            heard = read(files, after: run)
        }
        guard let heard else { throw WhisperFailure(run, configuration).failure }
        return heard
    }

    /// Samples per second; the program wants no other rate.
    private static let rate = 16_000
    private static let bounds = Pieces.Bounds(seconds: 29.5, pause: 1, isJoined: false)

    /// Takes part in a run, or leads one; the count is that of the sounds in the run.
    private func run(
        _ words: [String], _ common: [String], seconds: Double
    ) async throws -> (ProgramResult, together: Int) {
        let turn = await queue.join(words, common: common, seconds: seconds)
        if case .done(let result, let together) = turn { return (try result.get(), together) }
        // Records that are in hand arrive within moments; together they load the model once.
        try? await Task.sleep(for: .milliseconds(50))
        let others = await queue.take(
            atMost: configuration.batch - 1, common: common, seconds: 3600)
        let result: Result<ProgramResult, any Error>
        do {
            result = .success(
                try await start(
                    words + others.flatMap(\.words), common,
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
        _ words: [String], _ common: [String], seconds: Double, count: Int
    ) async throws -> ProgramResult {
        let detector = try await detectorArguments()
        // A search with several beams draws them at random, and goes on with the random numbers of the
        // file before: the words would depend on the files that come together. Our own program does
        // not.
        let arguments =
            ["-m", configuration.model, "-t", String(configuration.threads), "-ojf"]
            + (configuration.isOwn ? [] : ["-bs", "1"]) + common + detector + words
        let limit =
            configuration.timeout.map { $0 * count }
            ?? configuration.loadTimeout + .seconds(30 * seconds)
        return try await program(arguments).run(limit: limit)
    }

    private func program(_ arguments: [String]) -> EngineProgram {
        EngineProgram(
            Program(configuration.program, arguments, environment: configuration.environment),
            remedy: "let --whisper-cli name a program that can be run")
    }

    /// The arguments for the voice detector, if there is one; asks the program for its abilities
    /// before its first run.
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

    private func read(_ files: [String], after run: ProgramResult) -> [WhisperJSON]? {
        guard run.end == .exited(0) else { return nil }
        // With a voice detector, tokens are timed without the pauses and segments with them.
        let isTimed = configuration.voiceModel == nil
        let read = files.compactMap { file in
            (try? Descriptor.contents(of: file + ".json", atMost: 256 << 20)).flatMap {
                WhisperJSON($0, channel: 0, hasWordTimes: isTimed)
            }
        }
        return read.count == files.count ? read : nil
    }
}

/// A run without a transcript, and the failure that it means.
struct WhisperFailure {
    let failure: Failure

    init(_ run: ProgramResult, _ configuration: WhisperProgram) {
        let byHand = "run it on the file by hand to see why"
        func failed(
            _ scope: Failure.Scope, _ kind: Failure.Kind, _ message: String, _ remedy: String
        ) -> Failure {
            Failure(scope, kind, message, remedy: remedy)
        }
        let program = "run whisper.cpp"
        failure =
            switch run.end {
            case .exited(0) where run.complaints.contains("unknown language"):
                failed(
                    .stop, .configuration,
                    "\(program): it does not know language \(configuration.language)",
                    "let --language be a code such as en, or auto")
            case .exited(3):
                failed(
                    .stop, .configuration,
                    "load the whisper.cpp model \(Model.name(ofFile: configuration.model)):"
                        + " \(run.reason)",
                    "let --model or WHISPER_MODEL name a model of whisper.cpp")
            case .exited(0):
                failed(
                    .item, .engine, "\(program): it left no transcript: \(run.reason)", byHand)
            case .exited(let status):
                failed(
                    .item, .engine, "\(program): it ended with \(status): \(run.reason)", byHand)
            case .signalled(let signal):
                failed(
                    .temporary, .engine, "\(program): signal \(signal) ended it",
                    "check that the model fits into memory")
            case .timedOut, .endless:
                failed(
                    .temporary, .timeout, "\(program): it took too long",
                    "use a smaller model or a faster machine")
            }
    }
}
