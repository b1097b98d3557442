// FolderBook: which id each folder has, known before the folder is.
internal import Files
internal import FoundationEssentials
internal import Records

/// The ids of folders, by path, durable before anything is made with them.
///
/// Two records of one day need one folder, although neither knows of the other and any process may
/// be killed at any moment. Drive takes any two folders of the same name, and a list of folders may
/// lag behind, so the name cannot keep them apart; only an id can, which Drive refuses to take
/// twice. The first process that needs a folder therefore chooses its id and writes it here, and
/// this line is on the disk before the id is on any record or in any request. Whoever comes later,
/// after whatever crash, uses that id: to find the folder, or to make it, and then one making
/// succeeds and all others are told 409.
///
/// This is a memory and not an authority: when the file is lost, the ids on the records and the
/// list of folders on the Drive put it together again.
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

    /// The file whose lock is held by whoever chooses an id or makes a folder.
    var lockPath: String { path + ".lock" }

    /// The id of a folder, if one was ever chosen.
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
