// Creation: a new checkpoint, which gets its name when it is whole.
import CheckpointSchema
internal import Files
internal import Glibc
import Records
internal import System

extension Checkpoint {
    /// Makes a checkpoint where there is none.
    ///
    /// It is made in memory and comes to its place as a whole, so a program that is killed leaves
    /// none, and an empty file is one that has lost its content: that is refused, because new tables
    /// in it would hide the loss.
    ///
    /// - Throws: `Failure` of scope `stop`.
    static func create(_ path: String, _ schema: Schema) throws(Failure) {
        guard !path.isEmpty else {
            throw Failure(
                .stop, .configuration, "open checkpoint: its name is empty",
                remedy: "name a file with --state")
        }
        if let size = try? FileStatus.ifPresent(path)?.size {
            // SQLite alone opens a file that is there: closing another descriptor of it would drop
            // the locks of this process.
            if size == 0 { throw Database.empty(path) }
            return
        }
        let bytes = try newFile(path, schema)
        do throws(SystemError) {
            // SQLite would follow the umask; its other files take their rights from this one.
            try StagedFile.make(bytes, at: path, mode: 0o600)
        } catch {
            throw Failure(
                .stop, .storage, "create checkpoint \(path): \(error.reason)",
                remedy: "make its directory writable, make room, or name another file with --state")
        }
    }

    private static func newFile(_ path: String, _ schema: Schema) throws(Failure) -> [UInt8] {
        let database = try Database(path, busyTimeout: .zero, for: .memory)
        // A million records take a quarter less time than with SQLite's 4,096; 16,384 make look-ups
        // in random order slower.
        try database.execute("PRAGMA page_size = 8192")
        try schema.migrate(database) { _ in }
        return try database.content()
    }
}
