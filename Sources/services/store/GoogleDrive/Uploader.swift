// Uploader: uploads a record's audio and the files of its transcript, each once, compared by size and hash.
public import Files
public import Records
internal import System

/// Uploads a record's files under the ids that a ``Reserver`` gave it.
public struct Uploader: Sendable {
    private let drive: Drive
    private let data: DataDirectory
    private let ids: IDPool
    private let tree: FolderTree
    private let notes: UploadNotes
    private let advice: UploadAdvice
    private let isForced: Bool

    /// Prepares for records; makes no request.
    ///
    /// - Parameters:
    ///   - drive: The Drive that takes the files.
    ///   - data: The directory that holds the files, and the notes that survive a crash.
    ///   - advice: The remedies that name other tools.
    ///   - isForced: True to ask Drive also about files that the record says are there.
    /// - Throws: `Failure` when notes cannot be kept.
    public init(
        _ drive: Drive, data: DataDirectory, advice: UploadAdvice, isForced: Bool = false
    ) throws(Failure) {
        self.drive = drive
        self.data = data
        self.advice = advice
        self.isForced = isForced
        ids = IDPool(drive)
        tree = FolderTree(drive, ids: ids, data: data)
        notes = try UploadNotes(data)
    }

    /// The names of the files that would be uploaded.
    public static func due(
        _ record: Record, in data: DataDirectory, _ advice: UploadAdvice
    ) async throws(Failure) -> [String] {
        var due: [String] = []
        for item in try UploadItem.all(record, advice) {
            if try await item.isDone(in: data) { continue }
            due.append(item.path)
        }
        return due
    }

    /// Uploads the files that are not there yet, and notes their copies on the record.
    ///
    /// A file costs no request when the record says that the Drive holds its bytes.
    public func upload(_ record: inout Record) async throws(Failure) {
        for item in try UploadItem.all(record, advice) {
            if !isForced {
                let isDone = try await item.isDone(in: data)
                if isDone { continue }
            }
            let file = try await OwnThread.blocking { [data] () throws(Failure) in
                try LocalFile(item.path, source: item.source, type: item.type, in: data)
            }
            guard let file else {
                // It may be removed from the disk once it is on the Drive.
                if item.copy?.isStored == true { continue }
                throw item.missing(advice)
            }
            try item.check(file, advice)
            let stored = try await upload(file, item, &record)
            var upload = try record.driveUpload() ?? .emptyDrive
            upload[item.kind] = stored
            try record.set(upload)
        }
    }

    private func upload(
        _ file: LocalFile, _ item: UploadItem, _ record: inout Record
    ) async throws(Failure) -> UploadedFile {
        guard let id = item.copy?.id else {
            // Only a pipe without that stage has such records, and then all records are so.
            throw Failure(
                .stop, .configuration, "upload \(item.path): the record has no id for it",
                remedy: advice.reserveFirst)
        }
        let upload = FileUpload(
            drive: drive, notes: notes, ids: ids, file: file, record: record.id,
            modifiedTime: record.modifiedTime, work: "upload \(file.name)")
        // The second round is for a folder that was removed in the meantime.
        for _ in 0..<2 {
            let parent = try await folder(&record)
            let isThere = isForced && item.copy?.isStored == true
            if let stored = try await upload.run(id: id, in: parent, looksFirst: isThere) {
                return UploadedFile(
                    id: stored.id, bytes: file.bytes, sha256: file.sha256,
                    md5: stored.md5Checksum ?? file.md5, link: stored.webViewLink)
            }
            await tree.forget(try record.driveUpload()?.folder?.path ?? record.dayPath)
        }
        throw Failure(
            .stop, .notFound, "upload \(file.name): its folder is not there",
            remedy: "see who removes folders below GOOGLE_DRIVE_FOLDER_ID")
    }

    /// Finds or makes the folder of the record's day, and notes it on the record.
    private func folder(_ record: inout Record) async throws(Failure) -> String {
        var upload = try record.driveUpload() ?? .emptyDrive
        let path = upload.folder?.path ?? record.dayPath
        let made = try await tree.make(path, reserved: upload.folder?.ids ?? [])
        let folder = UploadFolder(ids: made, path: path)
        if upload.folder != folder {
            upload.folder = folder
            try record.set(upload)
        }
        return folder.id
    }
}
