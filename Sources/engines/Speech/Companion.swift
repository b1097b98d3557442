// Companion: a program that runs beside us until nobody needs it.
internal import Glibc
package import Records
internal import Synchronization

/// A server of our own, which ends with this object and with this process however that ends.
///
/// The kernel kills it when the thread that started it is gone, so that thread stays as long as it
/// does.
package final class Companion: Sendable {
    private struct State {
        var child: Child?
        var end: ChildProcess.End?
        var complaints = ""
    }

    private final class Shared: Sendable {
        let state = Mutex(State())

        /// The whole life of the program, on the thread that it hangs on.
        func run(_ program: Program, _ tell: (Result<Void, Failure>) -> Void) {
            let child: Child
            let errors: ChildPipe
            do throws(Failure) {
                errors = try ChildPipe()
                let started = Result { () throws(Failure) in
                    try Child(program, output: nil, errors: errors.writing)
                }
                errors.giveAway()
                child = try started.get()
            } catch {
                return tell(.failure(error))
            }
            state.withLock { $0.child = child }
            tell(.success(()))
            var streams = Streams(errors: errors.reading)
            while true {
                streams.read()
                guard let end = child.reaped() else { continue }
                streams.read(patience: 0)
                return state.withLock { state in
                    state.end = end
                    state.complaints = streams.complaints
                }
            }
        }
    }

    private let shared: Shared

    private init(_ shared: Shared) { self.shared = shared }

    deinit { kill() }

    /// Starts a program.
    ///
    /// - Throws: `Failure` of scope `stop` when it cannot be started.
    package static func start(_ program: Program) async throws(Failure) -> Companion {
        let shared = Shared()
        let result: Result<Void, Failure> = await withCheckedContinuation { continuation in
            let hasThread = OwnThread.begin {
                shared.run(program) { continuation.resume(returning: $0) }
            }
            if !hasThread {
                continuation.resume(
                    returning: .failure(
                        Failure(.stop, .engine, "start \(program.path): there is no thread for it"))
                )
            }
        }
        try result.get()
        return Companion(shared)
    }

    /// How it ended, once it has.
    package var end: ChildProcess.End? { shared.state.withLock { $0.end } }

    /// What it said last, once it has ended.
    package var complaints: String { shared.state.withLock { $0.complaints } }

    /// Ends it.
    package func kill() { shared.state.withLock { $0.child }?.kill() }
}
