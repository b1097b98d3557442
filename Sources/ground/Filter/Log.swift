// Log: lines on standard error, for people or for programs.
internal import Glibc
import Records
internal import Synchronization
internal import System

/// What a tool says besides its records.
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
    /// Whether a progress line stands on the terminal, which has to be wiped before a log line;
    /// `nil` when there will be none any more.
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

    /// Writes one line; a standard error that cannot be written to is nobody's failure.
    func write(_ level: Level, _ message: String, id: String? = nil) {
        guard level <= self.level else { return }
        let line: String
        if isJSON {
            line =
                JSON.members([
                    "time": .string(Timestamp.now.text), "tool": .string(tool),
                    "level": .string(level.rawValue), "id": .text(id), "message": .string(message),
                ]).text + "\n"
        } else {
            // Ids and messages quote what came from outside; none of it may steer a terminal.
            let text = (id.map { "\($0): " } ?? "") + message
            line = "\(tool): \(Log.clean(text))\n"
        }
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

    private static func put(_ text: String) {
        var text = text
        text.withUTF8 { bytes in
            do {
                try unsafe Descriptor.writeAll(2, UnsafeRawBufferPointer(bytes))
            } catch {}
        }
    }
}

/// The forms of the lines on standard error.
enum LogFormat: String, CaseIterable {
    case text, json
}
