// WhisperPlaces: where the programs and the models of whisper.cpp are looked for.
internal import Records
internal import System

/// The directories of whisper.cpp's programs and models, as an installation and its user have them.
///
/// `make install` puts the programs into `lib/callpipe` and the models into
/// `share/callpipe/models`, both beside the directory of the tools.
struct WhisperPlaces: Sendable {
    /// The directories of `PATH`, separated by colons.
    var searchPath: String
    /// True when a program on `PATH` is taken before the installed one.
    var prefersSearchPath = false
    /// A directory of models of the user's own, searched before the installed ones.
    var ownModels: String?

    private let installation: String

    /// Looks beside the directory of the tools.
    ///
    /// - Parameters:
    ///   - tools: The directory of the running program.
    ///   - searchPath: The directories of `PATH`.
    init(besideTools tools: String, searchPath: String) {
        installation = "\(tools)/.."
        self.searchPath = searchPath
    }

    /// The names under which packages of whisper.cpp install a program.
    private static let names = [
        "whisper-cli": ["whisper-cli", "whisper-cpp"], "whisper-server": ["whisper-server"],
    ]

    /// The path of `whisper-cli`.
    ///
    /// - Parameter wanted: A path, or a name to look for on `PATH`; `nil` for the usual places.
    /// - Returns: A program that this user may run.
    /// - Throws: `Failure` of scope `stop` when there is no such program.
    func commandLine(_ wanted: String?) throws(Failure) -> String {
        try program("whisper-cli", wanted, settings: "--whisper-cli or WHISPER_CLI")
    }

    /// The path of callpipe's own program on whisper.cpp's library; `nil` when it is not installed, and
    /// when the user prefers the `PATH`.
    var ownProgram: String? {
        prefersSearchPath
            ? nil
            : try? Program.find(
                "\(installation)/lib/callpipe/\(WhisperProgram.own)", searchPath: "")
    }

    /// The path of `whisper-server`.
    ///
    /// - Parameters:
    ///   - wanted: A path, or a name to look for on `PATH`; `nil` for the usual places.
    ///   - commandLine: The `whisper-cli` that the user named: its neighbour is taken first.
    /// - Returns: A program that this user may run.
    /// - Throws: `Failure` of scope `stop` when there is no such program.
    func server(_ wanted: String?, beside commandLine: String?) throws(Failure) -> String {
        if wanted == nil, let commandLine, let slash = commandLine.lastIndex(of: "/") {
            let neighbour = "\(commandLine[..<slash])/whisper-server"
            if let found = try? Program.find(neighbour, searchPath: "") { return found }
        }
        return try program("whisper-server", wanted, settings: "WHISPER_SERVER")
    }

    private func program(
        _ usual: String, _ wanted: String?, settings: String
    ) throws(Failure) -> String {
        var candidates = [wanted].compactMap { $0 }
        if wanted == nil {
            let installed = ["\(installation)/lib/callpipe/\(usual)"]
            let onPath = WhisperPlaces.names[usual] ?? []
            candidates = prefersSearchPath ? onPath + installed : installed + onPath
        }
        for candidate in candidates {
            if let found = try? Program.find(candidate, searchPath: searchPath) { return found }
        }
        throw Failure(
            .stop, .configuration, "find \(wanted ?? usual): there is no such program",
            remedy: "install whisper.cpp with make whisper, or let \(settings) name the program")
    }

    // MARK: Models

    /// The model that is used when no setting names one; `make model` installs it.
    static let usualModel = "tiny.en"

    /// The file of a model.
    ///
    /// - Parameter wanted: A path, which has a slash or ends with `.bin`, or a name such as `base`;
    ///   `nil` for the usual model.
    /// - Returns: The path of a file that is there.
    /// - Throws: `Failure` of scope `stop` when the file is not there.
    func model(_ wanted: String?) throws(Failure) -> String {
        if let wanted, wanted.contains("/") || wanted.hasSuffix(".bin") {
            try WhisperModel.check(wanted)
            return wanted
        }
        let name = wanted ?? WhisperPlaces.usualModel
        let directories = [ownModels, "\(installation)/share/callpipe/models"].compactMap { $0 }
        let files = directories.map { "\($0)/ggml-\(name).bin" }
        if let found = files.first(where: WhisperModel.isFile) { return found }
        let isPublished = WhisperPlaces.isPublished(name)
        throw Failure(
            .stop, .configuration,
            wanted == nil
                ? "choose a whisper.cpp model: none is installed"
                : "load the whisper.cpp model \(name): it is not installed",
            remedy: isPublished
                ? "install it with: callpipe-model \(name)"
                : "let --model or WHISPER_MODEL be a file, or a name such as base or small.en")
    }

    /// True for the names of models that whisper.cpp publishes, quantised ones among them.
    static func isPublished(_ name: String) -> Bool {
        var size = Substring(name)
        if let mark = name.ranges(of: "-q").last,
            ["5_0", "5_1", "8_0"].contains(name[mark.upperBound...])
        {
            size = name[..<mark.lowerBound]
        }
        let names = ["tiny", "base", "small", "medium"].flatMap { [$0, "\($0).en"] }
        let large = ["large-v1", "large-v2", "large-v3", "large-v3-turbo"]
        return (names + large).contains(String(size))
    }
}
