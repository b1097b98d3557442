// ProgramTests: programs that end well, badly, too late or never.
import Foundation
import TestSupport
import Testing

@testable import System

@Suite("Programs that are run", .timeLimit(.minutes(1)))
struct ProgramTests {
    private func program(_ script: String, memory: Int = 0) -> Program {
        Program(
            "/bin/sh", ["-c", script], environment: ["PATH": "/usr/bin:/bin", "NAME": "value"],
            memory: memory)
    }

    private func run(
        _ script: String, limit: Duration = .seconds(50), _ cancellation: Cancellation = .init()
    ) throws -> ProgramResult {
        try program(script).run(limit: limit, outputLimit: 1 << 20, cancellation)
    }

    @Test("status, signal and the last complaints are told")
    func tellsTheEnd() throws {
        let refused = try run("echo loading >&2; echo error: no >&2; echo bye >&2; exit 3")
        #expect(refused.end == .exited(3))
        #expect(refused.complaints == "loading\nerror: no\nbye\n")
        #expect(try run("kill -TERM $$").end == .signalled(15))
        #expect(try run("test \"$NAME\" = value && test -z \"$HOME\"").end == .exited(0))
        let wordy = try run("seq 1 100000 >&2; echo last >&2")
        #expect(wordy.complaints.hasSuffix("\nlast\n"))
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
        #expect(throws: ProgramError.cancelled) { try run("exec sleep 600", cancellation) }
    }

    @Test("a program that cannot be started says why")
    func tellsTheMissing() {
        #expect(throws: ProgramError.start(SystemError(code: ENOENT))) {
            try Program("/nowhere/whisper-cli").run(limit: .seconds(1), Cancellation())
        }
        #expect(throws: ProgramError.start(SystemError(code: EACCES))) {
            try Program("/etc/passwd").run(limit: .seconds(1), Cancellation())
        }
    }

    @Test("a program is found on the search path as a shell finds it")
    func findsTheProgram() throws {
        #expect(try Program.find("sh", searchPath: "/nowhere:/etc:/bin") == "/bin/sh")
        #expect(try Program.find("/bin/sh", searchPath: "") == "/bin/sh")
        // A file without the right to run it, and a directory.
        for (name, path) in [("passwd", "/etc"), ("etc", "/")] {
            #expect(throws: SystemError(code: EACCES)) { try Program.find(name, searchPath: path) }
        }
        #expect(throws: SystemError(code: ENOENT)) { try Program.find("sh", searchPath: "/etc") }
        #expect(throws: SystemError(code: ENOENT)) { try Program.find("", searchPath: "/bin") }
    }

    @Test("what it writes is kept, up to a limit, and endless output ends it")
    func keepsTheOutput() throws {
        #expect(try run("echo spoken; echo complaint >&2").output == Array("spoken\n".utf8))
        let run = try run("exec yes")
        #expect(run.end == .endless)
        #expect(run.output.count <= 1 << 20)
        #expect(try self.run("head -c 2000000 /dev/zero").end == .endless, "ended or not")
        #expect(
            try self.run("exec yes >&2", limit: .milliseconds(200)).end == .timedOut,
            "complaints without end do not keep the clock from being read")
    }

    @Test("more memory than it may have is not given")
    func limitsMemory() throws {
        let hungry = #"exec perl -e '$a = "x" x 300_000_000; print length $a'"#
        #expect(try run(hungry).output == Array("300000000".utf8))
        let run = try program(hungry, memory: 100 << 20).run(
            limit: .seconds(50), outputLimit: 100, Cancellation())
        #expect(run.end != .exited(0) && run.output == [])
    }

    @Test(
        "what it started ends with it, whether it is ended or ends by itself",
        arguments: [("; wait", .timedOut), ("", .exited(0))] as [(String, ProgramResult.End)])
    func endsTheGroup(_ rest: String, _ end: ProgramResult.End) async throws {
        let place = TemporaryDirectory()
        let name = place["number"]
        let limit = end == .timedOut ? Duration.milliseconds(300) : .seconds(50)
        let run = try run("sleep 600 & echo $! > \(name)\(rest)", limit: limit)
        #expect(run.end == end)
        let text = try String(contentsOfFile: name, encoding: .utf8)
        let number = try #require(pid_t(text.trimmingCharacters(in: .whitespacesAndNewlines)))
        await death(of: number)
    }

    @Test("it gets no descriptor but its three, and leaves no core")
    func getsLittle() throws {
        let leak = unsafe open("/dev/null", O_RDONLY)
        defer { close(leak) }
        let run = try run("ls /proc/self/fd; ulimit -c; cat; exec ls -l /proc/self/fd/0")
        let lines = String(decoding: run.output, as: UTF8.self).split(separator: "\n")
        // The fourth is the directory that ls itself reads.
        #expect(lines.prefix(5) == ["0", "1", "2", "3", "0"])
        #expect(lines.last?.hasSuffix("/dev/null") == true)
    }
}

/// Waits until a process that is killed has died, in its own time; it may stay a zombie until init
/// takes it.
func death(of process: pid_t) async {
    while ProcessStatus(process)?.isOver == false { await Task.yield() }
}
