// DriveFile: a file or folder as Drive describes it, and the marks that callpipe gives it.
internal import Records

/// The members of a file's description that callpipe asks for.
struct DriveFile: Decodable, Sendable, Equatable {
    struct Capabilities: Decodable, Sendable, Equatable {
        let canAddChildren: Bool?
    }

    let id: String
    var name: String?
    var mimeType: String?
    /// The size in bytes; Drive sends 64-bit numbers as text.
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

    /// True when Drive holds the bytes of the file; `nil` when it does not tell.
    ///
    /// The size has to agree and, of the hashes, the strongest one that Drive tells.
    func holds(_ file: LocalFile) -> Bool? {
        guard let size else { return nil }
        guard Int(size) == file.bytes else { return false }
        if let sha256Checksum { return sha256Checksum.lowercased() == file.sha256 }
        if let md5Checksum { return md5Checksum.lowercased() == file.md5 }
        return nil
    }

    /// The one of several folders of the same name that every process chooses.
    ///
    /// It is the oldest one, then the one with the least id. Times have one form, so that they
    /// compare as text.
    static func oldest(of files: [DriveFile]) -> DriveFile? {
        files.min { ($0.createdTime ?? "~", $0.id) < ($1.createdTime ?? "~", $1.id) }
    }
}

/// The marks by which callpipe knows its own files; no other application sees them.
enum Mark {
    /// The mark that holds the record's id or, of a folder, its path.
    static let name = "callpipe"
    /// The most bytes that a key and its value may have together.
    static let limit = 124

    /// The marks of a recording's file.
    ///
    /// The path in the folder that the recording comes from is left out when it is too long: half a
    /// path would mislead.
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

    /// The value, cut to the limit: an id from outside may have any length.
    static func fitted(_ value: String) -> String {
        let room = limit - name.utf8.count
        guard value.utf8.count > room else { return value }
        var text = value
        while text.utf8.count > room { text.removeLast() }
        return text
    }
}
