// Inflater: a gzip file in, the bytes that it was made of out, a piece at a time.
internal import CZlib

/// A gzip file that is not whole.
public enum GzipError: Error, Equatable {
    /// It does not begin as a gzip file, its bytes make no sense, or its checksum is another.
    case damaged
    /// It ends too early.
    case truncated
    /// Something stands behind its end.
    case continued

    /// The fault in words, to stand behind "it".
    public var reason: String {
        switch self {
        case .damaged: "is no gzip file, or a damaged one"
        case .truncated: "has lost its end"
        case .continued: "has more bytes behind its end"
        }
    }
}

/// Expands a gzip file as it is read, in memory that does not grow.
public struct Inflater: ~Copyable {
    private let stream = Stream()
    private var isComplete = false
    private var problem: GzipError?

    /// Begins a file.
    public init() {
        guard unsafe czlib_inflate_gzip(stream.pointer) == Z_OK else { fatalError("out of memory") }
    }

    deinit {
        unsafe inflateEnd(stream.pointer)
    }

    /// Expands bytes of the file; the closure takes the result.
    ///
    /// After a fault the closure is not called any more, and ``finish()`` throws.
    /// The corresponding C function is `inflate`.
    public mutating func add<Problem: Error>(
        _ bytes: Span<UInt8>,
        _ sink: (Span<UInt8>) throws(Problem) -> Void
    ) throws(Problem) {
        if problem != nil { return }
        if bytes.isEmpty { return }
        if isComplete {
            problem = .continued
            return
        }
        let (code, rest) = try unsafe stream.run(bytes, { unsafe inflate($0, Z_NO_FLUSH) }, sink)
        switch code {
        case Z_STREAM_END:
            isComplete = true
            if rest > 0 { problem = .continued }
        // Z_BUF_ERROR says that more input is needed.
        case Z_OK, Z_BUF_ERROR: break
        default: problem = .damaged
        }
    }

    /// Throws unless the file was whole, from its first byte to its last.
    public func finish() throws(GzipError) {
        if let problem { throw problem }
        if !isComplete { throw .truncated }
    }
}
