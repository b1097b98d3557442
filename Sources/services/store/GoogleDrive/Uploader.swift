// Uploader: a record's audio and transcript on the Drive, each once, compared by size and hash.
public import Files
public import Records

/// Brings what a record has to the Drive, under the ids that a ``Reserver`` gave it.
public struct Uploader: Sendable {
    private let drive: Drive
    private let data: DataDirectory
    private let ids: IDPool
    private let tree: FolderTree
    private let notes: UploadNotes
    private let isForced: Bool

    /// Prepares for records; makes no request.
    ///
    /// - Parameters:
    ///   - drive: Takes the files.
    ///   - data: Where the files lie, and the notes that outlive a crash.
    ///   - isForced: Whether to ask Drive also about what the record says is there.
    /// - Throws: `Failure` when no notes can be kept.
    public init(_ drive: Drive, data: DataDirectory, isForced: Bool = false) throws(Failure) {
        self.drive = drive
        self.data = data
        self.isForced = isForced
        ids = IDPool(drive)
        tree = FolderTree(drive, ids: ids, data: data)
        notes = try UploadNotes(data)
    }

    /// The names of the files that would be uploaded.
    public static func due(_ record: Record, in data: DataDirectory) throws(Failure) -> [String] {
        var due: [String] = []
        for errand in try Errand.all(record) {
            if try errand.isDone(in: data) { continue }
            due.append(errand.path)
        }
        return due
    }

    /// Uploads what is not there yet, and puts on the record what is there then.
    ///
    /// What the record says is there, with the bytes that the record's file has, costs no request.
    public func upload(_ record: inout Record) async throws(Failure) {
        for errand in try Errand.all(record) {
            if !isForced {
                let isDone = try errand.isDone(in: data)
                if isDone { continue }
            }
            guard let file = try LocalFile(errand.path, type: errand.type, in: data) else {
                // It may be cleared away once it is on the Drive.
                if errand.item?.isStored == true { continue }
                throw Failure(
                    .temporary, .storage, "upload \(errand.path): the file is not there",
                    remedy: "run \(errand.maker) again")
            }
            try errand.check(file)
            let item = try await upload(file, errand, &record)
            var copy = try record.driveCopy()
            copy[errand.kind] = item
            try record.set(copy)
        }
    }

    private func upload(
        _ file: LocalFile, _ errand: Errand, _ record: inout Record
    ) async throws(Failure) -> DriveCopy.Item {
        guard let id = errand.item?.id else {
            // Only a pipe without that stage has such records, and then all of them are so.
            throw Failure(
                .stop, .configuration, "upload \(errand.path): the record has no id for it",
                remedy: "put drive-reserve and state-mark reserve before drive-upload")
        }
        let upload = FileUpload(
            drive: drive, notes: notes, ids: ids, file: file, record: record.id,
            modifiedTime: record.modifiedTime, work: "upload \(file.name)")
        // The second round is for a folder that was removed while we worked.
        for _ in 0..<2 {
            let parent = try await folder(&record)
            let isThere = isForced && errand.item?.isStored == true
            if let stored = try await upload.run(id: id, in: parent, looksFirst: isThere) {
                return .init(
                    id: stored.id, bytes: file.bytes, sha256: file.sha256,
                    md5: stored.md5Checksum ?? file.md5, link: stored.webViewLink)
            }
            await tree.forget(try record.driveCopy().folder?.path ?? record.dayPath)
        }
        throw Failure(
            .stop, .notFound, "upload \(file.name): its folder is not there",
            remedy: "see who removes folders below GOOGLE_DRIVE_FOLDER_ID")
    }

    /// The folder of the record's day, made if need be, and noted on the record.
    private func folder(_ record: inout Record) async throws(Failure) -> String {
        var copy = try record.driveCopy()
        let path = copy.folder?.path ?? record.dayPath
        let made = try await tree.make(path, reserved: copy.folder?.ids ?? [])
        let folder = DriveCopy.Folder(ids: made, path: path)
        if copy.folder != folder {
            copy.folder = folder
            try record.set(copy)
        }
        return folder.id
    }
}

/// One file of a record that is to be on the Drive.
private struct Errand {
    /// Relative to the data directory.
    let path: String
    let type: String
    /// What the record says of it.
    let item: DriveCopy.Item?
    let kind: DriveCopy.Kind
    /// The stage that makes the file.
    let maker: String
    /// The file as its maker left it, as far as the record tells.
    let bytes: Int?
    let sha256: String?

    /// What the record has; its transcript may come later than its audio.
    static func all(_ record: Record) throws(Failure) -> [Errand] {
        guard let audio = try record.audio() else {
            throw Failure(
                .item, .input, "upload the recording: the record has no \"audio\"",
                remedy: "put rc-fetch or dir-list before drive-upload")
        }
        let copy = try record.driveCopy()
        var errands = [
            Errand(
                path: audio.path, type: audio.type, item: copy.audio, kind: .audio,
                maker: "rc-fetch", bytes: audio.bytes, sha256: audio.sha256)
        ]
        if let transcript = try record.transcript() {
            errands.append(
                Errand(
                    path: transcript.path, type: "application/json", item: copy.transcript,
                    kind: .transcript, maker: "transcribe", bytes: nil,
                    sha256: transcript.files?.json))
        }
        return errands
    }

    /// Whether the Drive holds what the record or, where that does not tell, the disk has.
    func isDone(in data: DataDirectory) throws(Failure) -> Bool {
        guard let item, item.isStored else { return false }
        if let sha256 { return item.sha256 == sha256 && (bytes ?? item.bytes) == item.bytes }
        guard try data.size(of: path) != nil else { return true }
        let digests = try data.digests(of: path)
        return item.holds(bytes: digests.bytes, sha256: digests.sha256)
    }

    /// A file that is not what was fetched must not become what is archived.
    func check(_ file: LocalFile) throws(Failure) {
        guard let sha256, sha256 != file.sha256 || (bytes ?? file.bytes) != file.bytes else {
            return
        }
        throw Failure(
            .temporary, .integrity, "upload \(path): the file is not what \(maker) made",
            remedy: "remove the file and run \(maker) again")
    }
}
