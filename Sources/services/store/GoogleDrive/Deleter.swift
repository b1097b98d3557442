// Deleter: a record's files taken off the Drive, and the record's word that they are.
public import Files
internal import HTTP
public import Records

/// Takes from the Drive what ``Uploader`` brought there, and nothing else.
///
/// A file is looked at before: it has to carry the record's mark. Folders are never touched, they
/// are those of other records too.
public struct Deleter: Sendable {
    /// What becomes of a file.
    public enum Way: Sendable {
        /// It is gone for good.
        case delete
        /// It goes to the trash, which Drive empties after 30 days.
        case trash
    }

    private let drive: Drive
    private let notes: UploadNotes
    private let way: Way
    private let isForced: Bool

    /// Prepares for records; makes no request.
    ///
    /// - Parameters:
    ///   - drive: Holds the files.
    ///   - data: Where the notes of uploads lie.
    ///   - way: What becomes of the files.
    ///   - isForced: Whether to delete also what does not carry the record's mark, and to believe
    ///     that a file is gone where nothing of its folders can be seen.
    /// - Throws: `Failure` when the notes cannot be read.
    public init(
        _ drive: Drive, data: DataDirectory, by way: Way = .delete, isForced: Bool = false
    ) throws(Failure) {
        self.drive = drive
        self.way = way
        self.isForced = isForced
        notes = try UploadNotes(data)
    }

    /// The names of what would be deleted, such as `audio`.
    public static func due(_ record: Record) throws(Failure) -> [String] {
        try record.driveUpload()?.parts.map(\.kind) ?? []
    }

    /// Deletes the files, and puts the ids that are gone on the record in place of `uploads.drive`.
    ///
    /// A file that is not there any more is as good as deleted.
    public func delete(_ record: inout Record) async throws(Failure) {
        guard let upload = try record.driveUpload() else { return }
        let folders = upload.folder?.ids ?? []
        var gone: [String] = []
        for part in upload.parts {
            guard let reserved = part.file.id else { continue }
            try await cancelUpload(of: reserved)
            // Before the mark of its upload a file may have an id that only the notes know.
            for id in [try notes.replacement(of: reserved), reserved].compactMap({ $0 }) {
                try await delete(id, part, of: record.id, in: folders)
                gone.append(id)
            }
            notes.forgetReplacement(of: reserved)
        }
        try record.replaceUpload(
            with: Deletion(
                from: Upload.driveName, ids: gone, isInTrash: way == .trash,
                at: Timestamp.now.text))
    }

    private func delete(
        _ id: String, _ part: Upload.Part, of record: String, in folders: [String]
    ) async throws(Failure) {
        let work = "delete the \(part.kind) of \(record) from Google Drive"
        guard let there = try await drive.file(id, work) else {
            if part.file.isStored, !folders.isEmpty, !isForced {
                try await expectSight(of: folders, work)
            }
            return
        }
        let isOurs = there.appProperties?[Mark.name] == Mark.fitted(record)
        guard !there.isFolder, isOurs || isForced else {
            throw Failure(
                .item, .integrity, "\(work): what has its id is not ours",
                remedy: "look at \(id) on Google Drive")
        }
        switch way {
        case .delete: try await drive.delete(id, work)
        case .trash: if !there.isTrashed { try await drive.trash(id, work) }
        }
    }

    /// That a file cannot be seen proves nothing to an account that sees none of its folders: it
    /// may be another than the one that made them.
    private func expectSight(of folders: [String], _ work: String) async throws(Failure) {
        for folder in folders.reversed() {
            let there = try await drive.file(folder, work)
            if there != nil { return }
        }
        throw Failure(
            .item, .notFound, "\(work): the account sees neither the file nor any of its folders",
            remedy: "use the account that uploaded it; force the deletion if they are gone")
    }

    /// An upload that has begun could still become a file.
    private func cancelUpload(of id: String) async throws(Failure) {
        guard let address = try notes.session(of: id)?.address else { return }
        // Whatever the answer is: what is not there any more has ended too.
        _ = try await drive.sendInSession(Request(.delete, address))
        notes.forgetSession(of: id)
    }
}

extension Drive {
    /// Deletes a file for good, without the trash.
    fileprivate func delete(_ id: String, _ work: String) async throws(Failure) {
        let response = try await send(
            Request(.delete, fileAddress(id)), work, isShared: false, isWrite: true)
        if response.status == 404 { return }
        do {
            try accept(response, work)
        } catch {
            var failure = error
            if Refusal(response).names("insufficientFilePermissions") {
                failure.remedy =
                    "make the account a manager of the shared drive: a content manager may only"
                    + " put files in the trash"
            }
            throw failure
        }
    }

    /// Puts a file in the trash.
    fileprivate func trash(_ id: String, _ work: String) async throws(Failure) {
        let response = try await send(
            Request(
                .patch, fileAddress(id) + "&fields=id",
                headers: [Header("Content-Type", "application/json; charset=UTF-8")],
                body: .bytes(JSON.members(["trashed": .bool(true)]).bytes)),
            work, isShared: false, isWrite: true)
        if response.status == 404 { return }
        try accept(response, work)
    }

    private func fileAddress(_ id: String) -> String {
        address("/drive/v3/files/\(id)", ["supportsAllDrives": "true"])
    }
}
