// Backup: a verified, packed copy of the checkpoint, made while pipelines run.
import CheckpointSchema
import Checkpoint
internal import Files
internal import Glibc
public import Records
internal import System

/// Makes backups of a checkpoint in a directory.
public struct Backup {
    /// A backup that is complete.
    public struct Result: Sendable {
        /// Its file, with the directory.
        public let path: String
        /// Its content.
        public let manifest: Manifest
    }

    private let state: String
    private let folder: BackupFolder
    private let busyTimeout: Duration

    /// Takes the lock of a directory of backups, and clears it of the files of a killed run.
    ///
    /// - Parameters:
    ///   - state: The checkpoint, which has to be there.
    ///   - directory: The directory of the backups; made if missing, for its owner only.
    ///   - busyTimeout: The longest wait for another backup, or for the checkpoint.
    /// - Throws: `Failure` of scope `stop`.
    public init(
        of state: String, in directory: String, busyTimeout: Duration = .seconds(30)
    ) throws(Failure) {
        self.state = state
        self.busyTimeout = busyTimeout
        // First, so that no directory is made for a checkpoint that is not there.
        _ = try Backup.open(state, busyTimeout)
        folder = try BackupFolder(directory, busyTimeout: busyTimeout)
    }

    private static func open(_ state: String, _ busyTimeout: Duration) throws(Failure) -> Database {
        let database = try Database(state, busyTimeout: busyTimeout)
        guard try Schema.current.storedVersion(database) > 0 else {
            throw Failure(
                .stop, .configuration, "back up checkpoint \(state): it is empty",
                remedy: "name the checkpoint with --state")
        }
        return database
    }

    /// Makes a backup: it is verified, complete and on the disk under its name, or not there.
    ///
    /// - Parameters:
    ///   - settings: Files and directories to archive beside it; `nil` for no archive.
    ///   - goesOn: Asked every few megabytes; on false nothing is left.
    /// - Returns: The backup.
    /// - Throws: `Failure` of scope `stop`.
    public func make(
        settings: [String]? = nil, _ goesOn: @escaping () -> Bool
    ) throws(Failure) -> Result {
        let moment = folder.freeMoment(.now)
        do throws(Failure) {
            let manifest = try fill(moment, settings, goesOn)
            try folder.commit(moment)
            let name = BackupFolder.backup(moment)
            try write("\(manifest.finished) \(name)\n", to: folder.place("latest.success"))
            return Result(path: folder.place(name), manifest: manifest)
        } catch {
            // The first failure is the cause; a second one, as of a full disk, is not told.
            try? folder.clear(moment)
            throw error
        }
    }

    private func fill(
        _ moment: String, _ settings: [String]?, _ goesOn: @escaping () -> Bool
    ) throws(Failure) -> Manifest {
        let started = Timestamp.now
        let copy = folder.staged(BackupFolder.database(moment))
        try DatabaseCopy.fill(copy, from: Backup.open(state, busyTimeout), goesOn)
        let file = try ImmutableFile(copy)
        try file.verify()
        let packed = try Packing.pack(
            into: folder.staged(BackupFolder.backup(moment)), goesOn
        ) { sink throws(SystemError) in
            try FileBytes.each(of: copy, sink)
        }
        let manifest = Manifest(
            backup: .init(BackupFolder.backup(moment), packed.packed),
            database: try file.content(packed.plain),
            config: try settings.map { settings throws(Failure) in
                try archive(settings, moment, goesOn)
            },
            started: started, finished: .now)
        try write(manifest.json.text + "\n", to: folder.staged(BackupFolder.manifest(moment)))
        try DatabaseCopy.clear(copy)
        return manifest
    }

    private func archive(
        _ settings: [String], _ moment: String, _ goesOn: @escaping () -> Bool
    ) throws(Failure) -> Manifest.Part {
        let archive = try Archive(of: settings)
        let staged = folder.staged(BackupFolder.config(moment))
        let sums = try Packing.pack(into: staged, goesOn) { sink throws(SystemError) in
            try sink(archive.bytes.span)
        }
        return .init(BackupFolder.config(moment), sums.packed)
    }

    private func write(_ text: String, to path: String) throws(Failure) {
        do throws(SystemError) {
            try StagedFile.write(Array(text.utf8), to: path, mode: 0o600)
        } catch {
            throw DatabaseCopy.failure("write \(path)", error)
        }
    }

    /// Removes backups from before a time, but never the newest that is whole.
    ///
    /// Only backups with a manifest are removed; when no backup is whole, none is.
    ///
    /// - Parameter moment: Backups that were complete before this time may go.
    /// - Returns: The names of the backups that were removed.
    /// - Throws: `Failure` of scope `stop`.
    public func remove(before moment: Timestamp) throws(Failure) -> [String] {
        let entries = try Backup.expired(in: folder.path, before: moment)
        for entry in entries { try folder.remove(entry.moment) }
        return entries.map(\.manifest.backup.file)
    }

    /// The sentences about a backup that is not made.
    ///
    /// - Parameters:
    ///   - state: The checkpoint, which has to be there.
    ///   - directory: The place for backups; it need not be there.
    ///   - moment: Backups that were complete before it would go.
    /// - Returns: A sentence for each file.
    /// - Throws: `Failure` of scope `stop`.
    public static func plan(
        of state: String, in directory: String, removingBefore moment: Timestamp?
    ) throws(Failure) -> [String] {
        let checkpoint = try Checkpoint(reading: state)
        let calls = try checkpoint.database.value("SELECT count(*) FROM calls") ?? "0"
        var plan = ["would back up \(state) with \(calls) calls into \(directory)"]
        if let moment, FileSystem.exists(directory) {
            plan += try expired(in: directory, before: moment).map {
                "would remove \(directory)/\($0.manifest.backup.file)"
            }
        }
        return plan
    }

    /// The backups that were complete before a moment, but for the newest that is whole.
    private static func expired(
        in directory: String, before moment: Timestamp
    ) throws(Failure) -> [BackupFolder.Entry] {
        let entries = try BackupFolder.entries(in: directory)
        var newest: String?
        for entry in entries {
            let path = "\(directory)/\(entry.manifest.backup.file)"
            if try Packing.sums(of: path) == entry.manifest.backup.sums {
                newest = entry.moment
                break
            }
        }
        guard let newest else { return [] }
        return entries.filter { entry in
            entry.moment != newest
                && Timestamp(entry.manifest.finished).map { $0 < moment } ?? false
        }
    }
}

extension Backup.Result {
    /// The manifest with the path of the backup, for programs.
    ///
    /// - Parameter removed: The names of the removed backups; `nil` where none were to be removed.
    /// - Returns: An object for one line.
    public func json(removed: [String]?) -> JSON {
        guard case .object(let members) = manifest.json else { return manifest.json }
        let more = JSON.members([
            "path": .string(path), "removed": removed.map { .array($0.map(JSON.string)) },
        ])
        guard case .object(let others) = more else { return more }
        return .object(others + members)
    }

    /// The backup for people, one fact a line.
    public var lines: [String] {
        let calls = manifest.database.tables["calls"] ?? 0
        let sizes = [manifest.backup.bytes, manifest.database.bytes].map { "\(ByteCount($0))" }
        var lines = [
            "backup   \(path)", "holds    \(calls) calls",
            "takes    \(sizes[0]), \(sizes[1]) when it is unpacked",
        ]
        if let config = manifest.config { lines.append("config   \(config.file)") }
        return lines
    }
}
