// Reserver: reserves the ids of a record's files and folders, before any is made.
public import Files
public import Records

/// Puts the ids of the audio, the transcript and the folders of the day on records.
///
/// An id is safe when the record's mark is durable. An upload that begins after that finds the same
/// id after any crash, and Drive takes an id only once.
public struct Reserver: Sendable {
    private let ids: IDPool
    private let kinds: [UploadItem.Kind]
    private let tree: FolderTree

    /// Prepares for records; makes no request.
    ///
    /// - Parameters:
    ///   - drive: The Drive that gives the ids.
    ///   - data: The directory that remembers the ids of folders.
    ///   - formats: The files of a transcript that go to the Drive beside its JSON file.
    public init(_ drive: Drive, data: DataDirectory, formats: [TranscriptFormat] = []) {
        kinds = Reserver.kinds(formats)
        ids = IDPool(drive)
        tree = FolderTree(drive, ids: ids, data: data)
    }

    /// Looks for an id that the record lacks, and will need.
    ///
    /// - Parameters:
    ///   - record: The record.
    ///   - formats: The files of a transcript that go to the Drive beside its JSON file.
    /// - Returns: True when the record lacks an id.
    /// - Throws: `Failure` when `uploads.drive` has another form.
    public static func isDue(
        _ record: Record, formats: [TranscriptFormat] = []
    ) throws(Failure) -> Bool {
        let upload = try record.driveUpload() ?? .emptyDrive
        return upload.folder == nil || kinds(formats).contains { upload[$0] == nil }
    }

    private static func kinds(_ formats: [TranscriptFormat]) -> [UploadItem.Kind] {
        [.audio, .transcript] + formats.filter { $0 != .json }.map(UploadItem.Kind.init)
    }

    /// Adds the ids that the record lacks; a record with all ids costs no request.
    public func reserve(_ record: inout Record) async throws(Failure) {
        let known = try record.driveUpload() ?? .emptyDrive
        var upload = known
        if upload.folder == nil {
            let path = record.dayPath
            upload.folder = UploadFolder(ids: try await tree.reserve(path), path: path)
        }
        // The transcript may come later or never: an unused id costs nothing.
        for kind in kinds where upload[kind] == nil {
            upload[kind] = UploadedFile(id: try await ids.take())
        }
        if upload != known { try record.set(upload) }
    }
}
