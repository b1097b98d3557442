// FileUpload: uploads one file under its reserved id, until Drive confirms that it holds it.
internal import FoundationEssentials
internal import HTTP
internal import Records

/// The upload of one file of a record.
struct FileUpload: Sendable {
    let drive: Drive
    let notes: UploadNotes
    let ids: IDPool
    let file: LocalFile
    /// The record's id: the mark by which callpipe knows its own files.
    let record: String
    let modifiedTime: String?
    /// `VERB OBJECT`, for messages.
    let work: String

    /// The largest file that goes in one request, in bytes, as Google documents it.
    static let oneRequest = 5 << 20
    /// The reserved id, a second one for a deleted file, and a third one in case the file with the
    /// second was deleted too.
    private static let mostIDs = 3
    private static let path = "/upload/drive/v3/files"

    /// The purpose of an upload.
    enum Purpose: Sendable, Equatable {
        case make(parent: String)
        /// Replaces the bytes of a file that is there.
        case change
    }

    /// Uploads the file.
    ///
    /// - Parameters:
    ///   - reserved: The id on the record.
    ///   - parent: The folder.
    ///   - looksFirst: True when the file is probably there already.
    /// - Returns: The file as the Drive holds it; `nil` when the folder is not there.
    /// - Throws: `Failure`; of scope `item` when the id belongs to another file.
    func run(
        id reserved: String, in parent: String, looksFirst: Bool
    ) async throws(Failure) -> DriveFile? {
        var id = try notes.replacement(of: reserved) ?? reserved
        if looksFirst, let there = try await drive.file(id, "look at the upload of \(file.name)") {
            return try await settle(there)
        }
        for _ in 0..<Self.mostIDs {
            switch try await send(id, .make(parent: parent)) {
            case .noParent: return nil
            case .made(let made): return try await verified(made)
            case .taken:
                let work = "look at the upload of \(file.name)"
                if let there = try await drive.file(id, work) { return try await settle(there) }
                // Drive never takes the id of a deleted file again.
                let fresh = try await ids.take()
                try notes.note(fresh, for: reserved)
                drive.observer?(
                    .note("\(file.name): its id is that of a deleted file; it gets a new one"))
                id = fresh
            }
        }
        throw Failure(
            .temporary, .badResponse, "\(work): Google Drive refuses new ids as ids in use",
            remedy: "run it again later")
    }

    /// Handles a file that has the id already: mostly it is this one, uploaded before a crash.
    private func settle(_ there: DriveFile) async throws(Failure) -> DriveFile {
        var there = there
        if there.holds(file) != true {
            guard there.appProperties?[Mark.name] == Mark.fitted(record), !there.isFolder else {
                throw Failure(
                    .item, .integrity, "\(work): a file that is not ours has its id",
                    remedy: "look at \(there.id) on Google Drive", status: 409)
            }
            // The bytes are replaced under the old id: Drive never takes the id of a deleted file
            // again, and a second id could become a second file.
            drive.observer?(
                .note("\(file.name): Google Drive holds other bytes; they are replaced"))
            guard case .made(let changed) = try await send(there.id, .change) else {
                throw Failure(
                    .temporary, .notFound, "\(work): it was deleted in the meantime",
                    remedy: "run it again")
            }
            there = try await verified(changed)
        }
        if there.isTrashed {
            drive.observer?(.note("\(file.name): it was in the trash and is restored"))
            there = try await restore(there)
        }
        return there
    }

    /// Compares the file on the Drive with the one on the disk, by size and hash.
    private func verified(_ stored: DriveFile) async throws(Failure) -> DriveFile {
        var stored = stored
        if stored.holds(file) == nil {
            let work = "look at the upload of \(file.name)"
            stored = try await drive.file(stored.id, work) ?? stored
        }
        switch stored.holds(file) {
        case true: return stored
        case false:
            throw Failure(
                .temporary, .integrity,
                "\(work): Google Drive does not hold the bytes that were sent",
                remedy: "run it again; the file is then replaced")
        default:
            throw Failure(
                .temporary, .badResponse, "\(work): Google Drive tells no size and hash",
                remedy: "run it again")
        }
    }

    private func send(_ id: String, _ purpose: Purpose) async throws(Failure) -> Creation {
        file.bytes <= Self.oneRequest
            ? try await sendWhole(id, purpose)
            : try await ResumableUpload(of: self, id: id, for: purpose).run()
    }

    private func sendWhole(_ id: String, _ purpose: Purpose) async throws(Failure) -> Creation {
        let related = RelatedBody(metadata(id, purpose), file)
        let request = Request(
            purpose == .change ? .patch : .post, address(id, purpose, "multipart"),
            headers: [Header("Content-Type", related.contentType)],
            body: related.body)
        let response = try await drive.send(request, work, isShared: false, isWrite: true)
        return try drive.creation(response, work)
    }

    private func restore(_ trashed: DriveFile) async throws(Failure) -> DriveFile {
        let query: KeyValuePairs = ["supportsAllDrives": "true", "fields": DriveFile.fields]
        let request = Request(
            .patch, drive.address("/drive/v3/files/\(trashed.id)", query),
            headers: [Header("Content-Type", "application/json; charset=UTF-8")],
            body: .bytes(JSON.members(["trashed": .bool(false)]).bytes))
        let response = try await drive.send(request, work, isShared: false, isWrite: true)
        try drive.accept(response, work)
        return try drive.decode(response, DriveFile.self, work)
    }

    /// The address that a new upload begins at.
    func address(_ id: String, _ purpose: Purpose, _ way: String) -> String {
        drive.address(
            purpose == .change ? "\(Self.path)/\(id)" : Self.path,
            ["uploadType": way, "supportsAllDrives": "true", "fields": DriveFile.fields])
    }

    /// The facts that the Drive keeps of the file besides its bytes.
    func metadata(_ id: String, _ purpose: Purpose) -> JSON {
        var members: KeyValuePairs<String, JSON?> {
            switch purpose {
            case .make(let parent):
                ["id": .string(id), "parents": .array([.string(parent)])]
            case .change: ["trashed": .bool(false)]
            }
        }
        guard case .object(let own) = JSON.members(members),
            case .object(let common) = JSON.members([
                "name": .string(file.name), "mimeType": .string(file.type),
                "originalFilename": .text(file.source?.name),
                "modifiedTime": .text(modifiedTime),
                "appProperties": Mark.file(record, file),
            ])
        else { return .null }
        return .object(own + common)
    }
}
