// OwnedDescriptor: descriptors that are closed when their owner goes, alone and as a pipe.
internal import Glibc

/// A descriptor that is closed when it goes.
public struct OwnedDescriptor: ~Copyable, Sendable {
    /// The descriptor; it stays valid as long as its owner.
    public let number: Int32

    /// Takes over an open descriptor.
    public init(owning number: Int32) { self.number = number }

    /// Opens a file; a child inherits the descriptor only where it is meant to.
    ///
    /// The corresponding C function is `open`.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - flags: Such as `O_RDONLY`; `O_CLOEXEC` is added.
    ///   - mode: The permissions of a file that is made.
    /// - Throws: `SystemError` when it cannot be opened.
    public init(opening path: String, _ flags: Int32, mode: UInt32 = 0) throws(SystemError) {
        let opened = unsafe open(path, flags | O_CLOEXEC, mode)
        guard opened >= 0 else { throw SystemError() }
        number = opened
    }

    deinit { Glibc.close(number) }

    /// Gives the descriptor away; the receiver closes it, or it stays open to the end.
    public consuming func release() -> Int32 {
        let number = number
        discard self
        return number
    }
}

/// Both ends of a pipe, closed when they go; a child inherits them only where it is meant to.
public struct PipeEnds: ~Copyable, Sendable {
    /// The end to read from.
    public let reading: Int32
    /// The end to write to; -1 once it is closed.
    public private(set) var writing: Int32

    /// Makes a pipe; reads and writes that would wait fail with `EAGAIN` unless `isBlocking`.
    ///
    /// The corresponding C function is `pipe`.
    public init(isBlocking: Bool = true) throws(SystemError) {
        var ends: [Int32] = [-1, -1]
        guard unsafe pipe(&ends) == 0 else { throw SystemError() }
        for end in ends {
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            if !isBlocking { _ = fcntl(end, F_SETFL, O_NONBLOCK) }
        }
        (reading, writing) = (ends[0], ends[1])
    }

    deinit {
        close(reading)
        if writing >= 0 { close(writing) }
    }

    /// Closes the writing end here, so that the end of a child that writes to it is seen.
    public mutating func closeWriting() {
        close(writing)
        writing = -1
    }

    /// Gives both ends away.
    public consuming func release() -> (reading: Int32, writing: Int32) {
        let ends = (reading, writing)
        discard self
        return ends
    }

    /// Makes the reading end of a pipe readable, by its writing end, which does not block.
    ///
    /// It is safe in a signal handler.
    public static func ring(_ writing: Int32) {
        var byte: UInt8 = 0
        // When the pipe is full it is readable, which is all that is wanted.
        _ = unsafe write(writing, &byte, 1)
    }

    /// Takes what ``ring(_:)`` wrote, so that the reading end is readable at the next ring only.
    public func silence() {
        var rings = [UInt8](repeating: 0, count: 256)
        _ = unsafe read(reading, &rings, rings.count)
    }
}
