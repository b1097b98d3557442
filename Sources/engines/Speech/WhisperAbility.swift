// WhisperAbility: what whisper.cpp's program can do, which differs from site to site.
internal import Records
internal import System

/// What a program says of itself; it ends with 0 for an option that it does not know, so it is asked.
struct WhisperAbility: Sendable {
    /// Whether it takes `--vad-model`.
    var hasDetector: Bool
    /// Its version, where it tells.
    var version: String?

    /// Runs the program once or twice, for no longer than a moment; what it does not say, it cannot.
    init(help: EngineProgram, version: EngineProgram, _ cancellation: Cancellation) throws(Failure)
    {
        let text = try WhisperAbility.said(help, cancellation)
        hasDetector = text.contains("--vad-model")
        if text.contains("--version") {
            self.version = WhisperAbility.version(
                in: try WhisperAbility.said(version, cancellation))
        }
    }

    private static func said(
        _ program: EngineProgram, _ cancellation: Cancellation
    ) throws(Failure) -> String {
        let run = try program.run(limit: .seconds(30), outputLimit: 1 << 20, cancellation)
        return run.complaints + String(decoding: run.output, as: UTF8.self)
    }

    /// `1.9.3` of "whisper.cpp version: 1.9.3 (233fe1f)".
    static func version(in text: String) -> String? {
        let words = text.split { $0.isWhitespace || "(),:".contains($0) }
        for word in words {
            let number = word.hasPrefix("v") ? word.dropFirst() : word
            let isVersion =
                number.first?.isNumber == true && number.contains(".") && number.utf8.count <= 40
                && number.utf8.allSatisfy { (0x21...0x7E).contains($0) }
            if isVersion { return String(number) }
        }
        return nil
    }
}
