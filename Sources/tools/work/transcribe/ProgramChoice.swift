// ProgramChoice: what all engines that are programs get of the options and the environment.
import Filter
import Records
import Speech

extension EngineChoice {
    /// Where programs are looked for.
    var searchPath: String {
        options.environment.value("PATH") ?? "/usr/local/bin:/usr/bin:/bin"
    }

    /// Where sound lies while a program listens to it.
    var temporaryDirectory: String { options.environment.value("TMPDIR") ?? "/tmp" }

    /// Where the hashes of models are kept.
    var cacheDirectory: String? {
        if options.isDryRun { return nil }
        let environment = options.environment
        return environment.value("XDG_CACHE_HOME").map { "\($0)/callpipe" }
            ?? environment.value("HOME").map { "\($0)/.cache/callpipe" }
    }

    /// The longest time for a sound, if there is one.
    var timeout: Duration? { options.timeout.map { .seconds($0) } }

    /// All that a program sees of the environment: where things are and which device to use, and
    /// none of our credentials.
    var programEnvironment: [String: String] {
        var seen: [String: String] = [:]
        for name in [
            "PATH", "HOME", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "TMPDIR", "XDG_CACHE_HOME",
            "CUDA_VISIBLE_DEVICES", "HIP_VISIBLE_DEVICES", "ROCR_VISIBLE_DEVICES",
            "GGML_VK_VISIBLE_DEVICES", "WHISPER_ARG_DEVICE", "OMP_NUM_THREADS", "OMP_WAIT_POLICY",
        ] {
            seen[name] = options.environment.value(name)
        }
        // A thread that spins while it waits holds up the one it waits for, where programs share
        // the cores: 11 s of speech then take 16 s instead of 1.5 s.
        seen["OMP_WAIT_POLICY"] = seen["OMP_WAIT_POLICY"] ?? "passive"
        return seen
    }
}
