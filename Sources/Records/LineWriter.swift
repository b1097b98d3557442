// LineWriter: lines to a descriptor, each of them whole, every write checked.
internal import Synchronization

/// Gathers lines until it is told to flush; may be used from several threads, and a line is never
/// torn by another.
public final class LineWriter: Sendable {
    private let descriptor: Int32
    private let buffer = Mutex<[UInt8]>([])
    private static let size = 256 << 10

    /// Writes to a descriptor that stays the caller's.
    public init(_ descriptor: Int32) {
        self.descriptor = descriptor
    }

    /// Adds a line and its end.
    public func write(_ line: some Collection<UInt8>) throws(SystemError) {
        try buffer.withLock { buffer throws(SystemError) in
            buffer.append(contentsOf: line)
            buffer.append(0x0A)
            if buffer.count >= LineWriter.size { try LineWriter.flush(&buffer, to: descriptor) }
        }
    }

    /// Adds text that is whole lines already, such as a run of lines in the reader's memory.
    public func write(lines: UnsafeBufferPointer<UInt8>) throws(SystemError) {
        try buffer.withLock { buffer throws(SystemError) in
            if lines.count < LineWriter.size / 4 {
                unsafe buffer.append(contentsOf: lines)
                return
            }
            try LineWriter.flush(&buffer, to: descriptor)
            try unsafe Descriptor.writeAll(descriptor, UnsafeRawBufferPointer(lines))
        }
    }

    /// Writes what was gathered.
    public func flush() throws(SystemError) {
        try buffer.withLock { buffer throws(SystemError) in
            try LineWriter.flush(&buffer, to: descriptor)
        }
    }

    private static func flush(
        _ buffer: inout [UInt8], to descriptor: Int32
    ) throws(SystemError) {
        guard !buffer.isEmpty else { return }
        defer { buffer.removeAll(keepingCapacity: buffer.capacity <= 4 * LineWriter.size) }
        try unsafe buffer.span.bytes.withUnsafeBytes { bytes throws(SystemError) in
            try unsafe Descriptor.writeAll(descriptor, bytes)
        }
    }
}
