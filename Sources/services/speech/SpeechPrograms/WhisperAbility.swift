// WhisperAbility: the options that the installed whisper-cli knows.
internal import Records
internal import Speech
internal import System

/// The abilities of a program, as its own help lists them; it ends with 0 for an unknown option, so a
/// trial tells nothing.
struct WhisperAbility: Sendable {
    /// True when the program takes `--vad-model`.
    var hasDetector: Bool
    /// The program's version, where it tells it.
    var version: String?

    /// Runs the program once or twice, for a moment each time.
    init(
        help: EngineProgram, version: EngineProgram, _ cancellation: Cancellation
    ) throws(Failure) {
        let text = try WhisperAbility.output(of: help, cancellation)
        hasDetector = text.contains("--vad-model")
        if text.contains("--version") {
            self.version = WhisperAbility.version(
                in: try WhisperAbility.output(of: version, cancellation))
        }
    }

    private static func output(
        of program: EngineProgram, _ cancellation: Cancellation
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
                && number.utf8.allSatisfy(ASCII.isVisible)
            if isVersion { return String(number) }
        }
        return nil
    }
}
