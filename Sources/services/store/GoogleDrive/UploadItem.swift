// UploadItem: one file of a record that is to be on the Drive, and its state there.
internal import Files
internal import Records

/// One file of a record that is to be on the Drive.
struct UploadItem: Sendable {
    /// The member of `uploads.drive` that a file has.
    enum Kind: String, CaseIterable {
        case audio, transcript
    }

    /// Relative to the data directory.
    let path: String
    let type: String
    /// The copy on the Drive, as far as the record tells.
    let copy: UploadedFile?
    let kind: Kind
    /// The stage that makes the file.
    let maker: String
    /// The file as its maker left it, as far as the record tells.
    let bytes: Int?
    let sha256: String?

    /// What the record has; its transcript may come later than its audio.
    static func all(_ record: Record) throws(Failure) -> [UploadItem] {
        guard let audio = try record.audio() else {
            throw Failure(
                .item, .input, "upload the recording: the record has no \"audio\"",
                remedy: "put rc-fetch or dir-list before drive-upload")
        }
        let upload = try record.driveUpload()
        var items = [
            UploadItem(
                path: audio.path, type: audio.type, copy: upload?[.audio], kind: .audio,
                maker: "rc-fetch", bytes: audio.bytes, sha256: audio.sha256)
        ]
        if let transcript = try record.transcript() {
            items.append(
                UploadItem(
                    path: transcript.path, type: "application/json", copy: upload?[.transcript],
                    kind: .transcript, maker: "transcribe", bytes: nil,
                    sha256: transcript.files?.json))
        }
        return items
    }

    /// Whether the Drive holds what the record or, where that does not tell, the disk has.
    func isDone(in data: DataDirectory) throws(Failure) -> Bool {
        guard let copy, copy.isStored else { return false }
        if let sha256 { return copy.sha256 == sha256 && (bytes ?? copy.bytes) == copy.bytes }
        guard try data.size(of: path) != nil else { return true }
        let digests = try data.digests(of: path)
        return copy.holds(
            bytes: digests.bytes, sha256: digests.sha256, md5: digests.md5)
    }

    /// A file that is not what was fetched must not become what is archived.
    func check(_ file: LocalFile) throws(Failure) {
        guard let sha256, sha256 != file.sha256 || (bytes ?? file.bytes) != file.bytes else {
            return
        }
        throw Failure(
            .temporary, .integrity, "upload \(path): the file is not what \(maker) made",
            remedy: "remove the file and run \(maker) again")
    }
}
