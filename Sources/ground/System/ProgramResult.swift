// ProgramResult: a program run to its end, within bounds of time and output.
internal import Glibc

/// A failure to run a program, which says nothing of the program's own work.
public enum ProgramError: Error, Equatable {
    /// It cannot be started.
    case start(SystemError)
    /// There is no pipe for its output.
    case pipe(SystemError)
    /// There is no thread for it to depend on.
    case thread(SystemError)
    /// The task that waited for it was cancelled.
    case cancelled
}

/// How a program ended, what it wrote and what it complained about.
public struct ProgramResult: Sendable {
    /// How it ended.
    public enum End: Equatable, Sendable {
        /// It ended by itself with a status, 0 to 255.
        case exited(Int32)
        /// A signal ended it.
        case signalled(Int32)
        /// It was ended because its time was over.
        case timedOut
        /// It wrote more than its limit.
        case endless
    }

    /// How it ended.
    public let end: End
    /// Its standard output, where it was asked for.
    public let output: [UInt8]
    /// The end of its standard error, at most 64 KiB.
    public let complaints: String
}

extension Program {
    /// Runs the program to its end, with the calling thread.
    ///
    /// - Parameters:
    ///   - limit: The longest time.
    ///   - input: Its standard input; `nil` for an empty one.
    ///   - outputLimit: The most bytes of standard output; 0 throws it away.
    ///   - cancellation: Ends it when the task that waits is cancelled.
    /// - Returns: How it ended, and its output.
    /// - Throws: `ProgramError` when it cannot be started, and when it was cancelled.
    public func run(
        limit: Duration, input: Int32? = nil, outputLimit: Int = 0, _ cancellation: Cancellation
    ) throws(ProgramError) -> ProgramResult {
        var errors = try PipeEnds.forChild()
        var output = try PipeEnds.forChild()
        let child = try start(
            input: input, output: outputLimit > 0 ? output.writing : nil, errors: errors.writing)
        errors.closeWriting()
        output.closeWriting()
        cancellation.react { child.kill() }
        defer { cancellation.react(nil) }

        let deadline = ContinuousClock.now + limit
        var streams = ChildStreams(
            errors: errors.reading, output: output.reading, limit: outputLimit)
        var ending: ProgramResult.End?
        while true {
            streams.read()
            if let end = child.reaped() {
                streams.read(milliseconds: 0)
                if cancellation.isCancelled { throw .cancelled }
                let isCut = streams.isEndless && end == .exited(0)
                return ProgramResult(
                    end: ending ?? (isCut ? .endless : .init(end)), output: streams.output,
                    complaints: streams.complaints)
            }
            guard ending == nil else { continue }
            if ContinuousClock.now >= deadline {
                ending = .timedOut
            } else if streams.isEndless {
                ending = .endless
            }
            if ending != nil { child.kill() }
        }
    }

    func start(
        input: Int32? = nil, output: Int32?, errors: Int32?
    ) throws(ProgramError) -> ChildProcess {
        do throws(SystemError) {
            return try ChildProcess(self, as: .worker, input: input, output: output, errors: errors)
        } catch {
            throw .start(error)
        }
    }
}

extension ProgramResult.End {
    fileprivate init(_ end: ChildProcess.End) {
        self =
            switch end {
            case .exited(let status): .exited(status)
            case .signalled(let signal): .signalled(signal)
            }
    }
}

extension PipeEnds {
    static func forChild() throws(ProgramError) -> PipeEnds {
        do throws(SystemError) {
            return try PipeEnds()
        } catch {
            throw .pipe(error)
        }
    }
}

/// The output of a child up to a limit, and the last of its complaints.
struct ChildStreams {
    private(set) var output: [UInt8] = []
    private(set) var isEndless = false
    private var tail: [UInt8] = []
    private let limit: Int
    /// -1 for one that is at its end.
    private var descriptors: [Int32]

    init(errors: Int32, output: Int32 = -1, limit: Int = 0) {
        descriptors = [errors, output]
        self.limit = limit
    }

    var complaints: String { String(decoding: tail, as: UTF8.self) }

    /// Takes what there is, after a moment's wait for it.
    mutating func read(milliseconds: Int32 = 100) {
        // The child may outlive its streams; then the wait is only for its end.
        var wait = descriptors == [-1, -1] ? min(milliseconds, 5) : milliseconds
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        // Never read without asking first: a child that falls silent must not keep us from seeing
        // that its time is up.
        // Nor for ever: a child that never falls silent has a time too.
        for _ in 0..<64 {
            let events = try? Descriptor.wait(
                for: descriptors.map { ($0, Int16(POLLIN)) }, milliseconds: wait)
            guard let events, events.contains(where: { $0 != 0 }) else { return }
            wait = 0
            for index in events.indices where events[index] != 0 {
                let descriptor = descriptors[index]
                let count = unsafe chunk.withUnsafeMutableBytes { buffer in
                    (try? unsafe Descriptor.read(descriptor, into: buffer)) ?? 0
                }
                if count == 0 { descriptors[index] = -1 }
                take(chunk[..<count], isOutput: index == 1)
            }
        }
    }

    private mutating func take(_ bytes: ArraySlice<UInt8>, isOutput: Bool) {
        if isOutput {
            isEndless = isEndless || output.count + bytes.count > limit
            if !isEndless { output += bytes }
        } else {
            tail += bytes
            if tail.count > 64 << 10 { tail.removeFirst(tail.count - (32 << 10)) }
        }
    }
}
