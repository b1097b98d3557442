// Descriptor: read, write, poll and open, with EINTR and short counts handled once.
import Glibc

/// System calls on file descriptors; none of them owns its descriptor.
public enum Descriptor {
    /// Reads what is there, up to the buffer's size; 0 is the end.
    ///
    /// Waits for input even where another process has made the descriptor non-blocking, which
    /// whoever shares a terminal or a pipe with us may do at any time.
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
        let descriptor = try openForReading(path)
        defer { close(descriptor) }
        return try contents(of: descriptor, atMost: limit)
    }

    /// All the bytes of an open file that may be so large; larger is `EFBIG`.
    public static func contents(
        of descriptor: Int32, atMost limit: Int
    ) throws(SystemError) -> [UInt8] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = unsafe Glibc.read(descriptor, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            if count < 0 { throw SystemError() }
            if count == 0 { return bytes }
            bytes += chunk[..<count]
            if bytes.count > limit { throw SystemError(code: EFBIG) }
        }
    }

    /// Opens a file to read from.
    ///
    /// The corresponding C function is `open`.
    public static func openForReading(_ path: String) throws(SystemError) -> Int32 {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        if descriptor < 0 { throw SystemError() }
        return descriptor
    }

    /// The permissions of an open file, such as `0o644`.
    ///
    /// The corresponding C function is `fstat`.
    public static func permissions(of descriptor: Int32) throws(SystemError) -> UInt32 {
        var status = stat()
        if unsafe fstat(descriptor, &status) != 0 { throw SystemError() }
        return status.st_mode & 0o7777
    }

    /// Takes the lock of an open file, which ends when its descriptor is closed; false when another
    /// process has it.
    ///
    /// The corresponding C function is `flock`.
    public static func lockNow(_ descriptor: Int32) -> Bool {
        flock(descriptor, LOCK_EX | LOCK_NB) == 0
    }

    /// Opens a file to append to, and makes it where there is none, for its owner alone.
    ///
    /// The corresponding C function is `open`.
    public static func append(to path: String) throws(SystemError) -> Int32 {
        let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        if descriptor < 0 { throw SystemError() }
        return descriptor
    }
}
