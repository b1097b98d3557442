// Stream: the memory that zlib works in, and one turn of its handle.
internal import CZlib

/// The state of a zlib stream.
///
/// It stays at one address, because zlib points back to it.
@safe
struct Stream: ~Copyable {
    let pointer: UnsafeMutablePointer<z_stream>
    private let room = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: 64 << 10)

    init() {
        unsafe pointer = .allocate(capacity: 1)
        unsafe pointer.initialize(to: z_stream())
    }

    deinit {
        unsafe room.deallocate()
        unsafe pointer.deallocate()
    }

    /// Calls the function until it needs more bytes, and hands on its output.
    ///
    /// - Parameters:
    ///   - bytes: The input; all of it is taken, unless the stream ends before.
    ///   - turn: One call of `inflate` or `deflate`.
    ///   - sink: Takes the output.
    /// - Returns: The result of the last call, and the count of bytes that it left.
    /// - Throws: The error of the sink.
    borrowing func run<Problem: Error>(
        _ bytes: Span<UInt8>, _ turn: (UnsafeMutablePointer<z_stream>) -> Int32,
        _ sink: (Span<UInt8>) throws(Problem) -> Void
    ) throws(Problem) -> (code: Int32, rest: Int) {
        try unsafe bytes.withUnsafeBufferPointer { bytes throws(Problem) in
            try unsafe run(bytes, turn, sink)
        }
    }

    private borrowing func run<Problem: Error>(
        _ bytes: UnsafeBufferPointer<UInt8>,
        _ turn: (UnsafeMutablePointer<z_stream>) -> Int32,
        _ sink: (Span<UInt8>) throws(Problem) -> Void
    ) throws(Problem) -> (code: Int32, rest: Int) {
        // zlib reads the input only; its field is not const for historical reasons.
        unsafe pointer.pointee.next_in = unsafe UnsafeMutablePointer(mutating: bytes.baseAddress)
        unsafe pointer.pointee.avail_in = UInt32(bytes.count)
        while true {
            unsafe pointer.pointee.next_out = room.baseAddress
            unsafe pointer.pointee.avail_out = UInt32(room.count)
            let code = unsafe turn(pointer)
            let count = unsafe room.count - Int(pointer.pointee.avail_out)
            if count > 0 { try unsafe sink(room.extracting(..<count).span) }
            let hasRoom = unsafe pointer.pointee.avail_out > 0
            if code != Z_OK || hasRoom { return (code, Int(unsafe pointer.pointee.avail_in)) }
        }
    }
}
