// WhisperChoice: whisper.cpp as the options and the environment describe it.
import Filter
import Records
import Speech

extension EngineChoice {
    /// whisper.cpp's program with a model.
    func whisper(_ named: Named) throws -> any Engine {
        let environment = options.environment
        guard let model = named.model ?? environment.value("WHISPER_MODEL") else {
            throw Failure(
                .stop, .configuration, "choose a whisper.cpp model: none is named",
                remedy: "let --model or WHISPER_MODEL name a file such as ggml-base.en.bin")
        }
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
