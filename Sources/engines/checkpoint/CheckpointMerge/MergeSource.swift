// MergeSource: another checkpoint, verified and copied, so that it can be read beside ours.
import CheckpointSchema
import Checkpoint
internal import Files
internal import FoundationEssentials
internal import Glibc
import Records
internal import System

/// A copy of another checkpoint, in our version, which is removed in the end.
///
/// The other file is only read. It may come from another host or from a backup, so every page of it
/// is checked, and tables of an earlier version are changed in the copy.
final class MergeSource {
    /// The path of the copy.
    let path: String

    /// Copies a checkpoint.
    ///
    /// - Parameters:
    ///   - source: The other file.
    ///   - ours: The path to which the name of the copy is added, such as that of our file.
    ///   - schema: The version of the copy; tests have schemas of their own.
    ///   - goesOn: Asked every few megabytes; false ends the copy.
    /// - Throws: `Failure` of scope `stop`.
    init(
        _ source: String, beside ours: String, schema: Schema = .current, _ goesOn: () -> Bool
    ) throws(Failure) {
        path = "\(ours).merge-\(getpid())"
        MergeSource.sweep(beside: ours)
        let database = try MergeSource.open(source)
        guard try schema.storedVersion(database) > 0 else {
            throw Failure(
                .stop, .input, "merge \(source): it is an empty file",
                remedy: "name a checkpoint that a callpipe has written")
        }
        try DatabaseCopy.fill(path, from: database, goesOn)
        let copy = try Database(path, busyTimeout: .zero)
        let verdict = try copy.value("PRAGMA quick_check(1)") ?? ""
        guard verdict == "ok" else {
            throw Failure(
                .stop, .integrity, "merge \(source): \(verdict)",
                remedy: "restore it from a backup, or repair a copy of it")
        }
        try schema.migrate(copy) { _ throws(Failure) in }
    }

    deinit {
        try? DatabaseCopy.clear(path)
    }

    /// Removes the copies of killed programs: they may hold records that were erased since.
    private static func sweep(beside ours: String) {
        let directory = StagedFile.parent(of: ours)
        let prefix = "\(ours.split(separator: "/").last ?? "").merge-"
        let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
        for name in names where name.hasPrefix(prefix) {
            // The files that SQLite puts beside a copy have the number too, and may outlive it.
            let digits = name.dropFirst(prefix.count).prefix { $0.isNumber }
            guard let process = Int32(digits), process != getpid(), kill(process, 0) != 0,
                errno == ESRCH
            else { continue }
            try? DatabaseCopy.clear("\(directory)/\(prefix)\(digits)")
        }
    }

    /// Opens the file with its log; a file on a read-only disk is opened for reading.
    private static func open(_ source: String) throws(Failure) -> Database {
        do {
            return try Database(source, busyTimeout: .seconds(30))
        } catch {
            guard error.kind == .storage, FileSystem.allows(R_OK, to: source) else { throw error }
            let hasLog = FileSystem.exists("\(source)-wal")
            return try Database(
                source, busyTimeout: .seconds(30), for: hasLog ? .reading : .immutable)
        }
    }
}
