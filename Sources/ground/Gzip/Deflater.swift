// Deflater: bytes in, a gzip file out, a piece at a time.
internal import CZlib

/// Compresses bytes as they come, in memory that does not grow.
public struct Deflater: ~Copyable {
    private let stream = Stream()

    /// Begins a gzip file.
    ///
    /// - Parameter level: From 1, fast, to 9, small.
    public init(level: Int) {
        guard unsafe czlib_deflate_gzip(stream.pointer, Int32(level)) == Z_OK else {
            fatalError("out of memory")
        }
    }

    deinit {
        unsafe deflateEnd(stream.pointer)
    }

    /// Compresses bytes; the closure takes the output that is ready.
    ///
    /// The corresponding C function is `deflate`.
    public mutating func add<Problem: Error>(
        _ bytes: Span<UInt8>,
        _ sink: (Span<UInt8>) throws(Problem) -> Void
    ) throws(Problem) {
        _ = try unsafe stream.run(bytes, { unsafe deflate($0, Z_NO_FLUSH) }, sink)
    }

    /// Ends the file; the closure takes the rest of it.
    public consuming func finish<Problem: Error>(
        _ sink: (Span<UInt8>) throws(Problem) -> Void
    ) throws(Problem) {
        _ = try unsafe stream.run(Span(), { unsafe deflate($0, Z_FINISH) }, sink)
    }
}
