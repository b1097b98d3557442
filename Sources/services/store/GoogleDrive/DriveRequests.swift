// DriveRequests: looks up files and folders, and makes folders.
internal import HTTP
public import Records

/// The outcome of making a file with an id of our choice.
enum Creation: Sendable {
    case made(DriveFile)
    /// The id is in use: by an earlier attempt, or by a file that was deleted.
    case taken
    /// The parent folder is not there.
    case noParent
}

extension Drive {
    private static let path = "/drive/v3/files"

    /// New ids for files and folders, from 1 to 1000.
    func generateIDs(_ count: Int) async throws(Failure) -> [String] {
        struct Reply: Decodable {
            let ids: [String]
        }
        let work = "reserve ids on Google Drive"
        let response = try await send(
            Request(
                .get,
                address("\(Self.path)/generateIds", ["count": String(count), "fields": "ids"])),
            work, isShared: true)
        try accept(response, work, isShared: true)
        let ids = try decode(response, Reply.self, work, isShared: true).ids
        guard ids.count == count, ids.allSatisfy(Account.isIdentifier) else {
            throw Failure(.stop, .badResponse, "\(work): the reply has another form")
        }
        return ids
    }

    /// A file or folder by its id; `nil` when there is none.
    ///
    /// Unlike a list, the answer is never out of date.
    func file(_ id: String, _ work: String, isShared: Bool = false) async throws(Failure)
        -> DriveFile?
    {
        let query: KeyValuePairs = ["supportsAllDrives": "true", "fields": DriveFile.fields]
        let response = try await send(
            Request(.get, address("\(Self.path)/\(PercentEncoding.text(id))", query)), work,
            isShared: isShared)
        if response.status == 404 { return nil }
        try accept(response, work, isShared: isShared)
        return try decode(response, DriveFile.self, work, isShared: isShared)
    }

    /// The folders of exactly that name.
    ///
    /// A list may lag behind, so an empty one does not prove that there is none.
    func folders(named name: String, in parent: String) async throws(Failure) -> [DriveFile] {
        struct Reply: Decodable {
            let files: [DriveFile]
            let nextPageToken: String?
        }
        let work = "list the folders of Google Drive"
        let search =
            "\(Self.quoted(parent)) in parents and name = \(Self.quoted(name))"
            + " and mimeType = \(Self.quoted(DriveFile.folderType)) and trashed = false"
        var found: [DriveFile] = []
        var page: String?
        repeat {
            var url = address(
                Self.path,
                [
                    "q": search, "pageSize": "100", "supportsAllDrives": "true",
                    "includeItemsFromAllDrives": "true",
                    "fields": "nextPageToken,files(\(DriveFile.fields))",
                ])
            if let page { url += "&pageToken=\(PercentEncoding.text(page))" }
            let response = try await send(Request(.get, url), work, isShared: true)
            // A parent that is only reserved has no children.
            if response.status == 404 { return [] }
            try accept(response, work, isShared: true)
            let reply = try decode(response, Reply.self, work, isShared: true)
            found += reply.files
            page = reply.nextPageToken
        } while page != nil
        // Drive ignores the case of names.
        return found.filter { $0.name == name && $0.isFolder && !$0.isTrashed }
    }

    /// Makes a folder with an id of our choice.
    func makeFolder(
        _ id: String, named name: String, in parent: String, path: String
    ) async throws(Failure) -> Creation {
        let metadata = JSON.members([
            "id": .string(id), "name": .string(name), "parents": .array([.string(parent)]),
            "mimeType": .string(DriveFile.folderType),
            "appProperties": Mark.folder(path),
        ])
        let work = "make the folder \(path) on Google Drive"
        let query: KeyValuePairs = ["supportsAllDrives": "true", "fields": DriveFile.fields]
        let response = try await send(
            Request(
                .post, address(Self.path, query),
                headers: [Header("Content-Type", "application/json; charset=UTF-8")],
                body: .bytes(metadata.bytes)), work, isShared: true, isWrite: true)
        return try creation(response, work, isShared: true)
    }

    /// The outcome that a reply tells.
    func creation(
        _ response: Response, _ work: String, isShared: Bool = false
    ) throws(Failure) -> Creation {
        switch response.status {
        case 404: return .noParent
        case 409: return .taken
        default:
            try accept(response, work, isShared: isShared)
            return .made(try decode(response, DriveFile.self, work, isShared: isShared))
        }
    }

    /// Throws the failure of a reply that is not a success.
    func accept(_ response: Response, _ work: String, isShared: Bool = false) throws(Failure) {
        guard !(200..<300).contains(response.status) else { return }
        throw Refusal(response).failure(work, for: account, isShared: isShared)
    }

    /// The body of a success; a body of another form mostly comes from a proxy.
    func decode<Value: Decodable>(
        _ response: Response, _ type: Value.Type, _ work: String, isShared: Bool = false
    ) throws(Failure) -> Value {
        do {
            return try response.decode(type)
        } catch {
            throw Failure(
                isShared ? .stop : .temporary, .badResponse,
                "\(work): the answer is not of Google Drive's form",
                remedy: "see whether a proxy answers in its place", status: response.status)
        }
    }

    /// A text in the quotes of the query language.
    static func quoted(_ text: String) -> String {
        var quoted = "'"
        for character in text.unicodeScalars {
            if character == "\\" || character == "'" { quoted.append("\\") }
            quoted.unicodeScalars.append(character)
        }
        return quoted + "'"
    }
}

extension Drive {
    /// Checks, before any work is done, that the account may write into the target folder.
    ///
    /// To make a folder proves nothing: a service account may make folders where it has no storage
    /// for a single byte.
    ///
    /// - Throws: `Failure` of scope `stop`, with a remedy.
    public func probe() async throws(Failure) {
        let work = "use the folder of GOOGLE_DRIVE_FOLDER_ID"
        func failed(_ kind: Failure.Kind, _ why: String, _ remedy: String) -> Failure {
            Failure(.stop, kind, "\(work): \(why)", remedy: remedy)
        }
        let query: KeyValuePairs = [
            "supportsAllDrives": "true",
            "fields": "\(DriveFile.fields),capabilities(canAddChildren)",
        ]
        let response = try await send(
            Request(.get, address("\(Self.path)/\(account.folder)", query)), work,
            isShared: true)
        if response.status == 404 {
            throw failed(
                .configuration, "the account sees no folder of that id",
                "check the id, and \(account.share)")
        }
        try accept(response, work, isShared: true)
        let folder = try decode(response, DriveFile.self, work, isShared: true)
        guard folder.isFolder else {
            throw failed(
                .configuration, "it is not a folder", "take what follows /folders/ in its address")
        }
        if folder.isTrashed {
            throw failed(.configuration, "it is in the trash", "restore it or name another")
        }
        if folder.capabilities?.canAddChildren == false {
            throw failed(.permission, "the account may read but not write", account.share)
        }
        if folder.driveId == nil, !account.isDelegated {
            throw failed(
                .configuration,
                "it lies in the drive of a person, where a service account has no storage",
                Account.useSharedDrive)
        }
    }
}
