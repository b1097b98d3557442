// VerifiedCopy: a backup, expanded beside its target and verified.
import Checkpoint
internal import Files
internal import FoundationEssentials
internal import Glibc
import Records
internal import System

/// A checkpoint from a backup, under a name of its own until it is put in place.
///
/// One program at a time has it; the copy of a killed program is overwritten.
final class VerifiedCopy {
    /// Its path.
    let path: String
    /// The backup.
    let backup: String
    /// The manifest of the backup, if it has one.
    let manifest: Manifest?
    /// The number of its calls.
    private(set) var calls = 0
    private let lock: FileLock

    /// Expands a backup and verifies it.
    ///
    /// - Parameters:
    ///   - source: A backup, any other file with a checkpoint, or a directory: its newest backup.
    ///   - place: The file that the copy is meant for.
    ///   - goesOn: Asked for each piece; on false nothing is left.
    /// - Throws: `Failure` of scope `stop`: `integrity` for a backup that is not whole.
    init(
        of source: String, for place: String, _ goesOn: @escaping () -> Bool
    ) throws(Failure) {
        backup = try VerifiedCopy.file(source)
        manifest = try Manifest.beside(backup)
        path = place + ".restore-part"
        lock = try VerifiedCopy.lock(place)
        try DatabaseCopy.clear(path)
        do throws(Failure) {
            if try VerifiedCopy.isPacked(backup) {
                let sums = try Packing.unpack(backup, into: path, goesOn)
                try compare(sums.packed, manifest?.backup.sums, "the packed bytes")
                try compare(sums.plain, manifest?.database.sums, "the unpacked bytes")
            } else {
                try copy(goesOn)
            }
            try verify()
        } catch {
            remove()
            throw error
        }
    }

    deinit { remove() }

    private func remove() {
        try? DatabaseCopy.clear(path)
        try? FileSystem.remove(path + "-lock")
    }

    private static func lock(_ place: String) throws(Failure) -> FileLock {
        do throws(SystemError) {
            if let lock = try FileLock.take(place + ".restore-part-lock") { return lock }
        } catch {
            throw DatabaseCopy.failure("write beside \(place)", error)
        }
        throw Failure(
            .stop, .timeout, "restore \(place): another restore is at work",
            remedy: "run it again when that has ended")
    }

    /// The newest backup of a directory, or the file itself.
    static func file(_ source: String) throws(Failure) -> String {
        do throws(SystemError) {
            guard try FileStatus(of: source).kind == .directory else { return source }
        } catch {
            throw Failure(
                .stop, .input, "read \(source): \(error.reason)",
                remedy: "name a backup, or a directory of them")
        }
        guard let newest = try BackupFolder.entries(in: source).first else {
            throw Failure(
                .stop, .input, "read \(source): there is no backup with a manifest",
                remedy: "name another directory, or a file")
        }
        return "\(source)/\(newest.manifest.backup.file)"
    }

    /// True for a gzip file; `sqlite3` and callpipe itself make copies that are not packed.
    private static func isPacked(_ path: String) throws(Failure) -> Bool {
        do throws(SystemError) {
            return try ExistingCheckpoint.start(of: path) != ExistingCheckpoint.mark
        } catch {
            throw DatabaseCopy.failure("read \(path)", error)
        }
    }

    /// Copies a file that is a checkpoint already, with the log that may lie beside it.
    private func copy(_ goesOn: () -> Bool) throws(Failure) {
        try DatabaseCopy.fill(path, from: open(), goesOn)
    }

    private func open() throws(Failure) -> Database {
        let hasLog = (try? FileManager.default.attributesOfItem(atPath: backup + "-wal")) != nil
        guard hasLog else { return try Database(backup, busyTimeout: .zero, for: .immutable) }
        do throws(Failure) {
            return try Database(backup, busyTimeout: .seconds(30))
        } catch {
            // On a read-only disk.
            guard error.kind == .storage else { throw error }
            return try Database(backup, busyTimeout: .seconds(30), for: .reading)
        }
    }

    private func compare(_ found: Sums, _ wanted: Sums?, _ what: String) throws(Failure) {
        guard let wanted, found != wanted else { return }
        throw Failure(
            .stop, .integrity,
            "restore \(backup): \(what) differ from its manifest",
            remedy: "restore another backup")
    }

    private func verify() throws(Failure) {
        do throws(Failure) {
            let file = try ImmutableFile(path)
            try file.verify()
            let tables = try file.tables()
            calls = tables["calls"] ?? 0
            guard let database = manifest?.database else { return }
            let stages = try file.stages()
            guard tables == database.tables, stages == database.stages else {
                throw Failure(
                    .stop, .integrity,
                    "restore \(backup): its rows differ from its manifest",
                    remedy: "restore another backup")
            }
        } catch {
            var failure = error
            // The file that the user knows is the backup.
            failure.message = failure.message.replacing(path, with: backup)
            throw failure
        }
    }
}
