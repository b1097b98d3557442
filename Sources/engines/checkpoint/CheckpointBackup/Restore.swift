// Restore: a backup put in the place of the checkpoint, which is kept.
import Checkpoint
internal import Glibc
public import Records

/// The work of `state-restore`.
public struct Restore: Sendable {
    /// The backup's file.
    public let backup: String
    /// What the backup says of itself, if it says something.
    public let manifest: Manifest?
    /// Where the checkpoint is now.
    public let path: String
    /// Where the checkpoint is that was there before, if one was.
    public let kept: String?
    /// How many calls there are now.
    public let calls: Int

    /// Writes a backup into a file that is not there yet, as it was, byte for byte.
    ///
    /// - Parameters:
    ///   - source: A backup, or a directory whose newest it is.
    ///   - path: The new file.
    ///   - goesOn: Asked every few hundred kilobytes; when it says no, nothing is left.
    /// - Returns: What came of it.
    /// - Throws: `Failure` of scope `stop`.
    public static func write(
        _ source: String, to path: String, _ goesOn: @escaping () -> Bool
    ) throws(Failure) -> Restore {
        guard unsafe access(path, F_OK) != 0 else { throw occupied(path) }
        let copy = try VerifiedCopy(of: source, for: path, goesOn)
        guard try copy.link(to: path) else { throw occupied(path) }
        return Restore(copy, path: path, kept: nil)
    }

    /// Puts a backup in the place of a checkpoint.
    ///
    /// At any moment, also after a crash, the checkpoint is whole: what it was, or what it is to
    /// be. Programs that have it open go on with what it is to be.
    ///
    /// - Parameters:
    ///   - state: The checkpoint; it need not be there.
    ///   - source: A backup, or a directory whose newest it is.
    ///   - busyTimeout: How long to wait for programs that write to it.
    ///   - goesOn: Asked every few hundred kilobytes; when it says no, all is as it was.
    /// - Returns: What came of it.
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
