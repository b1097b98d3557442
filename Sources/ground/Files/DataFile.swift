// DataFile: a file below the data directory as it was when it was looked at, to be taken away.
internal import Crypto
internal import Glibc
public import Records
internal import System

/// A file or a symbolic link below the data directory, by what it is and not only by its name.
public struct DataFile: Sendable, Equatable {
    /// Relative to the data directory.
    public let path: String
    /// The size of a file; of a link, 0, because its target belongs to others.
    public let bytes: Int
    /// True for a symbolic link.
    public let isLink: Bool
    /// When it was written to last.
    public let modified: Timestamp
    private let device: UInt64
    private let inode: UInt64

    /// Looks without following a link; `nil` when there is neither file nor link of that name.
    ///
    /// The corresponding C function is `lstat`.
    fileprivate init?(_ path: String, at absolute: String) throws(SystemError) {
        guard let status = try FileStatus.ifPresent(absolute, followingLinks: false),
            status.kind == .file || status.kind == .link
        else { return nil }
        self.path = path
        isLink = status.kind == .link
        bytes = isLink ? 0 : status.size
        modified = Timestamp(milliseconds: status.modified / 1_000_000)
        device = status.device
        inode = status.inode
    }
}

extension DataDirectory {
    /// The file or link that has a path; `nil` when there is neither.
    ///
    /// - Throws: `Failure`; of scope `item` for a path that could leave the directory.
    public func file(at relative: String) throws(Failure) -> DataFile? {
        let absolute = try absolutePath(of: relative)
        do {
            return try DataFile(relative, at: absolute)
        } catch {
            throw .storage("look at \(relative)", error)
        }
    }

    /// Removes a file, unless another has taken its name since it was looked at.
    ///
    /// The corresponding C function is `unlink`. The name is off the disk only when
    /// ``sync(after:)`` has returned.
    ///
    /// - Returns: True when it was there, and is not any more.
    public func remove(_ file: DataFile) throws(Failure) -> Bool {
        guard try self.file(at: file.path) == file else { return false }
        let path = try absolutePath(of: file.path)
        do {
            try FileSystem.remove(path)
            return true
        } catch {
            if error.code == ENOENT { return false }
            throw .storage("remove \(file.path)", error)
        }
    }

    /// Sees to it that removed names stay removed.
    ///
    /// The corresponding C function is `fsync`, on each directory once.
    public func sync(after removed: [DataFile]) throws(Failure) {
        var synced: Set<String> = []
        for file in removed {
            let path = try absolutePath(of: file.path)
            guard synced.insert(StagedFile.parent(of: path)).inserted else { continue }
            do {
                try StagedFile.syncDirectory(of: path)
            } catch {
                throw .storage("remove \(file.path)", error)
            }
        }
    }

    /// The SHA-256 of a file, `nil` when it is not the one that was looked at any more; of a link,
    /// which holds nothing, `nil` too.
    public func sha256(of file: DataFile) throws(Failure) -> String? {
        guard !file.isLink else { return nil }
        let digest = try sha256(of: file.path)
        return try self.file(at: file.path) == file ? digest : nil
    }
}
