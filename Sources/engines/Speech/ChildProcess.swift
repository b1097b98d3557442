// ChildProcess: a program run to its end, without a shell, for as long as somebody waits for it.
internal import Glibc
internal import Records
internal import System

/// How a program ended, what it wrote and what it complained about.
package struct ChildProcess: Sendable {
    package enum End: Equatable, Sendable {
        case exited(Int32)
        case signalled(Int32)
        case timedOut
        /// It wrote more than anybody can want.
        case endless
    }

    package let end: End
    /// Its standard output, where it was asked for.
    package let output: [UInt8]
    /// The end of its standard error.
    package let complaints: String

    /// The line that says most: the first that names an error, else the last.
    package var reason: String { ChildProcess.reason(in: complaints) }

    package static func reason(in complaints: String) -> String {
        let lines = complaints.split(whereSeparator: \.isNewline)
        let line = lines.first { $0.hasPrefix("error") } ?? lines.last ?? ""
        return line.isEmpty ? "it said nothing" : String(line.prefix(200))
    }

    /// Runs a program on a thread of its own, and ends it when the task is cancelled.
    package static func run(
        _ program: Program, limit: Duration, outputLimit: Int = 0
    ) async throws -> ChildProcess {
        try await OwnThread.run { cancellation in
            try run(program, limit: limit, outputLimit: outputLimit, cancellation)
        }
    }

    /// Runs a program.
    ///
    /// - Parameters:
    ///   - program: What to run.
    ///   - limit: The longest time.
    ///   - outputLimit: The most bytes of standard output; 0 throws it away.
    ///   - cancellation: Ends it, when nobody waits any longer.
    /// - Returns: How it ended.
    /// - Throws: `Failure` of scope `stop` when it cannot be started, and when it was cancelled.
    static func run(
        _ program: Program, limit: Duration, outputLimit: Int = 0, _ cancellation: Cancellation
    ) throws(Failure) -> ChildProcess {
        let errors = try ChildPipe()
        let output = try ChildPipe()
        let started = Result { () throws(Failure) in
            try Child(
                program, output: outputLimit > 0 ? output.writing : nil, errors: errors.writing)
        }
        errors.giveAway()
        output.giveAway()
        let child = try started.get()
        cancellation.react { child.kill() }
        defer { cancellation.react(nil) }

        let deadline = ContinuousClock.now + limit
        var streams = Streams(errors: errors.reading, output: output.reading, limit: outputLimit)
        var ending: End?
        while true {
            streams.read()
            if let end = child.reaped() {
                streams.read(patience: 0)
                try cancellation.check()
                let isCut = streams.isEndless && end == .exited(0)
                return ChildProcess(
                    end: ending ?? (isCut ? .endless : end), output: streams.output,
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
}

/// What comes from a child: all of its output up to a limit, and the last of its complaints.
struct Streams {
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
    mutating func read(patience: Int32 = 100) {
        // The child may outlive its streams; then the wait is only for its end.
        var patience = descriptors == [-1, -1] ? min(patience, 5) : patience
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        // Never read without asking first: a child that falls silent must not keep us from seeing
        // that its time is up.
        // Nor for ever: a child that never falls silent has a time too.
        for _ in 0..<64 {
            let events = try? Descriptor.wait(
                for: descriptors.map { ($0, Int16(POLLIN)) }, milliseconds: patience)
            guard let events, events.contains(where: { $0 != 0 }) else { return }
            patience = 0
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
