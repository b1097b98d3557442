// LinkTargets: the targets of links that come a directory at a time.
public import Records
internal import System

/// Reads links below the data directory.
///
/// The directory of the last link stays open, since the next one mostly lies there too.
public struct LinkTargets: Sendable {
    private let data: DataDirectory
    private var parent: Substring = ""
    private var directory: OpenDirectory?

    /// Reads links below a data directory.
    public init(below data: DataDirectory) {
        self.data = data
    }

    /// The target of a symbolic link; `nil` when there is none of that name.
    ///
    /// - Throws: `Failure` of scope `item`, kind `input`, for a path that could leave the data
    ///   directory.
    public mutating func target(of relative: String) throws(Failure) -> String? {
        let path = try data.absolutePath(of: relative)
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return nil }
        if directory == nil || path[..<slash] != parent {
            parent = path[..<slash]
            directory = try? OpenDirectory(String(parent))
        }
        return try? directory?.target(ofLink: String(path[path.index(after: slash)...]))
    }

    /// Forgets the open directory, since another may have its name now.
    public mutating func forget() {
        directory = nil
    }
}
