// RelatedBody: metadata and bytes in one request, as multipart/related.
internal import HTTP
internal import Records

/// The body of an upload of uploadType `multipart`.
struct RelatedBody: Sendable {
    let contentType: String
    let body: Request.Body

    /// Joins the metadata and the bytes of a file.
    ///
    /// The boundary holds the SHA-256 of the file, which therefore cannot contain it.
    init(_ metadata: JSON, _ file: LocalFile) {
        let boundary = "callpipe-\(file.sha256.prefix(48))"
        contentType = "multipart/related; boundary=\(boundary)"
        let head =
            "--\(boundary)\r\nContent-Type: application/json; charset=UTF-8\r\n\r\n"
            + "\(metadata.text)\r\n--\(boundary)\r\nContent-Type: \(file.type)\r\n\r\n"
        let tail = "\r\n--\(boundary)--\r\n"
        let middle: [Request.Part] =
            file.bytes == 0 ? [] : [.file(path: file.path, offset: 0, length: file.bytes)]
        body = .parts([.bytes(Array(head.utf8))] + middle + [.bytes(Array(tail.utf8))])
    }
}
