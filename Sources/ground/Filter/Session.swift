// Session: one run of a tool, from its command line to its exit status.
internal import Glibc
import Records
internal import Synchronization
internal import System

/// Standard output was closed by its reader, who has seen enough.
struct OutputClosed: Error {}

/// The run's limit is reached or a signal came: end, without complaint.
struct Ended: Error {}

/// The frame that the loops of all kinds of tools share.
final class Session: Sendable {
    let program: Program
    let log: Log
    let progress: Progress
    let signals: Signals
    let output = LineWriter(1)
    private let fault = Mutex<(any Error)?>(nil)
    private let flushIsDue = Mutex(false)
    /// Ends the work in hand when the line is to stop.
    private let cancellation = Mutex<(@Sendable () -> Void)?>(nil)
    /// Standard output takes no more, so that no result is worth anything.
    private let isUnwritable = Atomic<Bool>(false)

    /// Reads the command line and the settings; ends the program where they say so.
    ///
    /// - Returns: The run, the options of the tool, and those of its loop.
    static func start<Table, Frame>(
        _ tool: Tool<Table>, _ frame: Frame
    ) -> (Session, Options<Table>, Options<Frame>) {
        Descriptor.occupyStandardStreams()
        let program = tool.program(with: frame)
        let words = Array(CommandLine.arguments.dropFirst())
        // A command line that cannot be split may still say in which form that is told.
        var log = Log(tool: program.name, level: .error, isJSON: LogFormat.isJSON(in: words))
        do {
            let arguments = try Arguments(words, options: program.options)
            let common = try Options(
                CommonOptions(), OptionReader(arguments: arguments, environment: Environment([:])))
            log = Log(tool: program.name, common)
            if common.help { leave(printing: program.help, log) }
            if common.version {
                leave(printing: "\(program.name) (callpipe) \(Program.version)\n", log)
            }
            if let shell = common.completion {
                leave(printing: program.completion(for: shell), log)
            }
            if program.operands.isEmpty, let word = arguments.operands.first {
                throw UsageError("unexpected word \"\(word)\"")
            }
            let file = try EnvironmentFile(common.envFile)
            let environment = file.environment
            let reader = OptionReader(arguments: arguments, environment: environment)
            if let path = try reader.value(of: common.table.log) { try log.copyLines(to: path) }
            for sentence in file.warnings { log.write(.warning, sentence, .setting) }
            let session = try Session(program, environment, log)
            return (
                session, try Options(tool.table, reader, session.observer),
                try Options(frame, reader, session.observer)
            )
        } catch {
            end(error, program, log)
        }
    }

    private init(_ program: Program, _ environment: Environment, _ log: Log) throws {
        try Session.setClock(environment)
        // Where the records go to the same terminal, a line between them would only be in the way.
        let isShown =
            isatty(2) == 1 && isatty(1) == 0 && log.level >= .info && !log.isJSON
            && environment.value("TERM") != "dumb"
        self.program = program
        self.log = log
        progress = Progress(log: log, isShown: isShown)
        signals = try Signals()
    }

    /// Shows the events of engines and services.
    var observer: Observer {
        { [log, progress] event in
            switch event {
            case .bytes(let count): progress.moved(count)
            case .progress(let fraction): progress.reached(fraction)
            case .taken: progress.taken()
            case .rejected(let failure):
                log.write(failure)
                progress.rejected()
            case .note(let text): log.write(.info, text)
            case .retrying(let seconds, let reason):
                log.write(
                    .warning, "trying again in \(Progress.span(seconds)): \(reason)", .retry)
            case .waiting(let seconds, let reason):
                progress.waits(seconds: seconds, for: reason)
                if !progress.isShown {
                    log.write(.info, "waiting \(Progress.span(seconds)): \(reason)")
                }
            }
        }
    }

    /// Tests live through a week in seconds; nothing else sets the clock.
    private static func setClock(_ environment: Environment) throws(Failure) {
        guard let text = environment.value("CALLPIPE_NOW") else { return }
        guard let moment = Timestamp(text) else {
            throw Failure(
                .stop, .configuration, "use CALLPIPE_NOW: it is not an RFC 3339 time",
                remedy: "leave it out, it is for tests")
        }
        Timestamp.pretend(now: moment)
    }

    /// Stops the loop from a worker; the first reason counts.
    func stop(_ error: any Error) {
        fault.withLock { $0 = $0 ?? error }
        signals.wake()
        cancellation.withLock { $0 }?()
    }

    /// Sets the reaction of the work in hand when the line is to stop, beside reading no more.
    func reactToStop(_ body: @escaping @Sendable () -> Void) {
        cancellation.withLock { $0 = body }
    }

    /// True when a failure stops the line, and neither a signal nor an output that takes no more.
    var isStoppedByFailure: Bool {
        fault.withLock { $0 is Failure } && signals.signal == nil
            && !isUnwritable.load(ordering: .sequentiallyConsistent)
    }

    /// Throws the reason for which a worker stopped the loop.
    func check() throws {
        if let error = fault.withLock({ $0 }) { throw error }
        if signals.signal != nil { throw Ended() }
    }

    /// Adds a line to the output; ``flush()`` and ``flushSoon()`` hand it on.
    func write(_ line: some Collection<UInt8>) throws {
        try writing { () throws(SystemError) in try output.write(line) }
    }

    /// Adds a record as it came.
    func write(_ line: borrowing Line) throws {
        try writing { () throws(SystemError) in try output.write(line) }
    }

    /// Hands on lines that are whole already.
    func write(lines: [UInt8]) throws {
        try writing { () throws(SystemError) in
            try output.write(lines: lines)
            try output.flush()
        }
    }

    /// Hands on all that was written.
    func flush() throws {
        try writing { () throws(SystemError) in try output.flush() }
    }

    /// Sees to it that what was written leaves soon, while the caller works on.
    func flushSoon() {
        if output.isFlushed { return }
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
            isUnwritable.store(true, ordering: .sequentiallyConsistent)
            if error.code == EPIPE { throw OutputClosed() }
            throw Session.unwritable(error)
        }
    }

    private static func unwritable(_ error: SystemError) -> Failure {
        Failure(
            .stop, .storage, "write standard output: \(error.reason)",
            remedy: [ENOSPC, EDQUOT].contains(error.code) ? "make room and run it again" : "")
    }

    /// Ends the program as what happened demands, after telling how many records there were where
    /// they count.
    func finish(
        _ error: (any Error)? = nil, counting: Bool = true, status: Int32? = nil
    ) -> Never {
        // The reason for which a worker stopped the loop comes before its consequences. An end at the limit
        // is no error, and must not hide that the last records cannot be written.
        var error = fault.withLock { $0 } ?? error
        if error is Ended { error = nil }
        if !(error is OutputClosed) {
            do { try flush() } catch let failure { error = error ?? failure }
        }
        if close(1) != 0, error == nil { error = Session.unwritable(SystemError()) }
        progress.hide()
        // The failure of the work in hand when a signal came is not told: the signal is the reason.
        if let signal = signals.signal {
            log.write(.debug, progress.summary)
            exit(128 + signal)
        }
        if let error { Session.end(error, program, log) }
        if counting { log.write(progress.isNews ? .info : .debug, progress.summary) }
        if let status { exit(status) }
        exit(progress.failures > 0 ? ExitStatus.someFailed.rawValue : ExitStatus.done.rawValue)
    }

    /// Ends the program with another program's status.
    func leave(with status: Int32) -> Never { exit(status) }

    /// The exit status that an end for this reason has.
    func status(_ error: (any Error)?) -> Int32 {
        if let signal = signals.signal { return 128 + signal }
        guard let error, !(error is Ended) else {
            return (progress.failures > 0 ? ExitStatus.someFailed : .done).rawValue
        }
        return error is OutputClosed ? 128 + SIGPIPE : Session.status(of: error).rawValue
    }

    private static func status(of error: any Error) -> ExitStatus {
        switch error {
        case is UsageError: .usage
        case is CannotCreate: .cannotCreate
        case let refusal as CannotRun: refusal.kind
        case let failure as Failure: ExitStatus(failure)
        case is SystemError: .io
        default: .bug
        }
    }

    /// Says what is wrong and ends the program with the status that it stands for.
    private static func end(_ error: any Error, _ program: Program, _ log: Log) -> Never {
        switch error {
        case is OutputClosed: dieOfClosedPipe()
        case let usage as UsageError:
            log.write(
                .error,
                "unable to understand the command line: \(usage.message);"
                    + " try \(program.name) --help", .usage)
        case let refusal as CannotCreate:
            log.write(
                Failure(.stop, .storage, refusal.message, remedy: "name a file that can be written")
            )
        case let refusal as CannotRun: log.write(Failure(.stop, .configuration, refusal.message))
        case let failure as Failure: log.write(failure)
        case let system as SystemError:
            log.write(Failure(.stop, .storage, "go on: \(system.reason)"))
        default:
            log.write(
                Failure(.stop, .internal, "go on: \(error)", remedy: "please report this as a bug"))
        }
        exit(status(of: error).rawValue)
    }

    private static func leave(printing text: String, _ log: Log) -> Never {
        do throws(SystemError) {
            try Descriptor.writeAll(1, text.utf8.span)
            if close(1) != 0 { throw SystemError() }
            exit(ExitStatus.done.rawValue)
        } catch {
            if error.code == EPIPE { dieOfClosedPipe() }
            log.write(unwritable(error))
            exit(ExitStatus.io.rawValue)
        }
    }

    /// Ends the program as SIGPIPE does by itself: the shell sees 141, and nothing is written.
    private static func dieOfClosedPipe() -> Never {
        Signal.reset(SIGPIPE)
        raise(SIGPIPE)
        exit(128 + SIGPIPE)
    }
}
