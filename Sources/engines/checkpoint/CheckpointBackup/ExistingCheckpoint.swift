// ExistingCheckpoint: what a checkpoint is that is about to be replaced.
import Checkpoint
internal import Glibc
import Records

/// The file in whose place a backup goes.
enum ExistingCheckpoint {
    /// Nobody is there.
    case none
    /// It can be used, so it is replaced as any other change is made; empty ones are sound.
    case sound(Checkpoint?)
    /// It cannot be read, which may be why there is a restore.
    case damaged

    /// Looks at the file.
    ///
    /// - Throws: `Failure` of scope `stop`, when it is not ours or nobody can say.
    init(_ path: String, _ busyTimeout: Duration) throws(Failure) {
        guard unsafe access(path, F_OK) == 0 else {
            self = .none
            return
        }
        // SQLite would throw away the log of such a file.
        guard ExistingCheckpoint.mayBeDatabase(path) else {
            self = .damaged
            return
        }
        do throws(Failure) {
            let version = try Schema.storedVersion(Database(path, busyTimeout: busyTimeout))
            self = .sound(version == 0 ? nil : try Checkpoint(path, busyTimeout: busyTimeout))
        } catch {
            guard error.kind == .integrity else { throw error }
            self = .damaged
        }
    }

    /// Whether a file is empty or begins as a database does.
    ///
    /// Asked before SQLite has it open: to close another descriptor drops the locks of a process.
    private static func mayBeDatabase(_ path: String) -> Bool {
        guard let start = try? DatabaseCopy.start(of: path) else { return true }
        return start.isEmpty || start == DatabaseCopy.mark
    }
}
