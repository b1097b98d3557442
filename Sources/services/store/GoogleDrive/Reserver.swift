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
        let copy = try record.driveCopy()
        return copy.folder == nil || copy.audio == nil || copy.transcript == nil
    }

    /// Adds the ids that the record lacks; one that has them all costs no request.
    public func reserve(_ record: inout Record) async throws(Failure) {
        var copy = try record.driveCopy()
        if copy.folder == nil {
            let path = record.dayPath
            copy.folder = .init(ids: try await tree.reserve(path), path: path)
        }
        if copy.audio == nil { copy.audio = .init(id: try await ids.take()) }
        // The transcript may come later, or never: an id that is not used costs nothing.
        if copy.transcript == nil { copy.transcript = .init(id: try await ids.take()) }
        if copy != (try record.driveCopy()) { try record.set(copy) }
    }
}
