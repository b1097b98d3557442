// Log: lines on standard error and in the file of --log, for people or for programs.
import Records
internal import Synchronization
internal import System

/// The messages of a tool, besides its records.
final class Log: Sendable {
    enum Level: String, Comparable {
        case error, warning, info, debug

        static func < (a: Level, b: Level) -> Bool { a.rank < b.rank }
        private var rank: Int {
            switch self {
            case .error: 0
            case .warning: 1
            case .info: 2
            case .debug: 3
            }
        }
    }

    let level: Level
    private let tool: String
    let isJSON: Bool
    /// The file of `--log`.
    private let file = Mutex<Int32?>(nil)
    /// True when a progress line stands on the terminal, which has to be wiped before a log line;
    /// `nil` when no progress line will follow.
    private let progressShown = Mutex<Bool?>(false)

    init(tool: String, level: Level, isJSON: Bool) {
        self.tool = tool
        self.level = level
        self.isJSON = isJSON
    }

    /// Makes the log that the command line asks for.
    convenience init(tool: String, _ options: Options<CommonOptions>) {
        let level: Level = options.isQuiet ? .error : options.isVerbose ? .debug : .info
        self.init(tool: tool, level: level, isJSON: options.logFormat == .json)
    }

    /// Appends all further lines to a file as well.
    ///
    /// - Throws: ``CannotCreate``.
    func copyLines(to path: String) throws(CannotCreate) {
        do {
            let descriptor = try Descriptor.append(to: path)
            file.withLock { $0 = descriptor }
        } catch {
            throw CannotCreate(message: "create the log \(path): \(error.reason)")
        }
    }

    /// Writes a failure, with its kind, its severity and its category for programs.
    func write(_ failure: Failure, id: String? = nil) {
        write(.error, failure.description, id: id, Sort(failure))
    }

    /// Writes one line.
    ///
    /// A line that cannot be written is lost: there is no other place to tell that.
    ///
    /// - Parameters:
    ///   - level: The lowest verbosity at which the line is written.
    ///   - message: The text.
    ///   - id: The record that it is about.
    ///   - sort: The fault that it tells, if it tells one.
    func write(_ level: Level, _ message: String, id: String? = nil, _ sort: Sort? = nil) {
        let time = Timestamp.now.text
        var line: String
        if isJSON {
            line =
                JSON.members([
                    "time": .string(time), "tool": .string(tool), "level": .string(level.rawValue),
                    "severity": .text(sort?.severity.rawValue), "kind": .text(sort?.kind),
                    "category": .text(sort?.category.rawValue), "id": .text(id),
                    "message": .string(message),
                ]).text
        } else {
            // Ids and messages quote input; none of it may steer a terminal.
            line = "\(tool): \(Log.clean((id.map { "\($0): " } ?? "") + message))"
        }
        if level <= max(self.level, .info), let file = file.withLock({ $0 }) {
            let word = (sort?.word ?? level.rawValue).uppercased()
            Log.put((isJSON ? "" : "\(time) \(word) ") + line + "\n", file)
        }
        guard level <= self.level else { return }
        line += "\n"
        progressShown.withLock { shown in
            Log.put((shown == true ? "\r\u{1B}[K" : "") + line)
            if shown == true { shown = false }
        }
    }

    /// Replaces the progress line.
    func show(progress line: String) {
        progressShown.withLock { shown in
            if shown == nil { return }
            Log.put("\r\u{1B}[K" + line)
            shown = true
        }
    }

    /// Wipes the progress line; no other follows.
    func endProgress() {
        progressShown.withLock { shown in
            if shown == true { Log.put("\r\u{1B}[K") }
            shown = nil
        }
    }

    /// A text that moves no cursor and changes no colour.
    static func clean(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.map(shown)))
    }

    private static func shown(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: "\u{FFFD}"
        default: scalar
        }
    }

    private static func put(_ text: String, _ descriptor: Int32 = 2) {
        try? Descriptor.writeAll(descriptor, text.utf8.span)
    }
}

/// The fault that a line tells, for programs that read the log.
struct Sort {
    /// The word before a line of text in the file of `--log`.
    let word: String
    /// The kind, as in the `error` member of records.
    let kind: String
    let severity: Severity
    let category: ErrorCategory

    /// The command line cannot be understood.
    static let usage = Sort("critical", "usage", .critical, .configuration)
    /// A setting is of no use.
    static let setting = Sort("warning", "configuration", .low, .configuration)
    /// A request failed and is made again.
    static let retry = Sort("warning", "retry", .low, .api)

    init(_ failure: Failure) {
        let word =
            switch failure.scope {
            case .item: "error"
            case .temporary: "warning"
            case .stop: "critical"
            }
        self.init(word, failure.kind.rawValue, failure.severity, failure.category)
    }

    private init(
        _ word: String, _ kind: String, _ severity: Severity, _ category: ErrorCategory
    ) {
        self.word = word
        self.kind = kind
        self.severity = severity
        self.category = category
    }
}

/// The forms of the lines on standard error.
enum LogFormat: String, CaseIterable {
    case text, json

    /// True when a command line asks for JSON, whatever else is wrong with it.
    static func isJSON(in words: [String]) -> Bool {
        let options = words.prefix { $0 != "--" }
        return options.contains("--log-format=json")
            || zip(options, options.dropFirst()).contains { $0 == ("--log-format", "json") }
    }
}
