// LocalFile: a file on the disk that goes to the Drive.
internal import Files
internal import Records
internal import System

/// A file below the data directory with its size and its hashes.
struct LocalFile: Sendable {
    /// The absolute path.
    let path: String
    let name: String
    /// The recording as its source names it, for the audio.
    let source: Recording?
    let type: String
    let bytes: Int
    let sha256: String
    let md5: String

    /// Reads the file's size and hashes; `nil` when it is not there.
    init?(
        _ relative: String, source: Recording? = nil, type: String, in data: DataDirectory
    ) throws(Failure) {
        guard try data.size(of: relative) != nil else { return nil }
        let digests = try data.digests(of: relative)
        self.init(
            path: try data.absolutePath(of: relative), source: source, type: type,
            bytes: digests.bytes,
            sha256: digests.sha256, md5: digests.md5)
    }

    init(
        path: String, source: Recording? = nil, type: String, bytes: Int, sha256: String,
        md5: String
    ) {
        self.path = path
        self.bytes = bytes
        self.sha256 = sha256
        self.md5 = md5
        self.source = source
        name = path.split(separator: "/").last.map(String.init) ?? path
        self.type = Self.isPlain(type) ? type : "application/octet-stream"
    }

    /// True for a type that may stand in a header; Drive would convert a file of its own types.
    private static func isPlain(_ type: String) -> Bool {
        let parts = type.split(separator: "/", omittingEmptySubsequences: false)
        return parts.count == 2 && !type.hasPrefix("application/vnd.google-apps")
            && parts.allSatisfy { ASCII.isWord($0, marks: "!#$&^_.+-", lengths: 1...100) }
    }
}
