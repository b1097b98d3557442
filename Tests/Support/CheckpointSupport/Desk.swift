// Desk: a checkpoint in a directory of its own, and lines to put through it.
package import Checkpoint
package import CheckpointSchedule
package import Foundation
package import Records
import TestSupport

/// One checkpoint file and what the tools would do with it.
package final class Desk {
    private let place = TemporaryDirectory()
    package var directory: URL { place.url }
    package var path: String { place["state.db"] }

    package init() {}

    /// Opens it as a program of another boot would: what was claimed before is free again.
    package func open(busyTimeout: Duration = .seconds(30)) throws -> Checkpoint {
        let checkpoint = try Checkpoint(path, busyTimeout: busyTimeout)
        checkpoint.processGroup.boot = UUID().uuidString
        return checkpoint
    }

    /// The lines that `state-todo` passes on.
    @discardableResult
    package func todo(
        _ stage: Stage, failedToo: Bool = false, earlyToo: Bool = false, _ lines: String...
    ) throws -> [String] {
        try todo(stage, failedToo: failedToo, earlyToo: earlyToo, lines)
    }

    package func todo(
        _ stage: Stage, failedToo: Bool = false, earlyToo: Bool = false, _ lines: [String]
    ) throws -> [String] {
        let checkpoint = try open()
        let choice = Todo.Choice(failedToo: failedToo, earlyToo: earlyToo)
        let todo = try Todo(stage, in: checkpoint, choice: choice)
        return try checkpoint.transaction {
            try lines.compactMap { text in
                try withLine(text) { line in
                    switch try todo.decide(line) {
                    case .pass: text
                    case .replace(let bytes): String(decoding: bytes, as: UTF8.self)
                    case .drop: nil
                    }
                }
            }
        }
    }

    /// Writes down what `state-mark` does.
    package func mark(
        _ stage: Stage, batch: String? = nil, status: Status? = nil, _ lines: String...
    ) throws {
        try mark(stage, batch: batch, status: status, lines)
    }

    package func mark(
        _ stage: Stage, batch: String? = nil, status: Status? = nil, _ lines: [String]
    ) throws {
        let checkpoint = try open()
        let mark = try Mark(stage, in: checkpoint, batch: batch, byHand: ByHand(status))
        try checkpoint.transaction {
            for text in lines { try withLine(text) { try mark.note($0) } }
        }
    }

    /// The ids that `state-next` gives out.
    package func next(
        _ stage: Stage, limit: Int = .max, choice: Next.Choice = .init(),
        in opened: Checkpoint? = nil, unreadable: (Failure) -> Void = { _ in }
    ) throws -> [String] {
        let next = try Next(stage, in: opened ?? open(), choice: choice)
        var ids: [String] = []
        try next.forEach(atMost: limit, { ids.append($0.id) }, unreadable: unreadable)
        return ids
    }

    /// The answer of Debian's `sqlite3`, one row a line, columns by `|`.
    package func sqlite3(_ sql: String) throws -> String {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/sqlite3")
        process.arguments = [path, sql]
        let output = directory.appending(path: "answer-\(UUID().uuidString)")
        _ = FileManager.default.createFile(atPath: output.path, contents: nil)
        process.standardOutput = try FileHandle(forWritingTo: output)
        try process.run()
        process.waitUntilExit()
        let text = try String(contentsOf: output, encoding: .utf8)
        return text.trimmingCharacters(in: .newlines)
    }

    /// Everything but the time at which a record came by last.
    package func dump() throws -> String {
        try sqlite3(
            """
            SELECT number, id, source, start_time, duration, seen_at, record FROM calls;
            SELECT call, stage, status, attempts, not_before, start_time, expires, error_class,
              error_kind, error_message, finished_at FROM outcomes;
            SELECT number, time, stage, severity, category, message, call_id FROM errors
            """)
    }

    package func record(_ id: String) throws -> String {
        try sqlite3("SELECT record FROM calls WHERE id = '\(id)'")
    }

    package func outcome(_ id: String, _ stage: Stage) throws -> String {
        try sqlite3(
            """
            SELECT o.status, o.attempts, ifnull(o.error_class, ''), ifnull(o.error_kind, '')
            FROM outcomes AS o JOIN calls AS c ON c.number = o.call
            WHERE c.id = '\(id)' AND o.stage = '\(stage.rawValue)'
            """)
    }
}

/// Gives a text to the closure as the reader would give it.
package func withLine<Result>(_ text: String, _ body: (borrowing Line) throws -> Result) throws
    -> Result
{
    let bytes = Array(text.utf8)
    let padded = bytes + [UInt8](repeating: 0x20, count: 256)
    return try unsafe padded.withUnsafeBufferPointer { buffer in
        try unsafe LineParser().parse(LineText(.init(rebasing: buffer[..<bytes.count])), body)
    }
}

/// A record as a list writes it, with more members behind.
package func line(_ number: Int = 1, _ more: String = "") -> String {
    #"{"id":"rc:\#(number)","source":"ringcentral","start":"2024-01-15T14:03:11.120Z","#
        + #""duration":187,"result":"Accepted"\#(more.isEmpty ? "" : ",")\#(more)}"#
}

/// A record that began on a day of January 2024.
package func call(_ number: Int, day: Int, _ more: String = audio) -> String {
    line(number, more).replacingOccurrences(
        of: "2024-01-15T", with: "2024-01-\(day < 10 ? "0" : "")\(day)T")
}

package let audio = #""audio":{"path":"audio/1.mp3","bytes":9}"#
package let transcript = #""transcript":{"path":"t/1.json","text":"…"}"#

package func error(
    _ stage: String, _ scope: String, _ kind: String, at: String? = "2024-02-01T00:00:00.000Z",
    message: String = "fetch recording 1: it is not there"
) -> String {
    let time = at.map { #","at":"\#($0)""# } ?? ""
    return #""error":{"stage":"\#(stage)","class":"\#(scope)","kind":"\#(kind)","#
        + #""message":"\#(message)"\#(time)}"#
}
