// BackupFolder: a directory of backups: its file names, its lock, and the files of a killed run.
import Checkpoint
internal import Files
internal import FoundationEssentials
internal import Glibc
import Records
internal import System

/// A directory that one program at a time puts backups into.
///
/// A backup is `callpipe_T.db.gz`, `callpipe_T.manifest.json` and perhaps `config_T.tar.gz`. Until
/// all of them are whole, they have a dot before their names and `.part` behind. The first renaming
/// decides: once `callpipe_T.db.gz` has its name, the next run gives the others theirs.
final class BackupFolder {
    /// A backup by its files.
    struct Entry {
        let moment: String
        let manifest: Manifest
    }

    let path: String
    private let lock: FileLock

    /// Opens a directory, made if missing, and takes its lock.
    ///
    /// - Throws: `Failure` of scope `stop`, kind `timeout` when another backup is at work.
    init(_ path: String, busyTimeout: Duration) throws(Failure) {
        self.path = path.isEmpty ? "." : path
        lock = try BackupFolder.lock(self.path, busyTimeout)
        try sweep()
    }

    private static func lock(_ path: String, _ busyTimeout: Duration) throws(Failure) -> FileLock {
        do throws(SystemError) {
            try StagedFile.makeDirectory(path, mode: 0o700)
            let deadline = ContinuousClock.now + busyTimeout
            while true {
                if let lock = try FileLock.take("\(path)/.callpipe.lock") { return lock }
                guard ContinuousClock.now < deadline else { break }
                _ = poll(nil, 0, 20)
            }
        } catch {
            throw DatabaseCopy.failure("use the directory \(path)", error)
        }
        throw Failure(
            .stop, .timeout, "use \(path): another backup is at work there",
            remedy: "run it again")
    }

    /// The path of a file of a whole backup.
    func place(_ name: String) -> String { "\(path)/\(name)" }

    /// The path of a file of a backup that is not whole yet.
    func staged(_ name: String) -> String { "\(path)/.\(name).part" }

    /// A time that no backup has yet; two backups in one second get two times.
    func freeMoment(_ time: Timestamp) -> String {
        var time = time
        while FileSystem.exists(place(BackupFolder.backup(DatabaseCopy.stamp(time)))) {
            time = time.adding(seconds: 1)
        }
        return DatabaseCopy.stamp(time)
    }

    static func backup(_ moment: String) -> String { "callpipe_\(moment).db.gz" }
    static func manifest(_ moment: String) -> String { "callpipe_\(moment).manifest.json" }
    static func config(_ moment: String) -> String { "config_\(moment).tar.gz" }
    /// The database before it is packed; it keeps the dot before its name.
    static func database(_ moment: String) -> String { "callpipe_\(moment).db" }

    private static func parts(_ moment: String) -> [String] {
        [backup(moment), config(moment), manifest(moment)]
    }

    /// Gives the files of a backup their names.
    func commit(_ moment: String) throws(Failure) {
        do throws(SystemError) {
            for name in BackupFolder.parts(moment) where FileSystem.exists(staged(name)) {
                try StagedFile.rename(staged(name), to: place(name), descriptor: nil)
            }
            try StagedFile.syncDirectory(of: place("."))
        } catch {
            throw DatabaseCopy.failure("write \(place(BackupFolder.backup(moment)))", error)
        }
    }

    /// Removes a backup; from the first step on it does not count as one.
    func remove(_ moment: String) throws(Failure) {
        do throws(SystemError) {
            let names = BackupFolder.parts(moment).reversed()
                .filter { FileSystem.exists(place($0)) }
            for name in names {
                try StagedFile.rename(place(name), to: staged(name), descriptor: nil)
            }
        } catch {
            throw DatabaseCopy.failure("remove \(place(BackupFolder.backup(moment)))", error)
        }
        try clear(moment)
    }

    /// Removes the files of a backup that have no final name.
    func clear(_ moment: String) throws(Failure) {
        try DatabaseCopy.clear(staged(BackupFolder.database(moment)))
        for name in BackupFolder.parts(moment) { try DatabaseCopy.clear(staged(name)) }
    }

    /// Completes a backup whose first file has its name, and removes the files of all others.
    private func sweep() throws(Failure) {
        for moment in try BackupFolder.moments(of: ".callpipe_", ".part", in: path) {
            if FileSystem.exists(place(BackupFolder.backup(moment))) { try commit(moment) }
            try clear(moment)
        }
    }

    /// The backups in a directory that have a manifest, the newest first.
    static func entries(in path: String) throws(Failure) -> [Entry] {
        var entries: [Entry] = []
        for moment in try moments(of: "callpipe_", ".manifest.json", in: path) {
            // A backup with a broken manifest is not counted, and not removed.
            guard let manifest = try? Manifest.beside("\(path)/\(backup(moment))") else {
                continue
            }
            entries.append(Entry(moment: moment, manifest: manifest))
        }
        return entries.sorted { $0.manifest.started > $1.manifest.started }
    }

    private static func moments(
        of prefix: String, _ suffix: String, in path: String
    ) throws(Failure) -> [String] {
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: path)
        } catch {
            throw Failure(
                .stop, .storage, "read the directory \(path): it cannot be listed",
                remedy: "make it a directory that this user may read")
        }
        let length = DatabaseCopy.stamp(.now).count
        let moments = names.filter { $0.hasPrefix(prefix) && $0.hasSuffix(suffix) }
            .map { $0.dropFirst(prefix.count).prefix(length) }
            .filter { $0.count == length && $0.utf8.allSatisfy(isOfMoment) }
        return Set(moments.map(String.init)).sorted()
    }

    private static func isOfMoment(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "_") || ASCII.isDigit(byte)
    }
}
