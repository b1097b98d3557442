// Input: libavformat's reads and seeks over a descriptor that is open already.
internal import CFFmpeg
internal import DecodeWire
internal import Glibc

/// The recording's bytes; owns libavformat's buffer, not the descriptor.
@safe
final class Input {
    private(set) var context: UnsafeMutablePointer<AVIOContext>?
    /// Whether the disk gave an error; libavformat says the same of files that end too soon.
    private(set) var hasFailed = false
    private let descriptor: Int32
    private static let bufferSize = 64 << 10

    init(descriptor: Int32) throws(DecodeFault) {
        self.descriptor = descriptor
        guard let buffer = unsafe av_malloc(Input.bufferSize) else { throw DecodeFault(.memory) }
        unsafe context = avio_alloc_context(
            buffer.assumingMemoryBound(to: UInt8.self), Int32(Input.bufferSize), 0,
            Unmanaged.passUnretained(self).toOpaque(),
            { input, bytes, count in unsafe Input.of(input)?.read(bytes, count) ?? -EIO },
            nil,
            { input, offset, origin in unsafe Input.of(input)?.seek(offset, origin) ?? -1 })
        guard unsafe context != nil else {
            unsafe av_free(buffer)
            throw DecodeFault(.memory)
        }
    }

    deinit {
        // libavformat may have put a larger buffer in the place of ours.
        if let context = unsafe context { unsafe av_free(context.pointee.buffer) }
        unsafe avio_context_free(&context)
    }

    private static func of(_ input: UnsafeMutableRawPointer?) -> Input? {
        guard let input = unsafe input else { return nil }
        return unsafe Unmanaged<Input>.fromOpaque(input).takeUnretainedValue()
    }

    /// At the end it has to be the end's own number: 0 would be asked again for ever.
    private func read(_ bytes: UnsafeMutablePointer<UInt8>?, _ count: Int32) -> Int32 {
        while true {
            let length = unsafe Glibc.read(descriptor, bytes, Int(count))
            if length > 0 { return Int32(length) }
            if length == 0 { return cffmpeg_error_eof }
            if errno != EINTR {
                hasFailed = true
                return -EIO
            }
        }
    }

    /// The origin may also ask for the size, and say that seeking may be costly.
    private func seek(_ offset: Int64, _ origin: Int32) -> Int64 {
        let origin = origin & ~AVSEEK_FORCE
        guard origin != AVSEEK_SIZE else {
            let here = lseek(descriptor, 0, SEEK_CUR)
            let size = lseek(descriptor, 0, SEEK_END)
            return lseek(descriptor, here, SEEK_SET) < 0 ? -1 : Int64(size)
        }
        return Int64(lseek(descriptor, off_t(offset), origin))
    }
}
