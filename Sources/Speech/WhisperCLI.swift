// WhisperCLI: whisper.cpp's command line as an engine; the model is loaded once for many sounds.
internal import Glibc
public import Records

/// Drives `whisper-cli`.
///
/// The program ends with 0 for a file that it could not read and for an option that it does not
/// know, so a run has succeeded when it ended with 0 **and** left JSON that can be read.
public final class WhisperCLI: Engine {
    /// The name of this engine.
    public static let name = "whisper.cpp"

    /// How the program is run.
    public struct Configuration: Sendable {
        /// The program's path.
        public var program: String
        /// The model's file.
        public var model: String
        /// A language's code, or `auto`.
        public var language = "en"
        /// Threads of the program.
        public var threads = 4
        /// How many sounds go to one run at most.
        public var batch = 32
        /// Where WAV files lie for the time of a run.
        public var temporaryDirectory = "/tmp"
        /// All that the program sees of the environment, so that it sees no credentials.
        public var environment: [String: String] = [:]
        /// The time for a run, beside thirty times the sound's length.
        public var patience: Duration = .seconds(300)

        /// What has to be known; the rest can be set.
        public init(program: String, model: String) {
            self.program = program
            self.model = model
        }
    }

    /// The name of this engine.
    public var name: String { WhisperCLI.name }
    /// The model's name and its file's size.
    public let model: Model
    /// The language asked for, and the version of how the program is used.
    public var settings: String { "1 \(configuration.language)" }

    private let configuration: Configuration
    private let queue = WhisperQueue()

    /// Looks at the model; the program is run when there is something to transcribe.
    ///
    /// - Throws: `Failure` of scope `stop` when the model is not there or the language no code.
    public init(_ configuration: Configuration) throws(Failure) {
        self.configuration = configuration
        let path = configuration.model
        var status = stat()
        guard unsafe stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw Failure(
                .stop, .configuration, "load the whisper.cpp model \(path): there is no such file",
                remedy: "let --model or WHISPER_MODEL name a file such as ggml-base.en.bin")
        }
        guard configuration.language.utf8.allSatisfy({ (0x61...0x7A).contains($0) }),
            (2...5).contains(configuration.language.utf8.count)
        else {
            throw Failure(
                .stop, .configuration, "use language \"\(configuration.language)\": it is no code",
                remedy: "let --language be a code such as en, or auto")
        }
        let file = path.split(separator: "/").last.map(String.init) ?? path
        var name = file.hasSuffix(".bin") ? String(file.dropLast(4)) : file
        if name.hasPrefix("ggml-") { name.removeFirst(5) }
        model = Model(name: name, identity: "\(file):\(status.st_size)")
    }

    /// Finds the program: a path as it is, a name on the search path, else the usual names.
    ///
    /// - Throws: `Failure` of scope `stop` when there is none.
    public static func find(_ wanted: String?, searchPath: String) throws(Failure) -> String {
        if let wanted, wanted.contains("/") {
            if unsafe access(wanted, X_OK) == 0 { return wanted }
            throw Failure(
                .stop, .configuration, "run \(wanted): \(SystemError().reason)",
                remedy: "let --whisper-cli name whisper.cpp's program")
        }
        // The package of one distribution, of Python, and what the project's own build once made.
        let names = wanted.map { [$0] } ?? ["whisper-cli", "whisper-cpp", "main"]
        for name in names {
            for directory in searchPath.split(separator: ":") {
                let path = "\(directory)/\(name)"
                if unsafe access(path, X_OK) == 0 { return path }
            }
        }
        throw Failure(
            .stop, .configuration, "find \(names[0]): it is not on PATH",
            remedy: "install whisper.cpp, or let --whisper-cli name its program")
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
        var (run, together) = try await hear(files, seconds: sound.seconds)
        var heard = WhisperCLI.read(channels, after: run)
        if heard == nil, together > 1, run.end != .exited(3) {
            // Another sound of the run may be to blame.
            run = try await start(files, seconds: sound.seconds)
            heard = WhisperCLI.read(channels, after: run)
        }
        _ = consume scratch
        guard let heard else { throw failure(run) }
        return Transcription(
            language: heard.compactMap(\.language).first,
            utterances: zip(channels, heard).flatMap { channel, heard in
                heard.utterances.filter(channel.isSpeaking)
            })
    }

    /// Takes part in a run, or makes one; says how many sounds were in it.
    private func hear(
        _ files: [String], seconds: Double
    ) async throws -> (ChildProcess, together: Int) {
        if case .done(let result, let together) = await queue.join(files, seconds: seconds) {
            return (try result.get(), together)
        }
        // Records that are in hand come within moments; together they load the model once.
        try? await Task.sleep(for: .milliseconds(50))
        let others = await queue.take(atMost: configuration.batch - 1, seconds: 3600)
        let result: Result<ChildProcess, any Error>
        do {
            result = .success(
                try await start(
                    files + others.flatMap(\.files),
                    seconds: others.reduce(seconds) { $0 + $1.seconds }))
        } catch {
            result = .failure(error)
        }
        for other in others { other.finish(result, together: others.count + 1) }
        await queue.handOver()
        return (try result.get(), others.count + 1)
    }

    private func start(_ files: [String], seconds: Double) async throws -> ChildProcess {
        let configuration = configuration
        // Text that was heard earlier is no context: it makes the model repeat itself in silence.
        let arguments =
            [
                "-m", configuration.model, "-l", configuration.language,
                "-t", String(configuration.threads), "-mc", "0", "-ojf",
            ] + files.flatMap { ["-f", $0] }
        return try await OwnThread.run { cancellation in
            try ChildProcess.run(
                configuration.program, arguments, environment: configuration.environment,
                limit: configuration.patience + .seconds(30 * seconds), cancellation)
        }
    }

    private static func read(_ channels: [Speaking], after run: ChildProcess) -> [WhisperJSON]? {
        guard run.end == .exited(0) else { return nil }
        let read = channels.compactMap { channel in
            (try? Descriptor.contents(of: channel.file + ".json", atMost: 256 << 20)).flatMap {
                WhisperJSON($0, channel: channel.channel)
            }
        }
        return read.count == channels.count ? read : nil
    }

    private func failure(_ run: ChildProcess) -> Failure {
        let program = "run whisper.cpp"
        switch run.end {
        case .exited(0) where run.complaints.contains("unknown language"):
            return Failure(
                .stop, .configuration,
                "\(program): it does not know language \(configuration.language)",
                remedy: "let --language be a code such as en, or auto")
        case .exited(3):
            return Failure(
                .stop, .configuration, "load the whisper.cpp model \(model.name): \(run.reason)",
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
        case .timedOut:
            return Failure(
                .temporary, .timeout, "\(program): it took too long",
                remedy: "use a smaller model or a faster machine")
        }
    }
}

/// One channel in which somebody speaks, as a file.
private struct Speaking: Sendable {
    let channel: Int
    let file: String
    let phrases: [Range<Int>]

    /// Writes each channel that is not silent: whisper.cpp invents words for silence.
    static func write(
        _ sound: Sound, into directory: String, _ cancellation: Cancellation
    ) throws(Failure) -> [Speaking] {
        let paths = (0..<sound.channels).map { "\(directory)/\($0).wav" }
        var files: [WaveFile] = []
        for path in paths { files.append(try WaveFile(path)) }
        var levels = [Levels](repeating: Levels(rate: WaveFile.rate), count: sound.channels)
        try sound.read(WaveFile.rate) { channel, block throws(Failure) in
            try cancellation.check()
            try files[channel].append(block)
            levels[channel].append(block)
        }
        var speaking: [Speaking] = []
        for channel in paths.indices {
            try files[channel].finish()
            levels[channel].finish()
            let phrases = levels[channel].phrases
            guard !phrases.isEmpty else { continue }
            speaking.append(Speaking(channel: channel, file: paths[channel], phrases: phrases))
        }
        return speaking
    }

    /// Whether there is sound where the utterance is said to be.
    func isSpeaking(_ utterance: Utterance) -> Bool {
        let frames = Double(Levels.framesPerSecond)
        return phrases.contains { phrase in
            Double(phrase.lowerBound) / frames <= utterance.end
                && Double(phrase.upperBound) / frames >= utterance.start
        }
    }
}
