// Uploads: the member `uploads`, the copies of a record's files at each destination.

/// One file of a record at one destination.
///
/// A file that has only its ``id`` is reserved: the destination may not hold it yet.
public struct UploadedFile: MemberValue {
    /// The id that the destination gave, if it gives ids.
    public var id: String?
    /// The name at the destination, if the destination tells one.
    public var name: String?
    /// The key at an object store.
    public var key: String?
    /// The path at a destination that has paths.
    public var path: String?
    /// The size in bytes that the destination holds.
    public var bytes: Int?
    /// The SHA-256 of these bytes, in lower-case hexadecimal.
    public var sha256: String?
    /// The MD5 of these bytes, in lower-case hexadecimal.
    public var md5: String?
    /// The address at which people see the file.
    public var link: String?

    /// Makes a file of the known facts.
    public init(
        id: String? = nil, name: String? = nil, key: String? = nil, path: String? = nil,
        bytes: Int? = nil, sha256: String? = nil, md5: String? = nil, link: String? = nil
    ) {
        self.id = id
        self.name = name
        self.key = key
        self.path = path
        self.bytes = bytes
        self.sha256 = sha256
        self.md5 = md5
        self.link = link
    }

    /// True when the destination has told what it holds; false for an id that is only reserved.
    public var isStored: Bool { bytes != nil }

    /// True when the destination has told that it holds these bytes.
    ///
    /// The size has to agree and, of the two hashes, the stronger one that the destination tells.
    public func holds(bytes: Int, sha256: String, md5: String? = nil) -> Bool {
        guard self.bytes == bytes else { return false }
        if let own = self.sha256 { return own == sha256 }
        return self.md5 != nil && self.md5 == md5
    }

    /// The member's value as it is written.
    public var json: JSON {
        .members([
            "id": .text(id), "name": .text(name), "key": .text(key), "path": .text(path),
            "bytes": .whole(bytes), "sha256": .text(sha256), "md5": .text(md5),
            "link": .text(link),
        ])
    }
}

/// The folder at a destination that holds the files of one day.
public struct UploadFolder: MemberValue {
    /// The folder's id.
    public var id: String
    /// The folder's place below the target folder, such as `2026/10/03`.
    public var path: String
    /// The ids of the folders above it, outermost first.
    public var above: [String]?

    /// Makes a folder from the ids along its path, outermost first.
    public init(ids: [String], path: String) {
        id = ids.last ?? ""
        above = Array(ids.dropLast())
        self.path = path
    }

    /// The ids along the path, outermost first.
    public var ids: [String] { (above ?? []) + [id] }

    /// The member's value as it is written.
    public var json: JSON {
        .members([
            "id": .string(id), "path": .string(path),
            "above": above.map { .array($0.map(JSON.string)) },
        ])
    }
}

/// One destination of `uploads`, such as `uploads.drive`, with its files.
public struct Upload: Sendable, Equatable {
    /// A file and the member that it stands in.
    public struct Part: Sendable, Equatable {
        /// The member's name: `audio`, `transcript`, or another that a tool adds.
        public let kind: String
        /// The file, as far as its destination is known to hold it.
        public let file: UploadedFile
    }

    /// The name of the destination, such as `drive`.
    public let destination: String
    /// The folder of the files, if the destination has folders.
    public var folder: UploadFolder?
    /// The files in the order of the line.
    public private(set) var parts: [Part] = []
    /// The names of members that have not the form of callpipe-record(5).
    public private(set) var unreadable: [String] = []

    private static let folderName = "folder"

    /// Makes an upload without files.
    public init(to destination: String) {
        self.destination = destination
    }

    /// Reads the value of a destination; a member that is `null` is absent.
    init(to destination: String, _ value: JSON) {
        self.init(to: destination)
        guard let members = JSON.members(of: value.bytes) else {
            unreadable = [destination]
            return
        }
        for member in members where member.value.text != "null" {
            if member.name == Self.folderName {
                folder = member.value.decoded(as: UploadFolder.self)
                if folder == nil { unreadable.append(member.name) }
            } else if let file = member.value.decoded(as: UploadedFile.self) {
                self[member.name] = file
            } else {
                unreadable.append(member.name)
            }
        }
    }

    /// The file of that kind; a new one stands behind the others.
    public subscript(kind: String) -> UploadedFile? {
        get { parts.first { $0.kind == kind }?.file }
        set {
            let index = parts.firstIndex { $0.kind == kind }
            switch (index, newValue) {
            case (let index?, let file?): parts[index] = Part(kind: kind, file: file)
            case (nil, let file?): parts.append(Part(kind: kind, file: file))
            case (let index?, nil): parts.remove(at: index)
            case (nil, nil): break
            }
        }
    }

    /// The members as they are written: the folder, then the files.
    fileprivate var members: [JSON.Member] {
        (folder.map { [JSON.Member(Self.folderName, $0.json)] } ?? [])
            + parts.map { JSON.Member($0.kind, $0.file.json) }
    }
}

extension Record {
    static let uploadsName = "uploads"

    /// The destinations of the record in the order of the line; one that is `null` is absent.
    ///
    /// A destination that has another form than callpipe-record(5) says is there all the same, and
    /// names in ``Upload/unreadable`` what could not be read.
    ///
    /// - Throws: `Failure` of scope `item`, kind `input`, when `uploads` is no object.
    public func uploads() throws(Failure) -> [Upload] {
        try destinations(of: Self.uploadsName).map { Upload(to: $0.name, $0.value) }
    }

    /// The upload to one destination; `nil` when the record has none.
    ///
    /// - Throws: `Failure` of scope `item`, kind `input`, when a member there has another form.
    public func upload(to destination: String) throws(Failure) -> Upload? {
        guard let upload = try uploads().last(where: { $0.destination == destination }) else {
            return nil
        }
        guard upload.unreadable.isEmpty else {
            throw .form(of: "\(Self.uploadsName).\(destination)")
        }
        return upload
    }

    /// Writes the members that an upload has; other members of the destination stay.
    ///
    /// - Throws: `Failure` of scope `item`, kind `input`, when `uploads` or the destination in it
    ///   is no object.
    public mutating func set(_ upload: Upload) throws(Failure) {
        try set(Self.uploadsName, upload.destination, upload.members)
    }

    /// The members of a member that has one for each destination; one that is `null` is absent.
    func destinations(
        of member: String
    ) throws(Failure) -> [(name: String, value: JSON)] {
        guard let text = raw(member), !text.elementsEqual("null".utf8) else { return [] }
        guard let members = JSON.members(of: text) else {
            throw .form(of: member)
        }
        return members.filter { $0.value.text != "null" }.map { ($0.name, $0.value) }
    }
}
