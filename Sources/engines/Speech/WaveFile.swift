// WaveFile: one channel in a file, for programs and services.
internal import Glibc
internal import Records
internal import System

/// A WAV file that is being written; its header comes last, when the length is known.
package final class WaveFile {
    /// The rate that programs want, in samples per second.
    static let rate = 16000
    /// The length of the header in bytes.
    static let headerLength = 44

    private let rate: Int
    private let file: OwnedDescriptor
    private(set) var bytes = 0
    private var buffer: [UInt8] = []

    init(_ path: String, rate: Int = WaveFile.rate) throws(Failure) {
        self.rate = rate
        file = try WaveFile.open(path)
        buffer = [UInt8](repeating: 0, count: WaveFile.headerLength)
    }

    private static func open(_ path: String) throws(Failure) -> OwnedDescriptor {
        do {
            return try OwnedDescriptor(opening: path, O_RDWR | O_CREAT | O_EXCL, mode: 0o600)
        } catch {
            throw .temporary(error)
        }
    }

    /// Makes a file without a name, so that nothing of it stays when the program ends.
    init(inside directory: String, rate: Int) throws(Failure) {
        self.rate = rate
        let name = String(UInt128.random(in: 0 ... .max), radix: 36)
        let path = "\(directory)/callpipe-\(name)"
        file = try WaveFile.open(path)
        try? FileSystem.remove(path)
        buffer = [UInt8](repeating: 0, count: WaveFile.headerLength)
    }

    /// The file, which can be read while the result is held.
    func kept() throws(Failure) -> NamelessFile {
        guard let file = NamelessFile(file.number) else { throw .temporary(SystemError()) }
        return file
    }

    func append(_ samples: Span<Int16>) throws(Failure) {
        for index in samples.indices {
            let sample = UInt16(bitPattern: samples[index])
            buffer.append(UInt8(truncatingIfNeeded: sample))
            buffer.append(UInt8(truncatingIfNeeded: sample >> 8))
        }
        bytes += samples.count * 2
        if buffer.count >= 64 << 10 { try flush() }
    }

    func finish() throws(Failure) {
        try flush()
        guard lseek(file.number, 0, SEEK_SET) == 0 else { throw .temporary(SystemError()) }
        buffer = WaveFile.header(bytes: bytes, rate: rate)
        try flush()
    }

    /// The header of a mono WAV file with 16-bit samples.
    package static func header(bytes: Int, rate: Int) -> [UInt8] {
        let length = UInt32(clamping: bytes)
        var header = Array("RIFF".utf8) + little(length &+ 36) + Array("WAVEfmt ".utf8)
        header += little(UInt32(16)) + little(UInt16(1)) + little(UInt16(1))
        header += little(UInt32(rate)) + little(UInt32(rate * 2))
        header += little(UInt16(2)) + little(UInt16(16))
        return header + Array("data".utf8) + little(length)
    }

    private func flush() throws(Failure) {
        let written = buffer
        do throws(SystemError) {
            try Descriptor.writeAll(file.number, written)
        } catch {
            throw .temporary(error)
        }
        buffer.removeAll()
    }

    private static func little(_ value: some FixedWidthInteger) -> [UInt8] {
        (0..<(value.bitWidth / 8)).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
    }
}

/// An open file without a name, which is read through its descriptor.
final class NamelessFile: Sendable, Equatable {
    private let descriptor: Int32

    /// Holds the file of another descriptor.
    fileprivate init?(_ other: Int32) {
        descriptor = fcntl(other, F_DUPFD_CLOEXEC, 0)
        if descriptor < 0 { return nil }
    }

    deinit { _ = close(descriptor) }

    /// A path by which this process, and no other, can open it.
    var path: String { "/proc/self/fd/\(descriptor)" }

    /// Reads bytes from a place, whatever other readers of the file do.
    func bytes(_ range: Range<Int>) throws(SystemError) -> [UInt8] {
        let bytes = try Descriptor.bytes(
            of: descriptor, at: range.lowerBound, count: range.count)
        guard bytes.count == range.count else { throw SystemError(code: EIO) }
        return bytes
    }

    static func == (one: NamelessFile, other: NamelessFile) -> Bool { one === other }
}

extension Failure {
    /// The failure to write a temporary file: no room, or no right.
    static func temporary(_ error: SystemError) -> Failure {
        Failure(
            .stop, .storage, "write a temporary file: \(error.reason)",
            remedy: "make room, or let TMPDIR name another directory")
    }
}
