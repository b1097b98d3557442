// Descriptor: read, write, poll and open, with EINTR and short counts handled once.
internal import Glibc

/// System calls on file descriptors; none of them owns its descriptor.
public enum Descriptor {
    /// Reads what is there, up to the buffer's size; 0 is the end.
    ///
    /// Waits for input even where another process has made the descriptor non-blocking, which a
    /// process that shares a terminal or a pipe with us may do at any time.
    ///
    /// The corresponding C function is `read`.
    public static func read(
        _ descriptor: Int32, into buffer: UnsafeMutableRawBufferPointer
    ) throws(SystemError) -> Int {
        while true {
            let count = unsafe Glibc.read(descriptor, buffer.baseAddress, buffer.count)
            if count >= 0 { return count }
            if errno == EAGAIN {
                _ = try wait(for: [(descriptor, Int16(POLLIN))], milliseconds: -1)
            } else if errno != EINTR {
                throw SystemError()
            }
        }
    }

    /// Reads what is there into the front of the array, up to its size; 0 is the end.
    public static func read(
        _ descriptor: Int32, into bytes: inout [UInt8]
    ) throws(SystemError) -> Int {
        var span = bytes.mutableSpan
        return try unsafe span.withUnsafeMutableBytes { buffer throws(SystemError) in
            try unsafe read(descriptor, into: buffer)
        }
    }

    /// Reads from a place in a file, up to the buffer's size; 0 is the end.
    ///
    /// The corresponding C function is `pread`.
    public static func read(
        _ descriptor: Int32, at offset: Int, into buffer: UnsafeMutableRawBufferPointer
    ) throws(SystemError) -> Int {
        while true {
            let count = unsafe pread(descriptor, buffer.baseAddress, buffer.count, offset)
            if count >= 0 { return count }
            if errno != EINTR { throw SystemError() }
        }
    }

    /// The bytes at a place in a file; fewer than asked for only at its end.
    public static func bytes(
        of descriptor: Int32, at offset: Int, count: Int
    ) throws(SystemError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var done = 0
        while done < count {
            var span = bytes.mutableSpan
            let read = try unsafe span.withUnsafeMutableBytes { room throws(SystemError) -> Int in
                try unsafe Descriptor.read(
                    descriptor, at: offset + done,
                    into: UnsafeMutableRawBufferPointer(rebasing: room[done...]))
            }
            if read == 0 { break }
            done += read
        }
        bytes.removeLast(count - done)
        return bytes
    }

    /// Writes all of it, however many calls that takes.
    ///
    /// The corresponding C function is `write`.
    public static func writeAll(
        _ descriptor: Int32, _ bytes: UnsafeRawBufferPointer
    ) throws(SystemError) {
        var rest = unsafe bytes
        while unsafe !rest.isEmpty {
            let count = unsafe Glibc.write(descriptor, rest.baseAddress, rest.count)
            if count >= 0 {
                unsafe rest = unsafe UnsafeRawBufferPointer(rebasing: rest[count...])
            } else if errno == EAGAIN {
                _ = try wait(for: [(descriptor, Int16(POLLOUT))], milliseconds: -1)
            } else if errno != EINTR {
                throw SystemError()
            }
        }
    }

    /// Writes all of it, however many calls that takes.
    public static func writeAll(
        _ descriptor: Int32, _ bytes: Span<UInt8>
    ) throws(SystemError) {
        try unsafe bytes.withUnsafeBufferPointer { bytes throws(SystemError) in
            try unsafe writeAll(descriptor, UnsafeRawBufferPointer(bytes))
        }
    }

    /// Writes all of it, however many calls that takes.
    public static func writeAll(_ descriptor: Int32, _ bytes: [UInt8]) throws(SystemError) {
        try writeAll(descriptor, bytes.span)
    }

    /// Waits until one of the descriptors is ready.
    ///
    /// The answer has the events of each, all 0 when the time ran out. The corresponding C function
    /// is `poll`.
    public static func wait(
        for interests: [(descriptor: Int32, events: Int16)], milliseconds: Int32
    ) throws(SystemError) -> [Int16] {
        var polls = interests.map { pollfd(fd: $0.descriptor, events: $0.events, revents: 0) }
        while true {
            let count = unsafe poll(&polls, nfds_t(polls.count), milliseconds)
            if count >= 0 { return polls.map(\.revents) }
            if errno != EINTR { throw SystemError() }
        }
    }

    /// All the bytes of a file that may be so large; larger is `EFBIG`.
    public static func contents(of path: String, atMost limit: Int) throws(SystemError) -> [UInt8] {
        let file = try OwnedDescriptor(opening: path, O_RDONLY)
        return try contents(of: file.number, atMost: limit)
    }

    /// All the bytes of an open file that may be so large; larger is `EFBIG`.
    public static func contents(
        of descriptor: Int32, atMost limit: Int
    ) throws(SystemError) -> [UInt8] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = try read(descriptor, into: &chunk)
            if count == 0 { return bytes }
            bytes += chunk[..<count]
            if bytes.count > limit { throw SystemError(code: EFBIG) }
        }
    }

    /// Takes the lock of an open file, which ends when its descriptor is closed.
    ///
    /// The corresponding C function is `flock`.
    ///
    /// - Parameters:
    ///   - descriptor: The file.
    ///   - waits: True to wait until the lock is free, which blocks the thread.
    /// - Returns: False when another has the lock.
    /// - Throws: `SystemError` when the file cannot be locked.
    public static func lock(
        _ descriptor: Int32, waits: Bool = false
    ) throws(SystemError) -> Bool {
        while flock(descriptor, LOCK_EX | (waits ? 0 : LOCK_NB)) != 0 {
            if errno == EWOULDBLOCK { return false }
            if errno != EINTR { throw SystemError() }
        }
        return true
    }

    /// Puts all bytes of an open file on the disk.
    ///
    /// The corresponding C function is `fsync`.
    public static func sync(_ descriptor: Int32) throws(SystemError) {
        guard fsync(descriptor) == 0 else { throw SystemError() }
    }

    /// Sets the time of the last write of an open file, in nanoseconds since 1970.
    ///
    /// The corresponding C function is `futimens`.
    public static func setModified(_ descriptor: Int32, to nanoseconds: Int) throws(SystemError) {
        let (seconds, rest) = nanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
        let time = timespec(
            tv_sec: rest < 0 ? seconds - 1 : seconds,
            tv_nsec: rest < 0 ? rest + 1_000_000_000 : rest)
        let both = [time, time]
        guard unsafe futimens(descriptor, both) == 0 else { throw SystemError() }
    }

    /// Puts something unusable where the caller has closed descriptor 0, 1 or 2.
    ///
    /// Else the next file that is opened, such as the checkpoint, would be standard output, and
    /// records would be written into it. It is opened the wrong way round, so that using it fails.
    public static func occupyStandardStreams() {
        for descriptor in Int32(0)...2 where fcntl(descriptor, F_GETFD) == -1 && errno == EBADF {
            _ = unsafe open("/dev/null", descriptor == 0 ? O_WRONLY : O_RDONLY)
        }
    }

    /// Opens a file to append to, and makes it where there is none, for its owner alone.
    public static func append(to path: String) throws(SystemError) -> Int32 {
        try OwnedDescriptor(opening: path, O_WRONLY | O_CREAT | O_APPEND, mode: 0o600).release()
    }
}
