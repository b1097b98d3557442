// ManagedProcess: a program that runs beside this process for as long as it is wanted.
internal import Synchronization

/// A server of our own, which ends with this object and with this process however that ends.
///
/// The kernel kills it when the thread that started it ends, so that thread stays as long as the
/// program does.
public final class ManagedProcess: Sendable {
    private struct State {
        var child: ChildProcess?
        var end: ChildProcess.End?
        var complaints = ""
    }

    private final class Life: Sendable {
        let state = Mutex(State())

        /// The whole life of the program, on the thread that it depends on.
        func run(_ program: Program, _ tell: (Result<Void, ProgramError>) -> Void) {
            do throws(ProgramError) {
                var errors = try PipeEnds.forChild()
                let child = try program.start(output: nil, errors: errors.writing)
                errors.closeWriting()
                state.withLock { $0.child = child }
                tell(.success(()))
                watch(child, errors)
            } catch {
                tell(.failure(error))
            }
        }

        private func watch(_ child: ChildProcess, _ errors: borrowing PipeEnds) {
            var streams = ChildStreams(errors: errors.reading)
            while true {
                streams.read()
                guard let end = child.reaped() else { continue }
                streams.read(milliseconds: 0)
                return state.withLock { state in
                    state.end = end
                    state.complaints = streams.complaints
                }
            }
        }
    }

    private let life: Life

    private init(_ life: Life) { self.life = life }

    deinit { kill() }

    /// Starts a program on a thread of its own.
    ///
    /// - Throws: `ProgramError` when it cannot be started.
    public static func start(_ program: Program) async throws(ProgramError) -> ManagedProcess {
        let life = Life()
        let result: Result<Void, ProgramError> = await withCheckedContinuation { continuation in
            do throws(SystemError) {
                try OwnThread.begin {
                    life.run(program) { continuation.resume(returning: $0) }
                }
            } catch {
                continuation.resume(returning: .failure(.thread(error)))
            }
        }
        try result.get()
        return ManagedProcess(life)
    }

    /// How it ended, once it has.
    public var end: ChildProcess.End? { life.state.withLock { $0.end } }

    /// The last of its standard error, once it has ended.
    public var complaints: String { life.state.withLock { $0.complaints } }

    /// Ends it.
    public func kill() { life.state.withLock { $0.child }?.kill() }
}
