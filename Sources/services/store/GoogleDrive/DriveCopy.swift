// DriveCopy: `uploads.drive` of callpipe-record(5), what the Drive is to hold of a record.
internal import Records

/// The ids under which a record's files are or will be on the Drive, and what is there already.
struct DriveCopy: Decodable, Sendable, Equatable {
    /// One file: reserved when only its id is known, stored when Drive has told what it holds.
    struct Item: Decodable, Sendable, Equatable {
        var id: String
        var bytes: Int?
        var sha256: String?
        var md5: String?
        var link: String?

        /// Whether the Drive holds these bytes, as far as the record knows.
        var isStored: Bool { bytes != nil && sha256 != nil }

        /// Whether it holds the bytes of that size and hash.
        func holds(bytes: Int, sha256: String) -> Bool {
            self.bytes == bytes && self.sha256 == sha256
        }

        var json: JSON {
            .members([
                "id": .string(id), "bytes": .whole(bytes), "sha256": .text(sha256),
                "md5": .text(md5), "link": .text(link),
            ])
        }
    }

    /// The folder of the day and those above it.
    struct Folder: Decodable, Sendable, Equatable {
        var id: String
        /// Below the target folder, such as `2026/10/03`.
        var path: String
        /// The ids of the folders above, outermost first.
        var above: [String]?

        /// The ids along the path, outermost first.
        var ids: [String] { (above ?? []) + [id] }

        init(ids: [String], path: String) {
            id = ids.last ?? ""
            above = Array(ids.dropLast())
            self.path = path
        }

        var json: JSON {
            .members([
                "id": .string(id), "path": .string(path),
                "above": above.map { .array($0.map(JSON.string)) },
            ])
        }
    }

    var folder: Folder?
    var audio: Item?
    var transcript: Item?

    /// Which file of a record.
    enum Kind: Sendable {
        case audio, transcript
    }

    subscript(kind: Kind) -> Item? {
        get { kind == .audio ? audio : transcript }
        set { if kind == .audio { audio = newValue } else { transcript = newValue } }
    }

    var json: JSON {
        .members(["folder": folder?.json, "audio": audio?.json, "transcript": transcript?.json])
    }

    /// Ids go into addresses and file names; what is none is not believed.
    fileprivate func checked() throws(Failure) -> DriveCopy {
        let ids = [audio?.id, transcript?.id].compactMap { $0 } + (folder?.ids ?? [])
        guard ids.allSatisfy(Account.isIdentifier) else {
            throw Failure(.item, .input, "read member \"uploads\": an id is not one of Drive")
        }
        return self
    }
}

extension Record {
    private struct Uploads: Decodable {
        let drive: DriveCopy?
    }

    /// What the record says of the Drive; empty when it says nothing.
    func driveCopy() throws(Failure) -> DriveCopy {
        try decode("uploads", as: Uploads.self)?.drive?.checked() ?? DriveCopy()
    }

    mutating func set(_ copy: DriveCopy) throws(Failure) {
        try set("uploads", "drive", copy.json)
    }

    /// The call's begin as Drive is to show it.
    var modifiedTime: String? { start.flatMap { Timestamp($0) }?.text }
}
