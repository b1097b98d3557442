// UploadNotes: notes that must survive a crash in the middle of an upload.
internal import Files
internal import FoundationEssentials
internal import Records

/// Notes by the id of the file on the Drive, in a directory that only its owner can read.
///
/// Everyone who has the address of an upload session can write the file, so the address is neither
/// on the record nor in a log.
struct UploadNotes: Sendable {
    /// An upload that has begun.
    struct Session: Codable, Sendable {
        /// The address for the rest of the bytes.
        var address: String
        /// The size of the file that the upload began with; no byte of another may be added.
        let bytes: Int
        /// The SHA-256 of that file.
        let sha256: String
        /// The time of its begin in seconds since the epoch.
        let began: Double
        /// True when it changes a file that is there, instead of making one.
        let isChange: Bool

        /// The time in seconds for which a session is used; Google keeps it for a week.
        static let lifetime = 6.0 * 86_400
    }

    private let directory: String

    init(_ data: DataDirectory) throws(Failure) {
        directory = data.path + "/.drive-uploads"
        try PrivateFile.makeDirectory(directory)
    }

    /// The session of an upload of these bytes; `nil` when no session can go on.
    func session(of id: String, for file: LocalFile, now: Double) throws(Failure) -> Session? {
        guard let bytes = try PrivateFile.contents(of: path(id, "session")) else { return nil }
        guard let session = try? JSONDecoder().decode(Session.self, from: Data(bytes)),
            session.bytes == file.bytes, session.sha256 == file.sha256,
            (0..<Session.lifetime).contains(now - session.began)
        else {
            forgetSession(of: id)
            return nil
        }
        return session
    }

    /// The session of an upload of that id, of any file.
    func session(of id: String) throws(Failure) -> Session? {
        try PrivateFile.contents(of: path(id, "session")).flatMap { bytes in
            try? JSONDecoder().decode(Session.self, from: Data(bytes))
        }
    }

    /// Keeps a session; on return it is on the disk.
    func keep(_ session: Session, of id: String) throws(Failure) {
        let json = JSON.members([
            "address": .string(session.address), "bytes": .int(session.bytes),
            "sha256": .string(session.sha256), "began": .double(session.began),
            "isChange": .bool(session.isChange),
        ])
        try PrivateFile.write(json.bytes, to: path(id, "session"))
    }

    func forgetSession(of id: String) {
        PrivateFile.remove(path(id, "session"))
    }

    /// The id that replaces one that Drive refuses although no file has it.
    func replacement(of id: String) throws(Failure) -> String? {
        guard let bytes = try PrivateFile.contents(of: path(id, "replaced")) else { return nil }
        let id = String(decoding: bytes, as: UTF8.self)
        return Account.isIdentifier(id) ? id : nil
    }

    /// Notes such an id before it is used.
    ///
    /// If only the record had it, a crash before the record's mark would lead to a third id and a
    /// second file.
    func note(_ replacement: String, for id: String) throws(Failure) {
        try PrivateFile.write(Array(replacement.utf8), to: path(id, "replaced"))
    }

    func forgetReplacement(of id: String) {
        PrivateFile.remove(path(id, "replaced"))
    }

    /// The path of a note; ids are letters, digits, `-` and `_`.
    private func path(_ id: String, _ kind: String) -> String { "\(directory)/\(id).\(kind)" }
}
