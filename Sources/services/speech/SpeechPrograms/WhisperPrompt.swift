// WhisperPrompt: the words that a model is to expect, as options of whisper.cpp's programs.
internal import Records
internal import Speech

/// The options by which a program gets the prompt of one sound.
///
/// callpipe's own program reads the prompt from a file, so that other users do not see names in the
/// list of processes, and sounds with different prompts share a run. `whisper-cli` has one prompt for
/// all files, on its command line.
struct WhisperPrompt: Sendable, Equatable {
    /// The options that all files of a run share.
    var ofAllFiles: [String] = []
    /// The file with the prompt of these files alone.
    private var file: String?

    /// Writes the prompt to a file where the program reads one.
    ///
    /// - Throws: `Failure` of scope `stop` when there is no room.
    init(
        _ prompt: String?, for program: WhisperProgram, in scratch: borrowing ScratchDirectory
    ) throws(Failure) {
        guard program.isOwn else {
            // Earlier text is no context: it makes the model repeat itself in silence. Without room
            // for earlier text there is no room for a prompt.
            ofAllFiles = prompt.map { ["--prompt", $0] } ?? ["-mc", "0"]
            return
        }
        if let prompt { file = try scratch.write(prompt, to: "prompt") }
    }

    /// The words of some files with the options that are theirs alone.
    func around(_ words: [String]) -> [String] {
        file.map { ["--prompt-file", $0] + words + ["--prompt-file", ""] } ?? words
    }
}
