// Log: lines on standard error, for people or for programs.
internal import Glibc
import Records
internal import Synchronization

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
    private let isJSON: Bool
    /// Whether a progress line stands on the terminal, which has to be wiped before a log line.
    private let progressShown = Mutex(false)

    init(tool: String, level: Level, isJSON: Bool) {
        self.tool = tool
        self.level = level
        self.isJSON = isJSON
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
            // A message may quote what came from outside; nothing of it may steer a terminal.
            let clean = String(String.UnicodeScalarView(message.unicodeScalars.map(Log.shown)))
            line = "\(tool): \(id.map { "\($0): " } ?? "")\(clean)\n"
        }
        progressShown.withLock { shown in
            Log.put((shown ? "\r\u{1B}[K" : "") + line)
            shown = false
        }
    }

    /// Replaces the progress line; an empty one wipes it.
    func show(progress line: String) {
        progressShown.withLock { shown in
            if line.isEmpty, !shown { return }
            Log.put("\r" + line + "\u{1B}[K" + (line.isEmpty ? "\r" : ""))
            shown = !line.isEmpty
        }
    }

    private static func shown(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        scalar.value < 0x20 || (0x7F..<0xA0).contains(scalar.value) ? "\u{FFFD}" : scalar
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
