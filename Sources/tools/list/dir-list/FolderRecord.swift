// FolderRecord: the record of a finished file in a folder.
import Files
import Filter
import Records

/// Makes records of files, and puts the files where the other tools look for them.
struct FolderLister {
    let folder: Folder
    let data: DataDirectory
    let room: FreeSpace
    let pattern: FilePattern?
    let copies: Bool
    let isDryRun: Bool

    /// The types of the files that are taken when no pattern says which.
    static let types = [
        "wav": "audio/wav", "mp3": "audio/mpeg", "ogg": "audio/ogg", "opus": "audio/ogg",
        "flac": "audio/flac", "m4a": "audio/mp4", "mp4": "audio/mp4", "gsm": "audio/gsm",
        "amr": "audio/amr", "aiff": "audio/aiff",
    ]

    /// The record of a file; `nil` for a file that is no recording or is still being written.
    func record(of file: Folder.File) throws -> Record? {
        let suffix = file.name.split(separator: ".").last?.lowercased() ?? ""
        let values: [String: String]
        if let pattern {
            guard let found = pattern.values(in: file.name) else { return nil }
            values = found
        } else {
            guard FolderLister.types[suffix] != nil else { return nil }
            values = [:]
        }
        guard file.bytes > 0, let sha256 = try file.sha256() else { return nil }
        // The content is the identity: a file that is moved or renamed is the same recording.
        let native = values["id"] ?? String(sha256.prefix(32))
        let start = values["start"].flatMap(Timestamp.init(inFileName:)) ?? file.modified
        var record = try Record([
            "id": .string("dir:\(native)"), "source": .string("dir"), "start": .string(start.text),
            "direction": .text(values["direction"]),
            "from": values["from"].map { Party(phone: $0).json },
            "to": FolderLister.party(values["to"], values["extension"]),
            "recording": Recording(
                id: native, name: file.name.split(separator: "/").last.map(String.init),
                path: file.name
            ).json,
        ])
        let path = try place(file, of: record, suffix: suffix)
        record.set(
            "audio",
            to: AudioFile(
                path: path, bytes: file.bytes, sha256: sha256,
                type: FolderLister.types[suffix] ?? "application/octet-stream"))
        return record
    }

    private static func party(_ phone: String?, _ number: String?) -> JSON? {
        phone == nil && number == nil ? nil : Party(phone: phone, extension: number).json
    }

    /// The file's path below the data directory: its own when it lies there, else a link or a copy.
    private func place(
        _ file: Folder.File, of record: Record, suffix: String
    ) throws(Failure) -> String {
        if file.path.hasPrefix(data.path + "/") {
            return String(file.path.dropFirst(data.path.count + 1))
        }
        let cleaned = suffix.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) }
        let path =
            "audio/\(record.dayPath)/\(record.fileStem).\(cleaned ? suffix : "audio")"
        if isDryRun { return path }
        if try data.size(of: path) == file.bytes { return path }
        if copies {
            try room.check()
            try data.copy(file.path, to: path)
        } else {
            try data.link(file.path, at: path)
        }
        return path
    }
}
