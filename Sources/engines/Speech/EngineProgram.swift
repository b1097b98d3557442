// EngineProgram: a program that an engine runs, and its failures in the words of a failure.
package import Records
package import System

/// A program of an engine, with the remedy for a program that cannot be started.
package struct EngineProgram: Sendable {
    private let program: Program
    private let remedy: String

    package init(_ program: Program, remedy: String = "") {
        self.program = program
        self.remedy = remedy
    }

    /// Runs the program to its end, with the calling thread.
    ///
    /// - Parameters:
    ///   - limit: The longest time.
    ///   - outputLimit: The most bytes of standard output; 0 throws it away.
    ///   - cancellation: Ends it when the task that waits is cancelled.
    /// - Returns: How it ended, and its output.
    /// - Throws: `Failure` of scope `stop` when it cannot be started, and when it was cancelled.
    package func run(
        limit: Duration, outputLimit: Int = 0, _ cancellation: Cancellation
    ) throws(Failure) -> ProgramResult {
        do throws(ProgramError) {
            return try program.run(limit: limit, outputLimit: outputLimit, cancellation)
        } catch {
            throw failure(error)
        }
    }

    /// Runs the program on a thread of its own, and ends it when the task is cancelled.
    package func run(limit: Duration, outputLimit: Int = 0) async throws -> ProgramResult {
        try await OwnThread.run { cancellation in
            try run(limit: limit, outputLimit: outputLimit, cancellation)
        }
    }

    /// Starts the program beside this process.
    ///
    /// - Throws: `Failure` of scope `stop` when it cannot be started.
    package func start() async throws(Failure) -> ManagedProcess {
        do throws(ProgramError) {
            return try await ManagedProcess.start(program)
        } catch {
            throw failure(error)
        }
    }

    private func failure(_ error: ProgramError) -> Failure {
        switch error {
        case .start(let reason):
            Failure(
                .stop, .configuration, "start \(program.path): \(reason.reason)", remedy: remedy)
        case .pipe(let reason):
            Failure(.temporary, .engine, "make a pipe: \(reason.reason)")
        case .thread:
            Failure(.stop, .engine, "start \(program.path): there is no thread for it")
        case .cancelled: .cancelled
        }
    }
}

extension ProgramResult {
    /// The line that says most: the first that names an error, else the last.
    package var reason: String { ProgramResult.reason(in: complaints) }

    package static func reason(in complaints: String) -> String {
        let lines = complaints.split(whereSeparator: \.isNewline)
        let line = lines.first { $0.hasPrefix("error") } ?? lines.last ?? ""
        return line.isEmpty ? "it said nothing" : String(line.prefix(200))
    }
}
