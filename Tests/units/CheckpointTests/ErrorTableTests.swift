// ErrorTableTests: errors in the words of the replaced systems, also those of an older file.
import CheckpointSchema
import CheckpointSupport
import Foundation
import Records
import Testing

@testable import Checkpoint

@Suite struct ErrorTableTests {
    @Test("The errors of a file of version 1 get their kind, severity and category")
    func migration() throws {
        let desk = Desk()
        _ = try Checkpoint(desk.path, schema: Schema(steps: [Schema.current.steps[0]]))
        _ = try desk.sqlite3(
            """
            INSERT INTO errors(time, stage, severity, category, message, call_id) VALUES
              ('2024-01-01', 'fetch', 'error', 'gone', 'a', 'rc:1'),
              ('2024-01-02', 'fetch', 'warning', 'network', 'b', 'rc:1'),
              ('2024-01-03', 'upload', 'info', 'lease', 'c', 'rc:1'),
              ('2024-01-04', 'upload', 'warning', 'made up', 'd', 'rc:1');
            INSERT INTO calls(id, source, seen_at, updated_at, record)
              VALUES ('rc:1', 'ringcentral', '', '', '{}');
            """)
        _ = try desk.open()
        #expect(
            try desk.sqlite3("SELECT kind, severity, category, message FROM error_logs")
                == """
                gone|HIGH|API|a
                network|LOW|NETWORK|b
                lease|LOW|PROCESSING|c
                made up|MEDIUM|SYSTEM|d
                """)
        #expect(try desk.sqlite3("SELECT * FROM api_logs; PRAGMA integrity_check") == "ok")
    }

    @Test("A kind that this program does not know counts as a bug")
    func unknownKind() throws {
        let desk = Desk()
        try desk.mark(.fetch, line(1, error("fetch", "temporary", "of_tomorrow")))
        #expect(
            try desk.sqlite3("SELECT kind, severity, category FROM errors")
                == "of_tomorrow|MEDIUM|SYSTEM")
    }

    @Test(
        "A command that ended before its work was done is an error without a recording",
        arguments: [
            (0, ""), (1, ""), (128 + 15, ""),
            (77, "auth|CRITICAL|AUTHENTICATION"), (69, "server|HIGH|API"),
            (74, "storage|CRITICAL|STORAGE"), (75, "timeout|HIGH|NETWORK"),
            (128 + 9, "internal|CRITICAL|SYSTEM"),
        ] as [(Int32, String)])
    func run(_ status: Int32, _ expected: String) throws {
        let desk = Desk()
        let checkpoint = try desk.open()
        let run = try CommandRun(in: checkpoint, named: "daily", batch: nil)
        try run.ended(status, memory: 0, in: checkpoint)
        #expect(
            try desk.sqlite3(
                "SELECT kind, severity, category FROM errors WHERE call_id IS NULL AND run = '\(run.id)'"
            ) == expected)
        guard !expected.isEmpty else { return }
        #expect(
            try desk.sqlite3("SELECT message FROM errors").hasPrefix(
                "unable to end run daily: exit status \(status), "))
    }
}
