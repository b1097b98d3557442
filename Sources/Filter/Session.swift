// Session: one run of a tool, from its command line to its exit status.
internal import Glibc
import Records
internal import Synchronization

/// Standard output was closed by its reader, who has seen enough.
struct OutputClosed: Error {}

/// The run's limit is reached or a signal came: end, without complaint.
struct Ended: Error {}

/// What the loops of all kinds of tools share.
final class Session: Sendable {
    let tool: Tool
    let options: Options
    let log: Log
    let progress: Progress
    let signals: Signals
    let output = LineWriter(1)
    private let fault = Mutex<(any Error)?>(nil)
    private let flushIsDue = Mutex(false)

    /// Reads the command line and the settings; ends the program where it says to.
    static func start(_ tool: Tool) -> Session {
        do {
            let arguments = try Arguments(
                Array(CommandLine.arguments.dropFirst()), options: tool.allOptions)
            if arguments.values["help"] != nil { leave(printing: tool.help) }
            if arguments.values["version"] != nil {
                leave(printing: "\(tool.name) (callpipe) \(Tool.version)\n")
            }
            if let shell = arguments.values["completion"] {
                leave(printing: try tool.completion(for: shell))
            }
            return try Session(tool, arguments)
        } catch let error as UsageError {
            complain(tool, error)
        } catch {
            let log = Log(tool: tool.name, level: .error, isJSON: false)
            log.write(.error, "\(error)")
            exit((error as? Failure).map { ExitStatus($0).rawValue } ?? ExitStatus.bug.rawValue)
        }
    }

    private init(_ tool: Tool, _ arguments: Arguments) throws {
        if tool.operands.isEmpty, let word = arguments.operands.first {
            throw UsageError("unexpected word \"\(word)\"")
        }
        let format = arguments.values["log-format"] ?? "text"
        guard ["text", "json"].contains(format) else {
            throw UsageError("option --log-format knows text and json, not \"\(format)\"")
        }
        let isQuiet = arguments.values["quiet"] != nil
        let environment = try EnvironmentFile.environment(arguments.values["env-file"])
        let log = Log(
            tool: tool.name,
            level: isQuiet ? .error : arguments.values["verbose"] == nil ? .info : .debug,
            isJSON: format == "json")
        let isShown =
            isatty(2) == 1 && !isQuiet && format == "text" && environment.value("TERM") != "dumb"
        let progress = Progress(log: log, isShown: isShown)
        self.tool = tool
        self.log = log
        self.progress = progress
        signals = Signals()
        options = Options(arguments, environment) { event in
            switch event {
            case .bytes(let count): progress.moved(count)
            case .progress(let fraction): progress.reached(fraction)
            case .note(let text): log.write(.info, text)
            case .retrying(let seconds, let reason):
                log.write(.warning, "trying again in \(Int(seconds.rounded(.up))) s: \(reason)")
            case .waiting(let seconds, let reason):
                progress.waits(seconds: seconds, for: reason)
                if !progress.isShown {
                    log.write(.info, "waiting \(Int(seconds.rounded(.up))) s: \(reason)")
                }
            }
        }
    }

    /// Stops the loop from a worker; the first reason counts.
    func stop(_ error: any Error) {
        fault.withLock { $0 = $0 ?? error }
        signals.wake()
    }

    /// Throws what a worker stopped the loop for.
    func check() throws {
        if let error = fault.withLock({ $0 }) { throw error }
        if signals.signal != nil { throw Ended() }
    }

    /// Writes a line; it leaves within moments even when nothing follows.
    func write(_ line: some Collection<UInt8>) throws {
        try writing { () throws(SystemError) in try output.write(line) }
    }

    /// Hands on lines that are whole already.
    func write(lines: [UInt8]) throws {
        try writing { () throws(SystemError) in
            try unsafe lines.span.withUnsafeBufferPointer { lines throws(SystemError) in
                try unsafe output.write(lines: lines)
            }
            try output.flush()
        }
    }

    /// Hands on all that was written.
    func flush() throws {
        try writing { () throws(SystemError) in try output.flush() }
    }

    /// Sees to it that what was written leaves soon, while the caller works on.
    func flushSoon() {
        let isDue = flushIsDue.withLock { due in
            defer { due = true }
            return due
        }
        if isDue { return }
        Task.detached {
            try? await Task.sleep(for: .milliseconds(5))
            self.flushIsDue.withLock { $0 = false }
            do { try self.flush() } catch { self.stop(error) }
        }
    }

    private func writing(_ body: () throws(SystemError) -> Void) throws {
        do {
            try body()
        } catch {
            if error.code == EPIPE { throw OutputClosed() }
            throw Failure(
                .stop, .storage, "write standard output: \(error.reason)",
                remedy: "make room and run it again")
        }
    }

    /// Ends the program as what happened demands.
    func finish(_ error: (any Error)? = nil) -> Never {
        var error = error
        if error is CancellationError { error = Ended() }
        if !(error is OutputClosed) {
            do { try flush() } catch let failure { error = error ?? failure }
        }
        if close(1) != 0, error == nil {
            error = Failure(.stop, .storage, "close standard output: \(SystemError().reason)")
        }
        progress.hide()
        switch error {
        case nil, is Ended: break
        case is OutputClosed: Session.dieOfClosedPipe()
        case let usage as UsageError: Session.complain(tool, usage)
        case let failure as Failure:
            log.write(.error, failure.description)
            exit(ExitStatus(failure).rawValue)
        case let system as SystemError:
            log.write(.error, "unable to read standard input: \(system.reason)")
            exit(ExitStatus.io.rawValue)
        case let bug?:
            log.write(.error, "unable to go on: \(bug); please report this as a bug")
            exit(ExitStatus.bug.rawValue)
        }
        log.write(progress.isShown ? .info : .debug, progress.summary)
        if let signal = signals.signal { exit(128 + signal) }
        exit(progress.failures > 0 ? ExitStatus.someFailed.rawValue : ExitStatus.done.rawValue)
    }

    private static func complain(_ tool: Tool, _ error: UsageError) -> Never {
        Log(tool: tool.name, level: .error, isJSON: false).write(
            .error, "\(error.message); try \(tool.name) --help")
        exit(ExitStatus.usage.rawValue)
    }

    private static func leave(printing text: String) -> Never {
        let output = LineWriter(1)
        do {
            try output.write(text.utf8.dropLast())
            try output.flush()
            exit(ExitStatus.done.rawValue)
        } catch {
            exit(ExitStatus.io.rawValue)
        }
    }

    /// As if SIGPIPE had not been ignored: the shell sees 141, and nobody is told anything.
    private static func dieOfClosedPipe() -> Never {
        Glibc.signal(SIGPIPE, SIG_DFL)
        raise(SIGPIPE)
        exit(128 + SIGPIPE)
    }
}
