// Stream: the memory that zlib works in, and one turn of its handle.
internal import CZlib

/// What zlib keeps of a stream; at one address, since its own state points back to it.
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

    /// Lets the function work on the bytes until it needs more of them, and hands on what comes.
    ///
    /// - Parameters:
    ///   - bytes: All of them are taken, unless the stream ends before.
    ///   - turn: One call of `inflate` or `deflate`.
    ///   - sink: Takes what came of it.
    /// - Returns: What the last call answered, and how many bytes it left.
    /// - Throws: What the sink throws.
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
