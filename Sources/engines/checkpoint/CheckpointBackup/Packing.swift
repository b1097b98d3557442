// Packing: a database into a gzip file and out of it again, hashed on both sides.
import Checkpoint
internal import Crypto
internal import Files
internal import Glibc
internal import Gzip
import Records
internal import System

/// The size and the SHA-256 of some bytes.
struct Sums: Equatable {
    let bytes: Int
    let sha256: String
}

/// Counts and hashes bytes.
private struct Tally: ~Copyable {
    private var digest = Digest(.sha256)
    private var bytes = 0

    mutating func add(_ chunk: Span<UInt8>) {
        digest.update(chunk)
        bytes += chunk.count
    }

    borrowing func sums() -> Sums { Sums(bytes: bytes, sha256: digest.copy().hex()) }
}

/// Streams through zlib, in memory that does not grow.
enum Packing {
    /// Of a million records, gzip's default level 6 makes 9 % fewer bytes in twice the time.
    private static let level = 3

    /// The size and the hash of a file.
    static func sums(of path: String) throws(Failure) -> Sums {
        var sums = Tally()
        do throws(SystemError) {
            try FileBytes.each(of: path) { chunk in sums.add(chunk) }
        } catch {
            throw DatabaseCopy.failure("read \(path)", error)
        }
        return sums.sums()
    }

    /// Makes a gzip file for its owner only, and waits until it is on the disk.
    ///
    /// - Parameters:
    ///   - packed: The gzip file.
    ///   - goesOn: Asked for each piece; on false the file is left unfinished.
    ///   - fill: Gives the bytes to its closure, a piece at a time.
    /// - Returns: The sums of the bytes given and of the bytes written.
    /// - Throws: `Failure` of scope `stop`.
    static func pack(
        into packed: String, _ goesOn: @escaping () -> Bool,
        _ fill: ((Span<UInt8>) throws(SystemError) -> Void) throws(SystemError) -> Void
    ) throws(Failure) -> (plain: Sums, packed: Sums) {
        var plain = Tally()
        var result = Tally()
        do throws(SystemError) {
            let file = try NewFile(packed)
            var deflater = Deflater(level: level)
            try fill { chunk throws(SystemError) in
                guard goesOn() else { throw SystemError(code: ECANCELED) }
                plain.add(chunk)
                try deflater.add(chunk) { part throws(SystemError) in
                    result.add(part)
                    try file.write(part)
                }
            }
            try deflater.finish { part throws(SystemError) in
                result.add(part)
                try file.write(part)
            }
            try file.sync()
        } catch {
            if error.code == ECANCELED { throw .ended("write \(packed)") }
            throw DatabaseCopy.failure("write \(packed)", error)
        }
        return (plain.sums(), result.sums())
    }

    /// Expands a gzip file into a file for its owner only.
    ///
    /// - Parameters:
    ///   - packed: The gzip file.
    ///   - path: The new file; without waiting until it is on the disk.
    ///   - goesOn: Asked for each piece; on false the file is left unfinished.
    /// - Returns: The sums of the bytes written and of the bytes read.
    /// - Throws: `Failure` of scope `stop`; `integrity` for a file that is not whole.
    static func unpack(
        _ packed: String, into path: String, _ goesOn: @escaping () -> Bool
    ) throws(Failure) -> (plain: Sums, packed: Sums) {
        var plain = Tally()
        var source = Tally()
        var inflater = Inflater()
        do throws(SystemError) {
            let file = try NewFile(path)
            try FileBytes.each(of: packed) { chunk throws(SystemError) in
                guard goesOn() else { throw SystemError(code: ECANCELED) }
                source.add(chunk)
                try inflater.add(chunk) { part throws(SystemError) in
                    plain.add(part)
                    try file.write(part)
                }
            }
        } catch {
            if error.code == ECANCELED { throw .ended("expand \(packed)") }
            throw DatabaseCopy.failure("expand \(packed)", error)
        }
        do throws(GzipError) {
            try inflater.finish()
        } catch {
            throw Failure(
                .stop, .integrity, "expand \(packed): it \(error.reason)",
                remedy: "restore another backup")
        }
        return (plain.sums(), source.sums())
    }
}
