// StoredFile: the files that a record has on the Drive, and what it says when they are gone.
internal import Records

/// A file of `uploads.drive`, whatever it is of: tools that come later may add some.
struct StoredFile: Sendable {
    /// The member's name, such as `audio`.
    let name: String
    let id: String
    /// Whether the Drive has told that it holds it, so that it is more than a reserved id.
    let isStored: Bool
}

/// `deleted.drive` of callpipe-record(5): the ids that hold nothing any more.
private struct Gone: Decodable {
    let ids: [String]
    let trash: Bool?
}

extension Record {
    private struct Entry: Decodable {
        let id: String?
        let bytes: Int?
    }

    private struct Uploads: Decodable {
        let drive: [String: Entry]?
    }

    private struct Deletions: Decodable {
        let drive: Gone?
    }

    /// What the record has or may have on the Drive; `nil` when it has no word of the Drive.
    func driveFiles() throws(Failure) -> [StoredFile]? {
        guard let entries = try decode("uploads", as: Uploads.self)?.drive else { return nil }
        var files: [StoredFile] = []
        for (name, entry) in entries.sorted(by: { $0.key < $1.key }) where name != "folder" {
            guard let id = entry.id else { continue }
            // Ids go into addresses.
            guard Account.isIdentifier(id) else {
                throw Failure(.item, .input, "read member \"uploads\": an id is not one of Drive")
            }
            files.append(StoredFile(name: name, id: id, isStored: entry.bytes != nil))
        }
        return files
    }

    /// Puts ids that are gone in the place of `uploads.drive`, besides those that went before.
    mutating func setGone(_ ids: [String], isInTrash: Bool) throws(Failure) {
        let before = try decode("deleted", as: Deletions.self)?.drive
        let all = (before?.ids ?? []).filter { !ids.contains($0) } + ids
        let value = JSON.members([
            "ids": .array(all.map(JSON.string)),
            "trash": isInTrash || before?.trash == true ? .bool(true) : nil,
            "at": .string(Timestamp.now.text),
        ])
        remove("uploads", "drive")
        try set("deleted", "drive", value)
    }
}
