// NoteFile: the note of a redaction, and the file of the insights, on the disk.
internal import Crypto
internal import Files
internal import Records
internal import System

/// The file of a record's note, for a run after one that was killed.
struct NoteFile {
    private let id: String
    private let path: String
    private static let longest = 16 << 20

    init(of record: Record) {
        id = record.id
        path = "redacted/\(record.dayPath)/\(record.fileStem).json"
    }

    /// Reads the note; `nil` when there is none of this record.
    func read(in directory: DataDirectory) throws(Failure) -> RedactionNote? {
        let absolute = try directory.absolutePath(of: path)
        guard let bytes = try? Descriptor.contents(of: absolute, atMost: NoteFile.longest),
            let record = try? Record(bytes.filter { $0 != 0x0A }), record.id == id
        else { return nil }
        return try record.decode("redaction", as: RedactionNote.self)
    }

    /// Writes the note, durably, unless the file has it.
    func write(_ note: RedactionNote, into directory: DataDirectory) throws(Failure) {
        if try read(in: directory) == note { return }
        let content = JSON.members(["id": .string(id), "redaction": note.json])
        try directory.write(content.bytes + [0x0A], to: path)
    }
}

/// The file that `rc-insights` keeps of a record's insights.
struct InsightsCopy {
    private let path: String
    private static let longest = 64 << 20

    init(of record: Record) {
        path = "insights/\(record.dayPath)/\(record.fileStem).json"
    }

    /// Takes everything out of the file as well; its own hash is made again.
    func redact(
        by redactor: Redactor, own: Set<[UInt8]>, in directory: DataDirectory
    ) throws(Failure) {
        guard try directory.size(of: path) != nil else { return }
        let absolute = try directory.absolutePath(of: path)
        guard let bytes = try? Descriptor.contents(of: absolute, atMost: InsightsCopy.longest),
            let members = JSON.members(of: bytes),
            let insights = members.last(where: { $0.name == "insights" })?.value
        else { return }
        let (new, found) = try redactor.redact(value: insights.bytes, member: "insights", own: own)
        guard !found.isEmpty else { return }
        let changed = members.map { member in
            switch member.name {
            case "insights": JSON.Member(member.name, new)
            case "sha256": JSON.Member(member.name, .string(Digest.sha256(new.bytes)))
            default: member
            }
        }
        try directory.write(JSON.object(changed).bytes + [0x0A], to: path)
    }
}
