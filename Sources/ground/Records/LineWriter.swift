// LineWriter: lines to a descriptor, each of them whole, every write checked.
internal import Synchronization
public import System

/// Gathers lines until it is told to flush; may be used from several threads, and a line is never
/// torn by another.
///
/// The first write that fails is the last: every call after it fails alike, so that no thread can
/// take output for written that another has lost.
public final class LineWriter: Sendable {
    private struct State {
        var buffer: [UInt8] = []
        var failure: SystemError?
    }

    private let descriptor: Int32
    private let state = Mutex(State())
    private static let size = 256 << 10

    /// Writes to a descriptor that stays the caller's.
    public init(_ descriptor: Int32) {
        self.descriptor = descriptor
    }

    /// True when everything that was added is written.
    public var isFlushed: Bool { state.withLock { $0.buffer.isEmpty && $0.failure == nil } }

    /// Adds a line and its end.
    public func write(_ line: some Collection<UInt8>) throws(SystemError) {
        try state.withLock { state throws(SystemError) in
            if let failure = state.failure { throw failure }
            if line.count < LineWriter.size {
                state.buffer.append(contentsOf: line)
            } else {
                try flush(&state)
                try put(long: line, &state)
            }
            state.buffer.append(0x0A)
            if state.buffer.count >= LineWriter.size { try flush(&state) }
        }
    }

    /// Adds a record as it came, and its end.
    public func write(_ line: borrowing Line) throws(SystemError) {
        try unsafe write(line.bytes)
    }

    /// Writes a long line from where it lies, since a copy could be 16 MiB.
    private func put(
        long line: some Collection<UInt8>, _ state: inout State
    ) throws(SystemError) {
        let result: Result<Void, SystemError>? = line.withContiguousStorageIfAvailable { text in
            do throws(SystemError) {
                return .success(try unsafe put(UnsafeRawBufferPointer(text), &state))
            } catch {
                return .failure(error)
            }
        }
        if let result { try result.get() } else { state.buffer.append(contentsOf: line) }
    }

    /// Adds text that is whole lines already.
    public func write(lines: [UInt8]) throws(SystemError) {
        try state.withLock { state throws(SystemError) in
            if state.buffer.count + lines.count >= LineWriter.size { try flush(&state) }
            if let failure = state.failure { throw failure }
            if lines.count >= LineWriter.size / 4 {
                try flush(&state)
                try put(lines, &state)
            } else {
                state.buffer.append(contentsOf: lines)
            }
        }
    }

    /// Writes what was gathered.
    public func flush() throws(SystemError) {
        try state.withLock { state throws(SystemError) in try flush(&state) }
    }

    private func flush(_ state: inout State) throws(SystemError) {
        if let failure = state.failure { throw failure }
        guard !state.buffer.isEmpty else { return }
        var buffer: [UInt8] = []
        swap(&buffer, &state.buffer)
        try put(buffer, &state)
        // The memory is used again, unless one long line made it large.
        buffer.removeAll(keepingCapacity: buffer.capacity <= 4 * LineWriter.size)
        swap(&buffer, &state.buffer)
    }

    private func put(_ bytes: [UInt8], _ state: inout State) throws(SystemError) {
        try unsafe bytes.span.bytes.withUnsafeBytes { bytes throws(SystemError) in
            try unsafe put(bytes, &state)
        }
    }

    private func put(
        _ bytes: UnsafeRawBufferPointer, _ state: inout State
    ) throws(SystemError) {
        do {
            try unsafe Descriptor.writeAll(descriptor, bytes)
        } catch {
            state.failure = error
            throw error
        }
    }
}
