// Deleter: deletes a record's files from the Drive, and notes that on the record.
public import Files
internal import HTTP
public import Records

/// The remedies that only the tool knows: they name its options.
public struct DeletionAdvice: Sendable {
    let unseen: String
    let onlyTrash: String

    /// Takes the advice.
    ///
    /// - Parameters:
    ///   - unseen: For an account that sees neither a file nor its folders.
    ///   - onlyTrash: For an account that may put files in the trash, but not delete them.
    public init(unseen: String, onlyTrash: String) {
        self.unseen = unseen
        self.onlyTrash = onlyTrash
    }
}

/// Deletes from the Drive the files that ``Uploader`` uploaded, and no others.
///
/// A file must carry the record's mark. Folders stay, since other records have them too.
public struct Deleter: Sendable {
    /// The ways to delete a file.
    public enum Way: Sendable {
        /// Deletes the file for good.
        case delete
        /// Puts the file in the trash, which Drive empties after 30 days.
        case trash
    }

    private let drive: Drive
    private let notes: UploadNotes
    private let way: Way
    private let advice: DeletionAdvice
    private let isForced: Bool

    /// Prepares for records; makes no request.
    ///
    /// - Parameters:
    ///   - drive: The Drive that holds the files.
    ///   - data: The directory that holds the notes of uploads.
    ///   - way: The way to delete a file.
    ///   - advice: The remedies that name options of the tool.
    ///   - isForced: True to delete also a file without the record's mark, and to take a file for
    ///   gone when the account sees none of its folders.
    /// - Throws: `Failure` when the notes cannot be read.
    public init(
        _ drive: Drive, data: DataDirectory, by way: Way = .delete, advice: DeletionAdvice,
        isForced: Bool = false
    ) throws(Failure) {
        self.drive = drive
        self.way = way
        self.advice = advice
        self.isForced = isForced
        notes = try UploadNotes(data)
    }

    /// The kinds of the files that would be deleted, such as `audio`.
    public static func due(_ record: Record) throws(Failure) -> [String] {
        try record.driveUpload()?.parts.map(\.kind) ?? []
    }

    /// Deletes the files, and puts their ids on the record in the place of `uploads.drive`.
    ///
    /// A file that is not there counts as deleted.
    public func delete(_ record: inout Record) async throws(Failure) {
        guard let upload = try record.driveUpload() else { return }
        let folders = upload.folder?.ids ?? []
        var gone: [String] = []
        for part in upload.parts {
            guard let reserved = part.file.id else { continue }
            try await cancelUpload(of: reserved)
            // A file that was uploaded without a mark may have an id that only the notes know.
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
        case .delete: try await drive.delete(id, work, onlyTrash: advice.onlyTrash)
        case .trash: if !there.isTrashed { try await drive.trash(id, work) }
        }
    }

    /// Fails when the account sees none of a file's folders: it may be another account than the one
    /// that uploaded the file, and so prove nothing.
    private func expectSight(of folders: [String], _ work: String) async throws(Failure) {
        for folder in folders.reversed() {
            let there = try await drive.file(folder, work)
            if there != nil { return }
        }
        throw Failure(
            .item, .notFound, "\(work): the account sees neither the file nor any of its folders",
            remedy: advice.unseen)
    }

    /// Ends an upload that has begun and could still become a file.
    private func cancelUpload(of id: String) async throws(Failure) {
        guard let address = try notes.session(of: id)?.address else { return }
        // Any answer will do: a session that is not there has ended too.
        _ = try await drive.sendInSession(Request(.delete, address))
        notes.forgetSession(of: id)
    }
}

extension Drive {
    /// Deletes a file for good, without the trash.
    fileprivate func delete(
        _ id: String, _ work: String, onlyTrash: String
    ) async throws(Failure) {
        let response = try await send(
            Request(.delete, fileAddress(id)), work, isShared: false, isWrite: true)
        if response.status == 404 { return }
        do {
            try accept(response, work)
        } catch {
            var failure = error
            if Refusal(response).names("insufficientFilePermissions") {
                failure.remedy = onlyTrash
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
