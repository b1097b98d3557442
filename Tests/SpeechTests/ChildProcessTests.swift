// ChildProcessTests: programs that end well, badly, too late or never.
import Records
import Testing

@testable import Speech

@Suite("Programs that are run", .timeLimit(.minutes(1)))
struct ChildProcessTests {
    private func run(
        _ script: String, limit: Duration = .seconds(50), _ cancellation: Cancellation = .init()
    ) throws -> ChildProcess {
        try ChildProcess.run(
            "/bin/sh", ["-c", script], environment: ["PATH": "/usr/bin:/bin", "NAME": "value"],
            limit: limit, cancellation)
    }

    @Test("status, signal and the last complaints are told")
    func tellsTheEnd() throws {
        let refused = try run("echo loading >&2; echo error: no >&2; echo bye >&2; exit 3")
        #expect(refused.end == .exited(3))
        #expect(refused.reason == "error: no")
        #expect(try run("kill -TERM $$").end == .signalled(15))
        #expect(try run("test \"$NAME\" = value && test -z \"$HOME\"").end == .exited(0))
        let wordy = try run("seq 1 100000 >&2; echo last >&2")
        #expect(wordy.reason == "last")
        #expect(wordy.complaints.utf8.count <= 64 << 10)
    }

    @Test("a program that falls silent is ended when its time is up")
    func endsTheSilent() throws {
        for start in ["echo begun >&2", "exec 2>&-"] {
            let run = try run("\(start); exec sleep 600", limit: .milliseconds(50))
            #expect(run.end == .timedOut)
        }
    }

    @Test("a program whose task was cancelled is ended")
    func endsTheUnwanted() throws {
        let cancellation = Cancellation()
        cancellation.cancel()
        let failure = #expect(throws: Failure.self) {
            try run("exec sleep 600", cancellation)
        }
        #expect(failure?.scope == .stop)
    }

    @Test("a program that cannot be started stops the line")
    func tellsTheMissing() {
        let failure = #expect(throws: Failure.self) {
            try ChildProcess.run(
                "/nowhere/whisper-cli", [], environment: [:], limit: .seconds(1), Cancellation())
        }
        #expect(failure?.scope == .stop)
        #expect(failure?.kind == .configuration)
    }
}
