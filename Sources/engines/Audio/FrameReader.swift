// FrameReader: frames from a child whose answers are not trusted.
internal import DecodeWire
internal import Glibc
internal import Records

/// Cuts the bytes of a socket into frames, none longer than its kind may be.
@safe
final class FrameReader {
    private let socket: Int32
    private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 16)
    private var start = 0
    private var end = 0

    init(_ socket: Int32) { self.socket = socket }

    deinit { unsafe buffer.deallocate() }

    /// Reasons why there is no next frame.
    enum Ending: Error {
        /// The child is gone, or closed its end.
        case end
        /// It sent nothing for too long.
        case silence
        /// It sent something that is no frame.
        case garbage
    }

    /// The next frame; its bytes are lent until the one after it.
    func next() throws(Ending) -> (kind: DecodeFrame, length: Int) {
        try fill(DecodeFrame.headerSize)
        guard let kind = DecodeFrame(rawValue: word(0)) else { throw .garbage }
        let length = Int(word(4))
        guard
            length <= (kind == .samples ? DecodeFrame.longestSamples : DecodeFrame.longestOther)
        else { throw .garbage }
        try fill(DecodeFrame.headerSize + length)
        start += DecodeFrame.headerSize
        return (kind, length)
    }

    /// Takes the bytes of the frame in hand.
    func payload(_ length: Int) -> ArraySlice<UInt8> {
        defer { start += length }
        return unsafe Array(buffer[start..<(start + length)])[...]
    }

    /// Hands over the samples of the frame in hand, channel by channel.
    func samples(
        _ length: Int, channels: Int, into sink: Audio.Sink
    ) throws(Failure) {
        let count = length / 2 / channels
        // Kinds of odd length do not come before samples, so that these lie where they may.
        guard length > 0, length == count * 2 * channels, start.isMultiple(of: 2),
            let base = unsafe buffer.baseAddress
        else { throw .garbled }
        let samples = unsafe (base + start).assumingMemoryBound(to: Int16.self)
        for channel in 0..<channels {
            try sink(
                channel, unsafe Span(_unsafeStart: samples + channel * count, count: count))
        }
        start += length
    }

    private func word(_ offset: Int) -> UInt32 {
        unsafe buffer.loadUnaligned(fromByteOffset: start + offset, as: UInt32.self)
    }

    private func fill(_ count: Int) throws(Ending) {
        guard end - start < count else { return }
        if start > 0, let base = unsafe buffer.baseAddress {
            unsafe memmove(base, base + start, end - start)
            (start, end) = (0, end - start)
        }
        while end < count {
            let length = unsafe recv(
                socket, buffer.baseAddress.map { unsafe $0 + end }, buffer.count - end, 0)
            if length > 0 {
                end += length
            } else if length == 0 {
                throw .end
            } else if errno == EAGAIN {
                throw .silence
            } else if errno != EINTR {
                throw .end
            }
        }
    }
}
