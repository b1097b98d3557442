// Program: the test tool as a process, run to its end or talked to.
import Foundation
import Glibc
import Records
import TestSupport

/// The outcome of a command.
struct Outcome {
    /// As a shell shows it: 128 and the signal's number when a signal ended it.
    let status: Int32
    let output: String
    let errors: String

    var lines: [String] { output.split(separator: "\n").map(String.init) }

    /// The standard output as records, in their order.
    var records: [Record] { lines.compactMap { try? Record($0.utf8) } }
}

/// The tool in a directory for one test.
final class Place {
    private let directory = TemporaryDirectory()
    var path: String { directory.path }

    func file(_ name: String, _ bytes: some Sequence<UInt8> = []) throws -> String {
        try directory.write(bytes, name)
    }

    func text(_ name: String) throws -> String { try directory.text(name) }

    /// A named pipe that a record or a group waits at.
    func gate(_ name: String = "gate") -> Gate { Gate(directory[name]) }

    /// Runs a line of bash in which `$TOOL` is the tool, to its end.
    func run(
        _ script: String, _ input: String = "", _ settings: [String: String] = [:]
    ) throws -> Outcome {
        let streams = try [file("stdin", input.utf8), file("stdout"), file("stderr")]
        let process = process(["-c", script], settings)
        process.standardInput = try FileHandle(forReadingFrom: URL(fileURLWithPath: streams[0]))
        process.standardOutput = try FileHandle(forWritingTo: URL(fileURLWithPath: streams[1]))
        process.standardError = try FileHandle(forWritingTo: URL(fileURLWithPath: streams[2]))
        try process.run()
        process.waitUntilExit()
        return Outcome(
            status: process.shellStatus, output: try text("stdout"), errors: try text("stderr"))
    }

    /// Starts the tool to talk to it.
    func start(_ arguments: String = "", _ settings: [String: String] = [:]) throws -> Talk {
        // The shell is replaced, so that signals go to the tool.
        let process = process(["-c", "exec \"$TOOL\" \(arguments)"], settings)
        let errors = try file("stderr")
        process.standardError = try FileHandle(forWritingTo: URL(fileURLWithPath: errors))
        return try Talk(process, errors, in: self)
    }

    private func process(_ arguments: [String], _ settings: [String: String]) -> Process {
        let tool = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
            .deletingLastPathComponent().appendingPathComponent("FilterTool").path
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/bash")
        process.arguments = arguments
        process.currentDirectoryURL = URL(fileURLWithPath: path)
        process.environment = ["PATH": "/usr/bin:/bin", "TOOL": tool].merging(settings) { $1 }
        return process
    }
}

/// A running tool that lines are given to and taken from.
final class Talk {
    private let process: Process
    private let input = Foundation.Pipe()
    private let output = Foundation.Pipe()
    private let reader: LineReader
    private let errors: String
    /// Kept until the tool has ended.
    private let place: Place

    fileprivate init(_ process: Process, _ errors: String, in place: Place) throws {
        self.place = place
        self.process = process
        self.errors = errors
        process.standardInput = input
        process.standardOutput = output
        reader = LineReader(output.fileHandleForReading.fileDescriptor)
        try process.run()
    }

    func say(_ line: String, end: String = "\n") throws {
        try input.fileHandleForWriting.write(contentsOf: Data((line + end).utf8))
    }

    func sayNoMore() throws { try input.fileHandleForWriting.close() }

    /// The next line; `nil` when there will be no more.
    func hear() throws -> String? {
        while !reader.hasNext() {
            if try reader.fill() == .end { return nil }
        }
        guard case .line(let line)? = reader.next() else { return nil }
        return String(decoding: line.copy, as: UTF8.self)
    }

    /// The id of the record that comes next.
    func hearID() throws -> String? {
        try hear().flatMap { try? Record($0.utf8).id }
    }

    /// True when a line has come that was not heard yet.
    func hasSpoken() throws -> Bool { try reader.hasNext() || reader.isReady() }

    func stopListening() throws { try output.fileHandleForReading.close() }

    func signal(_ number: Int32) { kill(process.processIdentifier, number) }

    /// Waits for its end, with all that it has still to say.
    func end() throws -> Outcome {
        var rest = ""
        while let line = try hear() { rest += line + "\n" }
        process.waitUntilExit()
        return Outcome(
            status: process.shellStatus, output: rest,
            errors: String(
                decoding: try Data(contentsOf: URL(fileURLWithPath: errors)), as: UTF8.self))
    }

    /// Waits for its end when its output is not read.
    func status() -> Int32 {
        process.waitUntilExit()
        return process.shellStatus
    }
}

/// A named pipe at which the tool waits until it is opened.
final class Gate {
    let path: String

    init(_ path: String) {
        self.path = path
        unsafe mkfifo(path, 0o600)
    }

    /// Returns when the tool has come to the gate; closing the descriptor lets it pass.
    func meet() -> Int32 { unsafe open(path, O_WRONLY | O_CLOEXEC) }

    /// Waits for the tool and lets it pass.
    func pass() { close(meet()) }
}

extension Process {
    fileprivate var shellStatus: Int32 {
        terminationReason == .uncaughtSignal ? 128 + terminationStatus : terminationStatus
    }
}
