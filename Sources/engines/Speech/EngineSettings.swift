// EngineSettings: the user's wishes for whichever engine is chosen.
public import Records

/// The settings that options name, the same for all engines; an engine uses those that concern it.
///
/// Settings of one engine alone, such as its key, come from the environment, and that engine reads
/// them.
public struct EngineSettings: Sendable {
    /// The model; else the engine's own variable names it, else the engine's default.
    public var model: String?
    /// The address of the service; else the engine's own variable names it.
    public var url: String?
    /// The kind of server; else the engine's own variable names it.
    public var dialect: String?
    /// A language's code, or `auto`.
    public var language = "en"
    /// True when voices of one channel are told apart.
    public var isDiarized = false
    /// The groups of words that a service replaces by a tag, such as `pci`.
    public var redacted: [String] = []
    /// True when an answer without a word is accepted for loud sound.
    public var isEmptyAccepted = false
    /// The longest time for one sound, instead of a time that follows its length.
    public var timeout: Duration?
    /// The program of whisper.cpp, a path or a name.
    public var whisperProgram: String?
    /// True when whisper.cpp's server keeps the model for the whole run.
    public var usesServer = false
    /// The file of a voice detector for whisper.cpp.
    public var voiceModel: String?
    /// The command line of a program of the user's own.
    public var command: String?
    /// The most bytes of memory for the command; 0 for no limit.
    public var memory = 0
    /// True when the run changes nothing, so that no hash of a model is kept either.
    public var isDryRun = false
    /// The number of processors.
    public var processors = 1
    /// Receives notes, waits and retries.
    public var observer: Observer?

    /// The defaults.
    public init() {}

    /// The directory for hashes of models; `nil` when none are kept, and when there is no home.
    package func cacheDirectory(_ environment: Environment) -> String? {
        if isDryRun { return nil }
        return environment.value("XDG_CACHE_HOME").map { "\($0)/callpipe" }
            ?? environment.value("HOME").map { "\($0)/.cache/callpipe" }
    }
}

extension Environment {
    /// The directories in which programs are looked for.
    package var searchPath: String { value("PATH") ?? "/usr/local/bin:/usr/bin:/bin" }

    /// The variables that an engine's program sees: places and devices, and no credentials.
    package var ofPrograms: [String: String] {
        var seen: [String: String] = [:]
        for name in [
            "PATH", "HOME", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "TMPDIR", "XDG_CACHE_HOME",
            "CUDA_VISIBLE_DEVICES", "HIP_VISIBLE_DEVICES", "ROCR_VISIBLE_DEVICES",
            "GGML_VK_VISIBLE_DEVICES", "WHISPER_ARG_DEVICE", "OMP_NUM_THREADS",
            "OMP_WAIT_POLICY",
        ] {
            seen[name] = value(name)
        }
        // A thread that spins while it waits holds up the thread it waits for, where programs share
        // the cores: 11 s of speech then take 16 s instead of 1.5 s.
        seen["OMP_WAIT_POLICY"] = seen["OMP_WAIT_POLICY"] ?? "passive"
        return seen
    }
}
