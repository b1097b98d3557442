// PartContent: an open part with the hashes of its bytes.
internal import Crypto
internal import Glibc
internal import Records
internal import System

/// The bytes of a part under its lock; hashed as they come, or later if they came from before.
struct PartContent: ~Copyable, Sendable {
    let lock: FileLock
    private(set) var length: Int
    private var sha256 = Digest(.sha256)
    private var md5 = Digest(.md5)
    private var hashed = 0

    init(_ lock: consuming FileLock) {
        length = max(0, Int(lseek(lock.descriptor, 0, SEEK_END)))
        self.lock = lock
    }

    mutating func truncate() throws(SystemError) {
        guard ftruncate(lock.descriptor, 0) == 0 else { throw SystemError() }
        length = 0
        forgetHashes()
    }

    mutating func append(_ bytes: Span<UInt8>) throws(SystemError) {
        try catchUp()
        do throws(SystemError) {
            guard lseek(lock.descriptor, length, SEEK_SET) >= 0 else { throw SystemError() }
            try Descriptor.writeAll(lock.descriptor, bytes)
        } catch {
            _ = ftruncate(lock.descriptor, length)
            throw error
        }
        length += bytes.count
        hashed += bytes.count
        sha256.update(bytes)
        md5.update(bytes)
    }

    func beginning(_ count: Int) throws(SystemError) -> [UInt8] {
        try Descriptor.bytes(of: lock.descriptor, at: 0, count: count)
    }

    mutating func sums() throws(SystemError) -> PartFile.Sums {
        try catchUp()
        return PartFile.Sums(bytes: length, sha256: sha256.copy().hex(), md5: md5.copy().hex())
    }

    private mutating func forgetHashes() {
        sha256 = Digest(.sha256)
        md5 = Digest(.md5)
        hashed = 0
    }

    /// Hashes what an earlier process wrote.
    private mutating func catchUp() throws(SystemError) {
        guard hashed < length else { return }
        forgetHashes()
        var sha256 = Digest(.sha256)
        var md5 = Digest(.md5)
        var count = 0
        try FileBytes.each(of: lock.descriptor, from: 0) { chunk in
            sha256.update(chunk)
            md5.update(chunk)
            count += chunk.count
        }
        self.sha256 = sha256
        self.md5 = md5
        (hashed, length) = (count, count)
    }
}
