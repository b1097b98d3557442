// ChildProcessTests: the ties of a child process to the process that starts it.
import Foundation
import TestSupport
import Testing

@testable import System

@Suite("Child processes", .timeLimit(.minutes(1)))
struct ChildProcessTests {
    private func shell(_ script: String) -> Program { Program("/bin/sh", ["-c", script]) }

    /// The output of a child of any kind, whose standard input is at its end.
    private func output(
        of program: Program, as kind: ChildProcess.Kind
    ) throws -> (text: String, end: ChildProcess.End?) {
        var input = try PipeEnds()
        var output = try PipeEnds()
        input.closeWriting()
        let child = try ChildProcess(
            program, as: kind, input: input.reading, output: output.writing, errors: output.writing)
        output.closeWriting()
        var text = ""
        var chunk = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = try unsafe chunk.withUnsafeMutableBytes {
                try unsafe Descriptor.read(output.reading, into: $0)
            }
            guard count > 0 else { break }
            text += String(decoding: chunk[..<count], as: UTF8.self)
        }
        return (text, child.wait())
    }

    @Test(
        "every kind of child tells its exit status and the signal that ended it",
        arguments: [ChildProcess.Kind.worker, .server, .job])
    func tellsTheEnd(_ kind: ChildProcess.Kind) throws {
        #expect(
            try output(of: shell("echo out; echo error >&2; exit 7"), as: kind)
                == ("out\nerror\n", .exited(7)))
        #expect(try output(of: shell("kill -KILL $$"), as: kind).end == .signalled(SIGKILL))
        let child = try ChildProcess(shell("exec sleep 600"), as: kind, output: 1)
        #expect(child.reaped() == nil)
        child.kill()
        #expect(child.wait() == .signalled(SIGKILL))
        #expect(child.reaped() == nil, "its number belongs to nobody now")
    }

    @Test("a worker ends with the thread that started it")
    func endsWithTheThread() async throws {
        let number = await withCheckedContinuation { continuation in
            do {
                try OwnThread.begin {
                    let child = try? ChildProcess(self.shell("exec sleep 600"), as: .worker)
                    continuation.resume(returning: child?.number ?? 0)
                }
            } catch {
                continuation.resume(returning: 0)
            }
        }
        #expect(number > 0)
        await death(of: number)
    }

    @Test("workers and jobs lead groups of their own, a server stays in ours")
    func groups() throws {
        let report = shell("cut -d' ' -f5 /proc/$$/stat; echo $$")
        for kind in [ChildProcess.Kind.worker, .job] {
            let lines = try output(of: report, as: kind).text.split(separator: "\n")
            #expect(lines.count == 2 && lines[0] == lines[1])
        }
        #expect(try output(of: report, as: .server).text.hasPrefix("\(getpgrp())\n"))
    }

    @Test("a server is deaf to the signals of a terminal, a worker to none")
    func blockedSignals() throws {
        let grep = Program("/bin/grep", ["SigBlk", "/proc/self/status"])
        // SIGHUP 1, SIGINT 2, SIGQUIT 3 and SIGTERM 15, each as a bit from 0.
        #expect(try output(of: grep, as: .server).text == "SigBlk:\t0000000000004007\n")
        #expect(try output(of: grep, as: .worker).text == "SigBlk:\t0000000000000000\n")
    }

    @Test("a job inherits what exec leaves, the others only what they are given")
    func inheritance() throws {
        let descriptor = unsafe open("/dev/null", O_RDONLY)
        let before = signal(SIGUSR1, SIG_IGN)
        defer {
            close(descriptor)
            signal(SIGUSR1, before)
        }
        ProcessEnvironment.set("CALLPIPE_TEST_NAME", to: "value")
        var program = shell(
            "echo ${CALLPIPE_TEST_NAME-none}; test -e /proc/$$/fd/\(descriptor) && echo open;"
                + " kill -USR1 $$; echo deaf")
        #expect(
            try output(of: program, as: .worker) == ("none\n", .signalled(SIGUSR1)))
        program.environment = nil
        #expect(try output(of: program, as: .job) == ("value\nopen\ndeaf\n", .exited(0)))
    }

    @Test("a handler of ours does not run in a job")
    func handlers() throws {
        // Threads of the dispatch library block signals, and a job inherits that.
        Signal.unblock([SIGUSR2])
        Signal.handle(SIGUSR2) { _ in }
        defer { Signal.reset(SIGUSR2) }
        let end = try output(of: shell("kill -USR2 $$; echo alive"), as: .job).end
        #expect(end == .signalled(SIGUSR2))
    }

    @Test("each stop of a job is told, until its end")
    func stops() throws {
        Signal.unblock([SIGTSTP])
        let child = try ChildProcess(
            shell("kill -STOP $$; kill -TSTP $$; exit 3"), as: .job, output: 1)
        var stops: [Int32] = []
        let end = child.wait { signal in
            stops.append(signal)
            child.signal(SIGCONT)
        }
        #expect(stops == [SIGSTOP, SIGTSTP])
        #expect(end == .exited(3))
    }

    @Test("its own name is what it is told")
    func ownName() throws {
        var program = shell("echo $0")
        program.arguments = ["-c", "cat /proc/$$/cmdline"]
        program.name = "shell"
        #expect(try output(of: program, as: .worker).text == "shell\0-c\0cat /proc/$$/cmdline\0")
    }

    @Test("a program beside us ends when it is not wanted, and tells its last complaints")
    func besideUs() async throws {
        let brief = try await ManagedProcess.start(shell("echo no model >&2; exit 4"))
        while brief.end == nil { await Task.yield() }
        #expect(brief.end == .exited(4))
        #expect(brief.complaints == "no model\n")

        let place = TemporaryDirectory()
        let name = place["number"]
        func number() -> pid_t? {
            let text = try? String(contentsOfFile: name, encoding: .utf8)
            return text?.hasSuffix("\n") == true ? pid_t(text?.dropLast() ?? "") : nil
        }
        var long: ManagedProcess? = try await ManagedProcess.start(
            shell("echo $$ > \(name); exec sleep 600"))
        while number() == nil { await Task.yield() }
        #expect(long?.end == nil)
        long = nil
        await death(of: try #require(number()))

        await #expect(throws: ProgramError.start(SystemError(code: ENOENT))) {
            _ = try await ManagedProcess.start(Program("/nowhere/server"))
        }
    }
}
