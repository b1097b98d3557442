// Programs: the other tools, run as programs in a place of their own.
import Files
import FoundationEssentials
import Records
import System

/// A directory for one try, removed at its end.
final class TrialPlace: Sendable {
    let path: String

    /// Makes the directory, for this user alone.
    init() throws(Failure) {
        let parent = ProcessEnvironment.variables["TMPDIR"] ?? "/tmp"
        path = "\(parent)/callpipe-doctor-\(UUID().uuidString)"
        do throws(SystemError) {
            try FileSystem.makeDirectory(path, mode: 0o700)
        } catch {
            throw Failure(
                .stop, .storage, "make a directory below \(parent): \(error.reason)",
                remedy: "let TMPDIR name a directory that this user may write")
        }
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    /// Puts a file there, and the directories above it.
    func put(_ bytes: [UInt8], as name: String) throws(Failure) {
        let file = "\(path)/\(name)"
        do throws(SystemError) {
            try StagedFile.makeDirectory(StagedFile.parent(of: file), mode: 0o700)
            try StagedFile.write(bytes, to: file, mode: 0o600, isDurable: false)
        } catch {
            throw Failure(.stop, .storage, "write \(file): \(error.reason)", remedy: "make room")
        }
    }
}

extension TrialPlace {
    /// Runs a tool that is installed beside this one.
    ///
    /// - Parameters:
    ///   - tool: Its name.
    ///   - words: Its arguments.
    ///   - input: The text of its standard input.
    ///   - settings: Settings in place of those of this process.
    ///   - seconds: The longest time.
    /// - Returns: Its standard output.
    /// - Throws: `Failure` with the tool's own words when it does not end with 0.
    func run(
        _ tool: String, _ words: [String], input: String = "", settings: [String: String] = [:],
        atMost seconds: Double = 60
    ) async throws(Failure) -> String {
        try put(Array(input.utf8), as: "input")
        let program = Program(
            "\(OwnProgram.directory)/\(tool)", words,
            environment: ProcessEnvironment.variables.merging(settings) { $1 })
        let path = path
        return try await OwnThread.blocking { () throws(Failure) in
            let result: ProgramResult
            do {
                let file = try OwnedDescriptor(opening: "\(path)/input", 0)
                result = try program.run(
                    limit: .seconds(seconds), input: file.number, outputLimit: 16 << 20,
                    Cancellation())
            } catch {
                throw Failure(
                    .stop, .engine, "run \(tool): it cannot be started",
                    remedy: "install \(tool) beside call-doctor")
            }
            guard result.end == .exited(0) else {
                // 64 tells that the words were wrong, and nothing of an engine.
                let kind: Failure.Kind = result.end == .exited(64) ? .configuration : .engine
                throw Failure(.stop, kind, TrialPlace.words(result, of: tool))
            }
            return String(decoding: result.output, as: UTF8.self)
        }
    }

    /// The last words of a tool, without its name: `VERB OBJECT: reason; remedy`.
    private static func words(_ result: ProgramResult, of tool: String) -> String {
        let line = result.complaints.split(separator: "\n").last { $0.hasPrefix("\(tool): ") }
        let said = line.map { String($0.dropFirst(tool.count + 2)) } ?? "\(result.end)"
        let mark = "unable to "
        return said.hasPrefix(mark) ? String(said.dropFirst(mark.count)) : "run \(tool): \(said)"
    }
}
