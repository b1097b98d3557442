// OpenDirectory: a directory that stays open, so that its path is not walked for every name in it.
internal import Glibc

/// A directory whose names are looked at one after another.
public final class OpenDirectory: Sendable {
    private let descriptor: OwnedDescriptor

    /// Opens a directory.
    ///
    /// - Throws: `SystemError` when it cannot be opened.
    public init(_ path: String) throws(SystemError) {
        descriptor = try OwnedDescriptor(opening: path, O_RDONLY | O_DIRECTORY)
    }

    /// Looks at a name in the directory.
    ///
    /// The corresponding C function is `fstatat`.
    ///
    /// - Parameters:
    ///   - name: The name, without a directory before it.
    ///   - isFollowed: False to look at a symbolic link itself.
    /// - Returns: The kernel's account of it.
    /// - Throws: `SystemError` when there is none, or it cannot be looked at.
    public func status(
        of name: String, followingLinks isFollowed: Bool
    ) throws(SystemError) -> FileStatus {
        var status = stat()
        let flags = isFollowed ? 0 : AT_SYMLINK_NOFOLLOW
        guard unsafe fstatat(descriptor.number, name, &status, flags) == 0 else {
            throw SystemError()
        }
        return FileStatus(status)
    }

    /// The target of a symbolic link in the directory, as it stands there.
    ///
    /// The corresponding C function is `readlinkat`.
    public func target(ofLink name: String) throws(SystemError) -> String {
        try FileSystem.target(ofLink: name, in: descriptor.number)
    }
}
