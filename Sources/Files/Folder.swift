// Folder: the regular files below a directory of somebody else's, in the order of their paths.
internal import Crypto
internal import FoundationEssentials
internal import Glibc
public import Records

/// A directory that other programs write recordings into.
public struct Folder: Sendable {
    /// A regular file as it was when it was looked at.
    public struct File: Sendable, Equatable {
        /// Relative to the folder.
        public let name: String
        /// The whole path.
        public let path: String
        /// The size in bytes.
        public let bytes: Int
        /// When it was written to last.
        public let modified: Timestamp
        private let inode: UInt64

        fileprivate init?(name: String, path: String) {
            var status = stat()
            guard unsafe lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
                return nil
            }
            self.name = name
            self.path = path
            bytes = Int(status.st_size)
            inode = UInt64(status.st_ino)
            modified = Timestamp(
                milliseconds: status.st_mtim.tv_sec * 1000 + status.st_mtim.tv_nsec / 1_000_000)
        }

        /// The SHA-256 of the file; `nil` when it changed while it was read.
        ///
        /// - Throws: `Failure` of scope `item`, kind `storage`, when it cannot be read.
        public func sha256() throws(Failure) -> String? {
            var digest = Digest(.sha256)
            do {
                try unsafe FileBytes.each(of: path) { chunk in unsafe digest.update(chunk) }
            } catch {
                throw Failure(.item, .storage, "read \(name): \(error.reason)")
            }
            return File(name: name, path: path) == self ? digest.hex() : nil
        }
    }

    /// The folder's real path, without symbolic links.
    public let path: String

    /// Opens a folder that has to be there.
    ///
    /// - Throws: `Failure` of scope `stop`, kind `configuration`.
    public init(_ path: String) throws(Failure) {
        guard let real = unsafe realpath(path, nil) else {
            throw Failure(
                .stop, .configuration, "open \(path): \(SystemError().reason)",
                remedy: "name a directory that is there and may be read")
        }
        self.path = unsafe String(cString: real)
        unsafe free(real)
        _ = try names(in: self.path)
    }

    /// Gives each regular file below the folder to the closure.
    ///
    /// Hidden files, and directories that a symbolic link names, are left out. Memory holds the
    /// names of one directory on each level.
    public func forEachFile(_ body: (File) throws -> Void) throws {
        try visit("", body)
    }

    private func visit(_ prefix: String, _ body: (File) throws -> Void) throws {
        for name in try names(in: "\(path)/\(prefix)") where !name.hasPrefix(".") {
            let relative = prefix + name
            let whole = "\(path)/\(relative)"
            if let file = File(name: relative, path: whole) {
                try body(file)
            } else if Folder.isDirectory(whole) {
                try visit(relative + "/", body)
            }
        }
    }

    private func names(in directory: String) throws(Failure) -> [String] {
        do {
            return try FileManager.default.contentsOfDirectory(atPath: directory).sorted()
        } catch {
            throw Failure(
                .stop, .configuration, "read the directory \(directory)",
                remedy: "make it a directory that this user may read")
        }
    }

    private static func isDirectory(_ path: String) -> Bool {
        var status = stat()
        return unsafe lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }
}
