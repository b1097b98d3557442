// DriveUpload: `uploads.drive` of callpipe-record(5), with ids that Drive can have given.
internal import Records

extension Upload {
    /// The member of `uploads` that Google Drive has.
    static let driveName = "drive"
    /// The upload of a record without reserved ids.
    static let emptyDrive = Upload(to: driveName)

    /// The file of that kind on the Drive.
    subscript(kind: UploadItem.Kind) -> UploadedFile? {
        get { self[kind.rawValue] }
        set { self[kind.rawValue] = newValue }
    }
}

extension Record {
    /// The record's upload to the Drive; `nil` when the record has none.
    ///
    /// - Throws: `Failure` of scope `item`, kind `input`, when a member has another form, or an id
    ///   is not one of Drive: ids go into addresses and file names.
    func driveUpload() throws(Failure) -> Upload? {
        guard let upload = try upload(to: Upload.driveName) else { return nil }
        let ids = upload.parts.map { $0.file.id ?? "" } + (upload.folder?.ids ?? [])
        guard ids.allSatisfy(Account.isIdentifier) else {
            throw Failure(.item, .input, "read member \"uploads.drive\": an id is not one of Drive")
        }
        return upload
    }

    /// The start of the call, which Drive shows as the file's date.
    var modifiedTime: String? { start.flatMap { Timestamp($0) }?.text }
}
