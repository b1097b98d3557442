// DriveFile: a file or folder as Drive describes it, and as we describe it to Drive.
internal import Records

/// What we ask to be told of a file.
struct DriveFile: Decodable, Sendable, Equatable {
    struct Capabilities: Decodable, Sendable, Equatable {
        let canAddChildren: Bool?
    }

    let id: String
    var name: String?
    var mimeType: String?
    /// Of 64 bits, and therefore text.
    var size: String?
    var md5Checksum: String?
    var sha256Checksum: String?
    var webViewLink: String?
    var createdTime: String?
    var parents: [String]?
    var trashed: Bool?
    var driveId: String?
    var appProperties: [String: String]?
    var capabilities: Capabilities?

    static let folderType = "application/vnd.google-apps.folder"
    static let fields =
        "id,name,mimeType,size,md5Checksum,sha256Checksum,webViewLink,createdTime,parents,trashed,"
        + "driveId,appProperties"

    var isFolder: Bool { mimeType == Self.folderType }
    var isTrashed: Bool { trashed == true }

    /// Whether the bytes are those of the file; `nil` when Drive does not say.
    ///
    /// The size has to agree and, of the hashes, the strongest that Drive tells.
    func holds(_ file: LocalFile) -> Bool? {
        guard let size else { return nil }
        guard Int(size) == file.bytes else { return false }
        if let sha256Checksum { return sha256Checksum.lowercased() == file.sha256 }
        if let md5Checksum { return md5Checksum.lowercased() == file.md5 }
        return nil
    }

    /// Of folders of the same name the one that all who look agree upon.
    ///
    /// That is the oldest, then the least id. Times are of one form and so compare as text.
    static func oldest(of files: [DriveFile]) -> DriveFile? {
        files.min { ($0.createdTime ?? "~", $0.id) < ($1.createdTime ?? "~", $1.id) }
    }
}

/// Marks that let us know our own files again; only our application sees them.
enum Mark {
    /// Names the record or, of a folder, its path.
    static let name = "callpipe"
    /// Key and value may have so many bytes together.
    static let limit = 124

    /// The marks of a recording's file.
    ///
    /// The path where the recording comes from is left out when it is too long: half a path would
    /// mislead.
    static func file(_ record: String, _ file: LocalFile) -> JSON {
        let path = file.source?.path.flatMap { path in
            "path".utf8.count + path.utf8.count <= limit ? path : nil
        }
        return .members([
            name: .string(fitted(record)), "sha256": .string(file.sha256), "path": .text(path),
        ])
    }

    /// The marks of a folder.
    static func folder(_ path: String) -> JSON { .members([name: .string(fitted(path))]) }

    /// The value as it fits: an id from outside may be of any length.
    static func fitted(_ value: String) -> String {
        let room = limit - name.utf8.count
        guard value.utf8.count > room else { return value }
        var text = value
        while text.utf8.count > room { text.removeLast() }
        return text
    }
}
