// WhisperModel: facts about a model's file that are known without loading it.
internal import Glibc
internal import Records
internal import Speech
internal import System

/// Checks of whisper.cpp's files.
enum WhisperModel {
    /// Checks that the model is there, and that it is none on which whisper.cpp ends by a signal.
    ///
    /// - Throws: `Failure` of scope `stop`.
    static func check(_ path: String) throws(Failure) {
        guard isFile(path) else {
            throw Failure(
                .stop, .configuration, "load the whisper.cpp model \(path): there is no such file",
                remedy: "let --model or WHISPER_MODEL be a file, or a name such as small.en")
        }
        // A file of another format is refused by the program itself.
        guard let head = head(of: path) else { return }
        func refusal(_ reason: String) -> Failure {
            Failure(
                .stop, .configuration,
                "load the whisper.cpp model \(Model.name(ofFile: path)): \(reason)",
                remedy: "bring it again with callpipe-model --force, or let --model or"
                    + " WHISPER_MODEL name another")
        }
        guard head.count == headLength / 4, let size = try? FileStatus(of: path).size,
            size >= head[1] * head[7] / 8
        else { throw refusal("it is cut off") }
        // The thousands count the versions of the quantisation.
        guard quantisations.contains(where: { $0.contains(head[11] % 1000) }) else {
            throw refusal("it is quantised in a way that whisper.cpp does not know")
        }
    }

    /// The header in bytes: the magic number and eleven numbers of 32 bits
    /// (`whisper.cpp`, `whisper_model_load`).
    private static let headLength = 48
    /// The values of `ggml_ftype` in whisper.cpp 1.8 that stand for a type of weights.
    private static let quantisations = [0...4, 7...27]

    /// The numbers at the begin of a file of whisper.cpp's format, as many as are there; `nil` for
    /// another file.
    ///
    /// The second is the size of the vocabulary, the eighth the length of a token's vector. The two make
    /// the largest matrix, whose numbers have at least one bit each.
    private static func head(of path: String) -> [Int]? {
        guard let file = try? OwnedDescriptor(opening: path, O_RDONLY) else { return nil }
        var bytes = [UInt8](repeating: 0, count: headLength)
        guard let count = try? Descriptor.read(file.number, into: &bytes),
            bytes.starts(with: "lmgg".utf8)
        else { return nil }
        return stride(from: 0, to: count / 4 * 4, by: 4).map { start in
            bytes[start..<start + 4].reversed().reduce(0) { $0 << 8 | Int($1) }
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
        guard let head = head(of: path), head.count > 1 else { return false }
        return head[1] < 51_865
    }
}
