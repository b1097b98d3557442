// Stream: the memory that zlib works in, and one turn of its handle.
internal import CZlib

/// The state of a zlib stream.
///
/// It stays at one address, because zlib points back to it.
@safe
struct Stream: ~Copyable {
    let pointer: UnsafeMutablePointer<z_stream>
    private let room = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 4096)

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
        _ bytes: UnsafeRawBufferPointer, _ turn: (UnsafeMutablePointer<z_stream>) -> Int32,
        _ sink: (UnsafeRawBufferPointer) throws(Problem) -> Void
    ) throws(Problem) -> (code: Int32, rest: Int) {
        // zlib reads the input only; its field is not const for historical reasons.
        let start = unsafe bytes.bindMemory(to: UInt8.self).baseAddress
        unsafe pointer.pointee.next_in = unsafe UnsafeMutablePointer(mutating: start)
        unsafe pointer.pointee.avail_in = UInt32(bytes.count)
        while true {
            unsafe pointer.pointee.next_out = unsafe room.bindMemory(to: UInt8.self).baseAddress
            unsafe pointer.pointee.avail_out = UInt32(room.count)
            let code = unsafe turn(pointer)
            let count = unsafe room.count - Int(pointer.pointee.avail_out)
            if count > 0 { try unsafe sink(UnsafeRawBufferPointer(rebasing: room[..<count])) }
            let hasRoom = unsafe pointer.pointee.avail_out > 0
            if code != Z_OK || hasRoom { return (code, Int(unsafe pointer.pointee.avail_in)) }
        }
    }
}
