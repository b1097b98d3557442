// FolderBook: the id of each folder, on the disk before the folder is made.
internal import Files
internal import FoundationEssentials
internal import Records

/// The ids of folders by path, durable before they are used.
///
/// Two records of one day need the same folder, although neither knows of the other and any process
/// may be killed at any moment. Drive allows two folders of the same name, and a list of folders
/// may lag behind, so a name does not prevent a second folder. An id does: Drive refuses to take it
/// twice. The first process that needs a folder therefore chooses its id and writes it here. The
/// line is on the disk before the id is on any record or in any request. Every later process, after
/// any crash, uses that id to find or to make the folder: one request succeeds, and all others get
/// 409.
///
/// The file may be lost: the ids on the records and the folders on the Drive restore it.
struct FolderBook: Sendable {
    private let path: String
    private let target: String

    private struct Entry: Codable {
        let target: String
        let path: String
        let id: String
    }

    /// Opens the book of a data directory for one target folder.
    init(_ data: DataDirectory, target: String) {
        path = data.path + "/.drive-folders.ndjson"
        self.target = target
    }

    /// The file to lock before an id is chosen or a folder is made.
    var lockPath: String { path + ".lock" }

    /// The id that was chosen for a folder; `nil` when none was.
    func id(of folder: String) throws(Failure) -> String? {
        try entries().last { $0.target == target && $0.path == folder }?.id
    }

    /// Notes the id of a folder; on return it is on the disk.
    ///
    /// Call it with the lock held.
    func note(_ id: String, of folder: String) throws(Failure) {
        var entries = try entries()
        entries.removeAll { $0.target == target && $0.path == folder }
        entries.append(Entry(target: target, path: folder, id: id))
        let lines = entries.flatMap { entry in
            JSON.members([
                "target": .string(entry.target), "path": .string(entry.path),
                "id": .string(entry.id),
            ]).bytes + [UInt8(ascii: "\n")]
        }
        try PrivateFile.write(lines, to: path)
    }

    private func entries() throws(Failure) -> [Entry] {
        let lines = try PrivateFile.contents(of: path)?.split(separator: UInt8(ascii: "\n")) ?? []
        var entries: [Entry] = []
        for line in lines {
            guard let entry = try? JSONDecoder().decode(Entry.self, from: Data(line)),
                Account.isIdentifier(entry.id)
            else {
                throw Failure(
                    .stop, .input, "read \(path): a line is not one of ours",
                    remedy: "restore or remove the file")
            }
            entries.append(entry)
        }
        return entries
    }
}
