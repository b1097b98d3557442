// Input: libavformat's reads and seeks over a part of a file that is open already.
internal import CFFmpeg
internal import DecodeWire
internal import Glibc

/// The bytes of one recording; owns libavformat's buffer, not the descriptor.
///
/// Positions count from the recording's first byte. Several inputs may read one descriptor, because
/// each keeps a position of its own.
@safe
final class Input {
    private(set) var context: UnsafeMutablePointer<AVIOContext>?
    /// True when the disk gave an error; libavformat says the same of files that end too soon.
    private(set) var hasFailed = false
    /// How many bytes there are.
    let size: Int64
    private let descriptor: Int32
    private let start: Int64
    private var position: Int64 = 0
    private static let bufferSize = 64 << 10

    /// Reads a range of the file's bytes.
    init(descriptor: Int32, _ range: Range<Int64>) throws(DecodeFault) {
        self.descriptor = descriptor
        (start, size) = (range.lowerBound, Int64(range.count))
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

    /// At the end it has to be the end's own number: libavformat would ask again after a 0.
    private func read(_ bytes: UnsafeMutablePointer<UInt8>?, _ count: Int32) -> Int32 {
        let length = unsafe read(bytes, Int(count), at: position)
        guard length > 0 else { return length < 0 ? -EIO : cffmpeg_error_eof }
        position += Int64(length)
        return Int32(length)
    }

    /// The corresponding C function is `pread`.
    private func read(
        _ bytes: UnsafeMutablePointer<UInt8>?, _ count: Int, at position: Int64
    ) -> Int {
        guard position >= 0, position < size else { return 0 }
        let count = min(count, Int(size - position))
        while true {
            let length = unsafe pread(descriptor, bytes, count, off_t(start + position))
            if length >= 0 { return length }
            if errno != EINTR {
                hasFailed = true
                return length
            }
        }
    }

    /// The origin may also ask for the size, and say that seeking may be costly.
    private func seek(_ offset: Int64, _ origin: Int32) -> Int64 {
        switch origin & ~AVSEEK_FORCE {
        case AVSEEK_SIZE: return size
        case SEEK_SET: position = offset
        case SEEK_CUR: position += offset
        case SEEK_END: position = size + offset
        default: return -1
        }
        return position
    }

    // MARK: looking beside libavformat

    /// Some bytes from a position; fewer when the recording ends before.
    func bytes(at position: Int64, _ count: Int) -> [UInt8] {
        unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            while filled < count {
                let rest = unsafe buffer.baseAddress.map { unsafe $0 + filled }
                let length = unsafe read(rest, count - filled, at: position + Int64(filled))
                guard length > 0 else { return }
                filled += length
            }
        }
    }

    /// The unsigned number of so many bytes at a position; `nil` beyond the end.
    func number(at position: Int64, _ count: Int, isBigEndian: Bool = false) -> UInt64? {
        let bytes = bytes(at: position, count)
        guard bytes.count == count else { return nil }
        return (isBigEndian ? bytes : bytes.reversed()).reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// The four letters at a position, as they stand there; `nil` where they are none.
    func letters(at position: Int64) -> String? {
        let bytes = bytes(at: position, 4)
        guard bytes.count == 4, bytes.allSatisfy({ (0x20...0x7E).contains($0) }) else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }
}
