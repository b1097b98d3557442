// LineReader: whole lines from a descriptor, in memory that does not grow with the input.
internal import Glibc
public import System

/// Reads lines of at most ``limit`` bytes; what is longer is skipped and told.
///
/// The caller takes the lines in hand with ``next()`` and, when there is none, calls ``fill()``,
/// which may block. So everything that is ready to be written can be written before that.
///
/// Its memory starts small, grows to twice the limit where lines are that long, and no further.
@safe
public final class LineReader {
    /// The longest line in bytes, without its end: 16 MiB.
    public static let limit = 16 << 20

    /// The outcome of a read.
    public enum Fill: Sendable {
        /// There may be more in hand now; ``hasNext()`` tells.
        case more
        /// The input has ended and all of it was taken.
        case end
        /// The other descriptor became readable, which asks us to stop.
        case interrupted
    }

    /// A line in the reader's memory, or the part of a line that is too long.
    public enum Next {
        /// The line without its end; valid until the next ``fill()`` or ``gather()``.
        case line(LineText)
        /// A piece of a line over the limit; the last piece says so.
        case tooLong(LineText, isLast: Bool)
    }

    /// The number of the line that ``next()`` gave last, from 1.
    public private(set) var lineNumber = 0
    /// Bytes read so far.
    public private(set) var bytesRead = 0

    private let descriptor: Int32
    private let interruption: Int32
    private var memory: UnsafeMutableRawBufferPointer
    private var unread = 0..<0
    /// Unread bytes that are known to hold no line end.
    private var searched = 0
    private var isSkipping = false
    private var hasEnded = false

    /// Reads a descriptor that stays the caller's.
    ///
    /// - Parameters:
    ///   - descriptor: Where the lines come from.
    ///   - interruption: A descriptor that becomes readable when reading is to stop; -1 for none.
    public init(_ descriptor: Int32, interruption: Int32 = -1) {
        self.descriptor = descriptor
        self.interruption = interruption
        unsafe memory = LineReader.resized(.init(start: nil, count: 0), to: 256 << 10)
    }

    deinit {
        unsafe free(memory.baseAddress)
    }

    /// Bytes of input that are in hand and not yet taken.
    public var bytesInHand: Int { unread.count }

    /// True when ``next()`` has something to give; never reads.
    public func hasNext() -> Bool {
        lineEnd() != nil || hasPiece
    }

    /// The next whole line in hand, if there is one; never reads.
    public func next() -> Next? {
        if let length = lineEnd() { return take(length, ending: 1) }
        return hasPiece ? take(unread.count, ending: 0) : nil
    }

    /// The length of the first line in hand, when its end is in hand as well.
    private func lineEnd() -> Int? {
        let from = unsafe memory.baseAddress.unsafelyUnwrapped + unread.lowerBound
        if let end = unsafe memchr(from + searched, 0x0A, unread.count - searched) {
            return unsafe UnsafeRawPointer(end) - UnsafeRawPointer(from)
        }
        searched = unread.count
        return nil
    }

    /// True when what is in hand goes out without its end.
    ///
    /// It is a piece of a line that is too long, or the last line of the input. The parser tells
    /// whether that one is whole.
    private var hasPiece: Bool {
        if hasEnded { return isSkipping || !unread.isEmpty }
        return isSkipping ? !unread.isEmpty : unread.count > LineReader.limit
    }

    private func take(_ length: Int, ending: Int) -> Next? {
        let end = unread.lowerBound + length
        let text = unsafe LineText(
            UnsafeBufferPointer(
                rebasing: memory.bindMemory(to: UInt8.self)[unread.lowerBound..<end]))
        unread = (end + ending)..<unread.upperBound
        searched = 0
        if !isSkipping { lineNumber += 1 }
        if isSkipping || length > LineReader.limit {
            isSkipping = ending == 0 && !hasEnded
            return .tooLong(text, isLast: !isSkipping)
        }
        return .line(text)
    }

    /// Reads once, waiting for input if there is none.
    ///
    /// Lines given before are no longer valid after this.
    public func fill() throws(SystemError) -> Fill {
        if !hasEnded {
            if interruption >= 0 {
                let events = try Descriptor.wait(
                    for: [(descriptor, Int16(POLLIN)), (interruption, Int16(POLLIN))],
                    milliseconds: -1)
                if events[1] != 0 { return .interrupted }
            }
            try gather()
        }
        return hasEnded && !hasPiece ? .end : .more
    }

    /// True when a read now would not block.
    public func isReady() throws(SystemError) -> Bool {
        if hasEnded { return false }
        return try Descriptor.wait(for: [(descriptor, Int16(POLLIN))], milliseconds: 0)[0] != 0
    }

    /// Reads once whatever may interrupt, for a caller that asked ``isReady()``.
    ///
    /// Lines given before are no longer valid after this.
    public func gather() throws(SystemError) {
        makeRoom()
        // Memory that is not needed for long lines is not touched by reading far ahead.
        let end = unsafe min(memory.count - MemberScanner.padding, unread.upperBound + (1 << 20))
        let room = unsafe UnsafeMutableRawBufferPointer(rebasing: memory[unread.upperBound..<end])
        let count = try unsafe Descriptor.read(descriptor, into: room)
        hasEnded = count == 0
        bytesRead += count
        unread = unread.lowerBound..<(unread.upperBound + count)
    }

    /// Moves what is unread to the front where that costs less than it frees.
    ///
    /// Doubles the memory when that is not enough.
    private func makeRoom() {
        let wanted = 64 << 10
        func room() -> Int { unsafe memory.count - MemberScanner.padding - unread.upperBound }
        if unread.lowerBound > 0, unread.count <= unread.lowerBound || room() < wanted {
            unsafe memmove(
                memory.baseAddress.unsafelyUnwrapped,
                memory.baseAddress.unsafelyUnwrapped + unread.lowerBound,
                unread.count)
            unread = 0..<unread.count
        }
        if room() >= wanted { return }
        unsafe memory = LineReader.resized(memory, to: memory.count * 2)
    }

    /// The same bytes in more memory, which the kernel moves without copying where there is much.
    ///
    /// The corresponding C function is `realloc`.
    private static func resized(
        _ memory: UnsafeMutableRawBufferPointer, to count: Int
    ) -> UnsafeMutableRawBufferPointer {
        guard let start = unsafe realloc(memory.baseAddress, count) else {
            fatalError("no memory for a line")
        }
        return unsafe UnsafeMutableRawBufferPointer(start: start, count: count)
    }
}
