// WhisperModel: facts about a model's file that are known without loading it.
internal import Glibc
internal import Records
internal import Speech
internal import System

/// Checks of whisper.cpp's files.
enum WhisperModel {
    /// Checks that the model is there.
    ///
    /// - Throws: `Failure` of scope `stop`.
    static func check(_ path: String) throws(Failure) {
        guard isFile(path) else {
            throw Failure(
                .stop, .configuration, "load the whisper.cpp model \(path): there is no such file",
                remedy: "let --model or WHISPER_MODEL be a file, or a name such as small.en")
        }
    }

    /// Checks that the voice detector is there.
    ///
    /// - Throws: `Failure` of scope `stop`.
    static func check(voice path: String) throws(Failure) {
        guard isFile(path) else {
            throw Failure(
                .stop, .configuration, "load the voice detector \(path): there is no such file",
                remedy: "let --vad-model name a file such as ggml-silero-v6.2.0.bin")
        }
    }

    /// Checks the language's code, and that the model knows the language.
    ///
    /// whisper.cpp itself goes on with English where a model knows no other language.
    ///
    /// - Parameters:
    ///   - language: A code, or `auto`.
    ///   - path: The model's file.
    /// - Throws: `Failure` of scope `stop`.
    static func check(language: String, of path: String) throws(Failure) {
        try SpokenLanguage.check(language, among: .whisper, of: Whisper.name)
        guard ["en", "auto"].contains(language) || !isEnglishOnly(path) else {
            throw Failure(
                .stop, .configuration,
                "use language \(language): the model \(Model.name(ofFile: path)) knows only English",
                remedy: "let --model or WHISPER_MODEL name a model without .en, such as base;"
                    + " callpipe-model base installs it")
        }
    }

    /// True for a regular file, and for a link to one.
    static func isFile(_ path: String) -> Bool {
        (try? FileStatus(of: path))?.kind == .file
    }

    /// True for a model that knows no other language.
    ///
    /// The file begins with a magic number and the size of the vocabulary, both of 32 bits; only the
    /// vocabulary of an English model has fewer than 51,865 tokens (`whisper.cpp`,
    /// `whisper_vocab::is_multilingual`).
    static func isEnglishOnly(_ path: String) -> Bool {
        guard let file = try? OwnedDescriptor(opening: path, O_RDONLY) else { return false }
        var head = [UInt8](repeating: 0, count: 8)
        let count = try? Descriptor.read(file.number, into: &head)
        guard count == head.count, head.starts(with: "lmgg".utf8) else { return false }
        return head[4...].reversed().reduce(0) { $0 << 8 | Int($1) } < 51_865
    }
}
