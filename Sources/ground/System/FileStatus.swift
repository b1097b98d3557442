// FileStatus: the kernel's account of a file.
internal import Glibc

/// A file, directory or link as it was when it was looked at.
public struct FileStatus: Equatable, Sendable {
    /// The kinds of file that are told apart.
    public enum Kind: Sendable {
        case file, directory, link, other
    }

    /// The kind of file.
    public let kind: Kind
    /// The size in bytes.
    public let size: Int
    /// The permissions, such as `0o644`.
    public let permissions: UInt32
    /// The number of the user who owns it.
    public let owner: UInt32
    /// The number of the group that owns it.
    public let group: UInt32
    /// The time of the last write, in nanoseconds since 1970.
    public let modified: Int
    /// The time of the last change of content or permissions, in nanoseconds since 1970.
    ///
    /// It moves even where the time of the last write is put back, as by `cp -p`.
    public let changed: Int
    /// The number of the file in its file system.
    public let inode: UInt64
    /// The number of the file system.
    public let device: UInt64

    /// Looks at the file that a path names.
    ///
    /// The corresponding C functions are `stat` and `lstat`.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - isFollowed: False to look at a symbolic link itself.
    /// - Throws: `SystemError` when there is none, or it cannot be looked at.
    public init(of path: String, followingLinks isFollowed: Bool = true) throws(SystemError) {
        var status = stat()
        let code = unsafe isFollowed ? stat(path, &status) : lstat(path, &status)
        guard code == 0 else { throw SystemError() }
        self.init(status)
    }

    /// Looks at an open file.
    ///
    /// The corresponding C function is `fstat`.
    public init(of descriptor: Int32) throws(SystemError) {
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { throw SystemError() }
        self.init(status)
    }

    /// The status of a file that may be missing; `nil` when nothing has that path.
    public static func ifPresent(
        _ path: String, followingLinks isFollowed: Bool = true
    ) throws(SystemError) -> FileStatus? {
        do throws(SystemError) {
            return try FileStatus(of: path, followingLinks: isFollowed)
        } catch {
            if error.code == ENOENT || error.code == ENOTDIR { return nil }
            throw error
        }
    }

    init(_ status: stat) {
        kind =
            switch status.st_mode & S_IFMT {
            case S_IFREG: .file
            case S_IFDIR: .directory
            case S_IFLNK: .link
            default: .other
            }
        size = Int(status.st_size)
        permissions = status.st_mode & 0o7777
        owner = status.st_uid
        group = status.st_gid
        modified = status.st_mtim.tv_sec * 1_000_000_000 + status.st_mtim.tv_nsec
        changed = status.st_ctim.tv_sec * 1_000_000_000 + status.st_ctim.tv_nsec
        inode = UInt64(status.st_ino)
        device = UInt64(status.st_dev)
    }

    /// True when both are the same file, whatever its content.
    public func isSameFile(as other: FileStatus) -> Bool {
        inode == other.inode && device == other.device
    }
}
