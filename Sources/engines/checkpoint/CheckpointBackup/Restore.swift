// Restore: a backup put in the place of the checkpoint, which is kept.
import Checkpoint
public import Records
internal import System

/// A restored backup.
public struct Restore: Sendable {
    /// The backup's file.
    public let backup: String
    /// The manifest of the backup, if it has one.
    public let manifest: Manifest?
    /// The path of the checkpoint.
    public let path: String
    /// The path of the checkpoint from before, if there was one.
    public let kept: String?
    /// The number of calls.
    public let calls: Int

    /// Writes a backup into a new file, byte for byte.
    ///
    /// - Parameters:
    ///   - source: A backup, or a directory of backups, of which the newest counts.
    ///   - path: The new file.
    ///   - goesOn: Asked every few hundred kilobytes; on false nothing is left.
    /// - Returns: The result.
    /// - Throws: `Failure` of scope `stop`.
    public static func write(
        _ source: String, to path: String, _ goesOn: @escaping () -> Bool
    ) throws(Failure) -> Restore {
        guard !FileSystem.exists(path) else { throw occupied(path) }
        let copy = try VerifiedCopy(of: source, for: path, goesOn)
        guard try copy.link(to: path) else { throw occupied(path) }
        return Restore(copy, path: path, kept: nil)
    }

    /// Puts a backup in the place of a checkpoint.
    ///
    /// At any moment, also after a crash, the checkpoint is whole, the old or the new. Programs that
    /// have it open go on with the new one.
    ///
    /// - Parameters:
    ///   - state: The checkpoint; it need not be there.
    ///   - source: A backup, or a directory of backups, of which the newest counts.
    ///   - busyTimeout: The longest wait for programs that write to it.
    ///   - goesOn: Asked every few hundred kilobytes; on false nothing changes.
    /// - Returns: The result.
    /// - Throws: `Failure` of scope `stop`; `timeout` while records of the checkpoint are in work.
    public static func replace(
        _ state: String, by source: String, busyTimeout: Duration = .seconds(30),
        _ goesOn: @escaping () -> Bool
    ) throws(Failure) -> Restore {
        let copy = try VerifiedCopy(of: source, for: state, goesOn)
        let kept = DatabaseCopy.free("\(state).before-restore-", at: .now, "")
        let isKept =
            switch try ExistingCheckpoint(state, busyTimeout) {
            case .none: try copy.settle(at: state, after: kept)
            case .sound(let old): try copy.replace(old, state, keptAs: kept, busyTimeout, goesOn)
            case .damaged: try copy.displace(state, keptAs: kept)
            }
        return Restore(copy, path: state, kept: isKept ? kept : nil)
    }

    /// The sentence about a restore that is not made.
    ///
    /// - Parameters:
    ///   - source: A backup, or a directory whose newest it is.
    ///   - path: The file that it would be restored to.
    /// - Returns: The sentence.
    /// - Throws: `Failure` of scope `stop`.
    public static func plan(_ source: String, to path: String) throws(Failure) -> String {
        let backup = try VerifiedCopy.file(source)
        let moment = try Manifest.beside(backup).map { " of \($0.started)" } ?? ""
        return "would restore \(backup)\(moment) to \(path)"
    }

    private init(_ copy: VerifiedCopy, path: String, kept: String?) {
        backup = copy.backup
        manifest = copy.manifest
        calls = copy.calls
        self.path = path
        self.kept = kept
    }

    private static func occupied(_ path: String) -> Failure {
        Failure(
            .stop, .storage, "write \(path): there is a file already",
            remedy: "remove it, or name another with --to")
    }
}
