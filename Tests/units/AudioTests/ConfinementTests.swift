// ConfinementTests: the rights of the process that decodes, and the ways in which it ends.
@testable import Audio
import DecodeWire
import Foundation
import Records
import TestSupport
import Testing

/// callpipe-decode as it was built, with one long recording in work.
private final class Decoder {
    private let scratch = TemporaryDirectory()
    private let program: DecodeProgram
    private let path: String

    init() throws {
        // More sound than a socket holds, so that the child waits while the test looks at it.
        path = try scratch.write(
            Sound.wave([Sound.tone(440, seconds: 120, rate: 8000)], rate: 8000), "a.wav")
        program = DecodeProgram(
            directory: URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
                .deletingLastPathComponent().path)
    }

    /// Decodes; when the first samples are there, the test may look at the server and the child.
    func decode(
        _ limits: Audio.Limits = .init(),
        _ look: (_ server: Int, _ child: Int) throws(Failure) -> Void
    ) throws(Failure) {
        var hasLooked = false
        let recording = try Recording(path)
        _ = try program.decode(recording, recording.request(.mix, rate: 16000, limits)) {
            _, _ throws(Failure) in
            guard !hasLooked else { return }
            hasLooked = true
            let server = Int(program.process ?? 0)
            guard let child = Decoder.children(of: server).first else {
                throw Failure(.stop, .internal, "find the child")
            }
            try look(server, child)
        }
    }

    /// As /proc tells.
    static func children(of parent: Int) -> [Int] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.compactMap(Int.init).filter { status(of: $0)["PPid"] == "\(parent)" }
    }

    static func status(of process: Int) -> [String: String] {
        let text = (try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)) ?? ""
        return Dictionary(
            text.split(separator: "\n").compactMap { line in
                let parts = line.split(separator: ":", maxSplits: 1)
                guard parts.count == 2 else { return nil }
                return (String(parts[0]), parts[1].trimmingCharacters(in: .whitespaces))
            }, uniquingKeysWith: { first, _ in first })
    }
}

struct ConfinementTests {
    @Test("the child has the recording, a socket, limits, a filter, and nothing else")
    func confined() throws {
        unsafe setenv("CALLPIPE_TEST_SECRET", "hush", 1)
        try Decoder().decode { server, child throws(Failure) in
            let status = Decoder.status(of: child)
            #expect(status["NoNewPrivs"] == "1")
            #expect(status["Threads"] == "1")
            #expect(status["Seccomp"] == "2", "or this system does not let it be filtered")
            let limits = (try? String(contentsOfFile: "/proc/\(child)/limits", encoding: .utf8))
            for (name, value) in [
                ("Max core file size", "0"), ("Max file size", "0"), ("Max open files", "0"),
                ("Max processes", "0"), ("Max address space", "536870912"),
                ("Max cpu time", "67"),
            ] {
                let line = limits?.split(separator: "\n").first { $0.hasPrefix(name) }
                #expect(
                    line?.dropFirst(name.count).split(separator: " ").first == value[...],
                    "\(name): \(line ?? "")")
            }
            // Only root may see this of a process that cannot be dumped.
            guard geteuid() == 0 else { return }
            let files = FileManager.default
            let open = try? files.contentsOfDirectory(atPath: "/proc/\(child)/fd").sorted()
            #expect(open == ["0", "1"])
            for process in [server, child] {
                #expect(files.contents(atPath: "/proc/\(process)/environ")?.isEmpty == true)
            }
        }
    }

    @Test(
        "a child that is ended from outside costs its record, and the next is decoded",
        arguments: [
            (SIGSEGV, "crashed (signal 11)"), (SIGKILL, "killed"), (SIGSYS, "no decoding needs"),
        ])
    func killed(_ signal: Int32, _ words: String) throws {
        let decoder = try Decoder()
        let failure = #expect(throws: Failure.self) {
            try decoder.decode { _, child in kill(pid_t(child), signal) }
        }
        #expect(failure?.scope == (signal == SIGKILL ? .temporary : .item))
        #expect(failure?.message.contains(words) == true)
        try decoder.decode { _, _ in }
    }

    @Test("a server that is killed takes its child with it, and is started again")
    func serverKilled() throws {
        let decoder = try Decoder()
        var before = 0
        let failure = #expect(throws: Failure.self) {
            try decoder.decode { server, _ in
                before = server
                kill(pid_t(server), SIGKILL)
            }
        }
        #expect(failure?.scope == .temporary)
        try decoder.decode { server, _ in #expect(server != before) }
    }

    @Test("a terminal's signals do not reach what is in work")
    func deaf() throws {
        try Decoder().decode { server, child in
            for signal in [SIGINT, SIGTERM, SIGHUP] {
                kill(pid_t(server), signal)
                kill(pid_t(child), signal)
            }
        }
    }

    @Test("too little memory is said, not crashed on")
    func memory() throws {
        let failure = #expect(throws: Failure.self) {
            try Decoder().decode(.init(memory: 1 << 20)) { _, _ in }
        }
        #expect(failure?.scope == .item)
        #expect(failure?.message.contains("memory") == true)
    }

    @Test("ten silent hours take no more memory than a minute")
    func tenHours() throws {
        let scratch = TemporaryDirectory()
        let path = try scratch.write(
            Sound.wave([[]], rate: 8000, stated: 36000 * 16000), "silent.wav")
        // A file with a hole in it: ten hours of zeros that take no room.
        unsafe truncate(path, 44 + 36000 * 16000)
        var before = rusage()
        unsafe getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &before)
        var samples = 0
        let facts = try Audio.decode(path, channels: .mix, rate: 4000) { _, block in
            samples += block.count
        }
        var after = rusage()
        unsafe getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &after)
        #expect(facts.seconds == 36000)
        #expect(samples == 36000 * 4000)
        #expect(after.ru_maxrss - before.ru_maxrss < 64 << 10)
    }

    @Test("what takes too much time is ended")
    func processorTime() throws {
        let failure = #expect(throws: Failure.self) {
            try Decoder().decode(.init(processorSeconds: 0)) { _, _ in }
        }
        #expect(failure?.scope == .item)
        #expect(failure?.message.contains("0 seconds of processor time") == true)
    }
}
