// Packing: a database into a gzip file and out of it again, hashed on both sides.
import Checkpoint
internal import Crypto
internal import Files
internal import Glibc
internal import Gzip
import Records
internal import System

/// The size and hash of bytes that went by.
struct Sums: Equatable {
    let bytes: Int
    let sha256: String
}

/// Counts and hashes bytes that go by.
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
    /// Of a million records gzip's usual level, 6, makes 9 % less in twice the time.
    private static let level = 3

    /// The hash of a file.
    static func sums(of path: String) throws(Failure) -> Sums {
        var sums = Tally()
        do throws(SystemError) {
            try FileBytes.each(of: path) { chunk in sums.add(chunk) }
        } catch {
            throw DatabaseCopy.failure("read \(path)", error)
        }
        return sums.sums()
    }

    /// Makes a gzip file that is its owner's only and on the disk.
    ///
    /// - Parameters:
    ///   - packed: The gzip file.
    ///   - goesOn: Asked for each piece; when it says no, the file is left unfinished.
    ///   - fill: Gives the bytes to its closure, a piece at a time.
    /// - Returns: What was given, and what was written.
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

    /// Expands a gzip file into one that is its owner's only.
    ///
    /// - Parameters:
    ///   - packed: The gzip file.
    ///   - path: What it expands to; not on the disk for certain.
    ///   - goesOn: Asked for each piece; when it says no, the file is left unfinished.
    /// - Returns: What was written, and what was read.
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
