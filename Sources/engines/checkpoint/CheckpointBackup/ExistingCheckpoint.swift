// ExistingCheckpoint: the state of a checkpoint that is about to be replaced.
import CheckpointSchema
import Checkpoint
internal import Glibc
import Records
internal import System

/// The file that a backup replaces.
enum ExistingCheckpoint {
    /// There is no file.
    case none
    /// It can be opened, and its content is replaced in a transaction; `nil` for an empty file.
    case sound(Checkpoint?)
    /// It cannot be read.
    case damaged

    /// Looks at the file.
    ///
    /// - Throws: `Failure` of scope `stop`, for another program's file or one that cannot be opened.
    init(_ path: String, _ busyTimeout: Duration) throws(Failure) {
        guard FileSystem.exists(path) else {
            self = .none
            return
        }
        // SQLite would delete the log of such a file.
        guard ExistingCheckpoint.mayBeDatabase(path) else {
            self = .damaged
            return
        }
        do throws(Failure) {
            let version = try Schema.current.storedVersion(Database(path, busyTimeout: busyTimeout))
            self = .sound(version == 0 ? nil : try Checkpoint(path, busyTimeout: busyTimeout))
        } catch {
            guard error.kind == .integrity else { throw error }
            self = .damaged
        }
    }

    /// True when a file is empty or begins as a database does.
    ///
    /// Asked before SQLite opens it: closing another descriptor drops the locks of a process.
    private static func mayBeDatabase(_ path: String) -> Bool {
        guard let start = try? start(of: path) else { return true }
        return start.isEmpty || start == mark
    }

    /// The bytes with which every SQLite database begins.
    static let mark = Array("SQLite format 3\u{0}".utf8)

    /// The first bytes of a file, as many as ``mark`` has.
    static func start(of path: String) throws(SystemError) -> [UInt8] {
        let file = try OwnedDescriptor(opening: path, O_RDONLY)
        return try Descriptor.bytes(of: file.number, at: 0, count: mark.count)
    }
}
