// EngineChoice: the engine that the options and the environment name.
import Filter
import FoundationEssentials
import Records
import Speech

/// Makes the engine for a run.
struct EngineChoice {
    private let options: Options
    private let cores = max(1, ProcessInfo.processInfo.activeProcessorCount)

    init(_ options: Options) { self.options = options }

    /// What `--engine` names; else whisper.cpp where there is a model, else pocketsphinx.
    func engine() throws -> any Engine {
        switch options.string("engine") {
        case WhisperCLI.name?:
            return try whisper(
                options.string("model") ?? options.environment.value("WHISPER_MODEL"))
        case PocketSphinx.name?: return try pocketSphinx()
        case let other?:
            throw UsageError(
                "option --engine knows \(WhisperCLI.name) and \(PocketSphinx.name),"
                    + " not \"\(other)\"")
        case nil: return try usual()
        }
    }

    private func usual() throws -> any Engine {
        let named = options.environment.value("WHISPER_MODEL")
        if let model = options.string("model") { return try whisper(model) }
        if let named, FileManager.default.fileExists(atPath: named) { return try whisper(named) }
        let engine = try pocketSphinx()
        options.observer(
            .note(
                (named == nil ? "" : "WHISPER_MODEL names no file; ")
                    + "using pocketsphinx, which is good for trying the pipeline and for finding"
                    + " words in wideband audio; its text is no transcript to rely on"))
        return engine
    }

    private func pocketSphinx() throws -> any Engine {
        try PocketSphinx(
            model: options.string("model") ?? options.environment.value("POCKETSPHINX_MODEL")
                ?? PocketSphinx.debianModel, decoders: cores)
    }

    private func whisper(_ model: String?) throws -> any Engine {
        guard let model else {
            throw Failure(
                .stop, .configuration, "choose a whisper.cpp model: none is named",
                remedy: "let --model or WHISPER_MODEL name a file such as ggml-base.en.bin")
        }
        let environment = options.environment
        var configuration = WhisperCLI.Configuration(
            program: try WhisperCLI.find(
                options.string("whisper-cli"),
                searchPath: environment.value("PATH") ?? "/usr/local/bin:/usr/bin:/bin"),
            model: model)
        configuration.language = options.string("language") ?? "en"
        configuration.threads = min(cores, 8)
        configuration.temporaryDirectory = environment.value("TMPDIR") ?? "/tmp"
        for name in [
            "PATH", "HOME", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "TMPDIR", "XDG_CACHE_HOME",
            "CUDA_VISIBLE_DEVICES", "HIP_VISIBLE_DEVICES", "ROCR_VISIBLE_DEVICES",
            "GGML_VK_VISIBLE_DEVICES", "WHISPER_ARG_DEVICE", "OMP_NUM_THREADS",
        ] {
            configuration.environment[name] = environment.value(name)
        }
        return try WhisperCLI(configuration)
    }
}
