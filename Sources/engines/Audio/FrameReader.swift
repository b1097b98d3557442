// FrameReader: frames from a child whose answers are not trusted.
internal import DecodeWire
internal import Glibc
internal import Records
internal import System

/// Cuts the bytes of a socket into frames, none longer than its kind may be.
final class FrameReader {
    private let socket: Int32
    private var buffer = [UInt8](repeating: 0, count: FrameReader.size)
    /// Takes the rest of the buffer when the next frame does not fit behind it.
    private var spare = [UInt8](repeating: 0, count: FrameReader.size)
    private var start = 0
    private var end = 0

    private static let size = 64 << 10

    init(_ socket: Int32) { self.socket = socket }

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
        return buffer[start..<(start + length)]
    }

    /// Hands over the samples of the frame in hand, channel by channel.
    func samples(
        _ length: Int, channels: Int, into sink: Audio.Sink
    ) throws(Failure) {
        let count = length / 2 / channels
        // Kinds of odd length do not come before samples, so that these lie where they may.
        guard length > 0, length == count * 2 * channels, start.isMultiple(of: 2) else {
            throw .garbled
        }
        for channel in 0..<channels {
            let place = start + channel * count * 2
            try Samples.view(buffer, from: place, count: count) { samples throws(Failure) in
                try sink(channel, samples)
            }
        }
        start += length
    }

    private func word(_ offset: Int) -> UInt32 {
        // The child's numbers are in the machine's own form, which is little-endian.
        buffer[(start + offset)..<(start + offset + 4)].reversed()
            .reduce(0) { $0 << 8 | UInt32($1) }
    }

    private func fill(_ count: Int) throws(Ending) {
        guard end - start < count else { return }
        if start > 0 {
            spare.replaceSubrange(..<(end - start), with: buffer[start..<end])
            swap(&buffer, &spare)
            (start, end) = (0, end - start)
        }
        while end < count {
            do throws(SystemError) {
                let length = try Socket.receive(socket, into: &buffer, from: end)
                if length == 0 { throw SystemError(code: ECONNRESET) }
                end += length
            } catch {
                throw error.code == EAGAIN ? .silence : .end
            }
        }
    }
}
