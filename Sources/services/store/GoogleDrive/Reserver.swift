// Reserver: the ids of a record's files and folders, on the record before anything is made.
public import Files
public import Records

/// Puts ids on records: of the audio, of the transcript and of the folders of the day.
///
/// An id on a record is worth nothing until the record's mark is durable; an upload that begins
/// after that finds the same id after any crash, and Drive takes an id only once.
public struct Reserver: Sendable {
    private let ids: IDPool
    private let tree: FolderTree

    /// Prepares for records; makes no request.
    ///
    /// - Parameters:
    ///   - drive: Gives the ids.
    ///   - data: Where the ids of folders are remembered.
    public init(_ drive: Drive, data: DataDirectory) {
        ids = IDPool(drive)
        tree = FolderTree(drive, ids: ids, data: data)
    }

    /// Whether the record lacks an id that it will need.
    public static func isDue(_ record: Record) throws(Failure) -> Bool {
        let upload = try record.driveUpload() ?? .emptyDrive
        return upload.folder == nil || UploadItem.Kind.allCases.contains { upload[$0] == nil }
    }

    /// Adds the ids that the record lacks; one that has them all costs no request.
    public func reserve(_ record: inout Record) async throws(Failure) {
        let known = try record.driveUpload() ?? .emptyDrive
        var upload = known
        if upload.folder == nil {
            let path = record.dayPath
            upload.folder = UploadFolder(ids: try await tree.reserve(path), path: path)
        }
        // The transcript may come later, or never: an id that is not used costs nothing.
        for kind in UploadItem.Kind.allCases where upload[kind] == nil {
            upload[kind] = UploadedFile(id: try await ids.take())
        }
        if upload != known { try record.set(upload) }
    }
}
