// Reserver: reserves the ids of a record's files and folders, before any is made.
public import Files
public import Records

/// Puts the ids of the audio, the transcript and the folders of the day on records.
///
/// An id is safe when the record's mark is durable. An upload that begins after that finds the same
/// id after any crash, and Drive takes an id only once.
public struct Reserver: Sendable {
    private let ids: IDPool
    private let tree: FolderTree

    /// Prepares for records; makes no request.
    ///
    /// - Parameters:
    ///   - drive: The Drive that gives the ids.
    ///   - data: The directory that remembers the ids of folders.
    public init(_ drive: Drive, data: DataDirectory) {
        ids = IDPool(drive)
        tree = FolderTree(drive, ids: ids, data: data)
    }

    /// True when the record lacks an id that it will need.
    public static func isDue(_ record: Record) throws(Failure) -> Bool {
        let upload = try record.driveUpload() ?? .emptyDrive
        return upload.folder == nil || UploadItem.Kind.allCases.contains { upload[$0] == nil }
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
        for kind in UploadItem.Kind.allCases where upload[kind] == nil {
            upload[kind] = UploadedFile(id: try await ids.take())
        }
        if upload != known { try record.set(upload) }
    }
}
