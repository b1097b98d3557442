// Work: what a record can ask for with its member "do".
import Filter
import Glibc
import Records
import Synchronization

struct Bug: Error {}

func environment(_ name: String) -> String? {
    guard let value = unsafe getenv(name) else { return nil }
    return unsafe String(cString: value)
}

func failure(_ scope: Failure.Scope, _ kind: String) -> Failure {
    Failure(
        scope, Failure.Kind(rawValue: kind) ?? .internal, "do as told: it is told to fail",
        remedy: "tell it something else", status: 418, retryAfter: 2.5)
}

nonisolated(nonsending) func work(on record: inout Record, _ options: Options<ToolOptions>)
    async throws
{
    let kind = record.string("kind") ?? "internal"
    if let gate = record.string("gate") { await pass(gate) }
    switch record.string("do") {
    case "add": record.set("added", .bool(true))
    case "item": throw failure(.item, kind)
    case "temporary":
        record.set("partial", .int(1))
        throw failure(.temporary, kind)
    case "stop": throw failure(.stop, kind)
    case "bug": throw Bug()
    case "cancel": throw CancellationError()
    case "grow": record.set("added", .string(String(repeating: "x", count: LineReader.limit)))
    case "setting": record.set("value", .text(options.environment.value("SETTING")) ?? .null)
    case "wait":
        await cancellation()
        throw failure(.temporary, "network")
    case "events":
        options.observer(.note("a note\u{1B}[31m"))
        options.observer(.waiting(seconds: .infinity, reason: "rate limit"))
        options.observer(.retrying(seconds: .nan, reason: "no answer"))
        options.observer(.progress(.nan))
        options.observer(.bytes(12))
    default: break
    }
}

/// Opens a named pipe, which tells the test that the work has begun, and waits until the test closes
/// its end.
func passBlocking(_ gate: String) {
    let descriptor = unsafe open(gate, O_RDONLY)
    var byte: UInt8 = 0
    while unsafe read(descriptor, &byte, 1) > 0 {}
    close(descriptor)
}

/// The same on a thread of its own, so that any number of records can wait at once.
nonisolated(nonsending) func pass(_ gate: String) async {
    await withCheckedContinuation { continuation in
        onThread {
            passBlocking(gate)
            continuation.resume()
        }
    }
}

/// Waits until the work is cancelled.
nonisolated(nonsending) func cancellation() async {
    let (stream, end) = AsyncStream.makeStream(of: Void.self)
    await withTaskCancellationHandler {
        for await _ in stream {}
    } onCancel: {
        end.finish()
    }
}

private func onThread(_ body: @escaping @Sendable () -> Void) {
    final class Body: Sendable {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }
    var thread = pthread_t()
    unsafe pthread_create(
        &thread, nil,
        { context in
            if let context = unsafe context {
                unsafe Unmanaged<Body>.fromOpaque(context).takeRetainedValue().run()
            }
            return nil
        }, Unmanaged.passRetained(Body(body)).toOpaque())
    pthread_detach(thread)
}
