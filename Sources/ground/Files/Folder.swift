// Folder: the regular files below a directory of somebody else's, in the order of their paths.
internal import Crypto
internal import Glibc
public import Records
internal import System

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
            guard let status = try? FileStatus(of: path, followingLinks: false),
                status.kind == .file
            else { return nil }
            self.name = name
            self.path = path
            bytes = status.size
            inode = status.inode
            modified = Timestamp(milliseconds: status.modified / 1_000_000)
        }

        /// The SHA-256 of the file; `nil` when it changed while it was read.
        ///
        /// - Throws: `Failure` of scope `item`, kind `storage`, when it cannot be read.
        public func sha256() throws(Failure) -> String? {
            var digest = Digest(.sha256)
            do {
                try FileBytes.each(of: path) { chunk in digest.update(chunk) }
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
        do {
            self.path = try FileSystem.realPath(of: path)
        } catch {
            throw Failure(
                .stop, .configuration, "open \(path): \(error.reason)",
                remedy: "name a directory that is there and may be read")
        }
        _ = try names(in: self.path)
    }

    /// Gives each regular file below the folder to the closure.
    ///
    /// Hidden files, and directories that a symbolic link names, are left out. Memory holds the
    /// names of one directory on each level.
    ///
    /// - Parameters:
    ///   - body: Takes a file.
    ///   - unnamed: Takes what is wrong with a name that no record can hold.
    /// - Throws: `Failure` for a directory that cannot be read, and what `body` throws.
    public func forEachFile(
        _ body: (File) throws -> Void, unnamed: (Failure) -> Void
    ) throws {
        try visit("", body, unnamed)
    }

    private func visit(
        _ prefix: String, _ body: (File) throws -> Void, _ unnamed: (Failure) -> Void
    ) throws {
        for name in try names(in: "\(path)/\(prefix)") {
            guard let name = String(validating: name, as: UTF8.self) else {
                unnamed(
                    Failure(
                        .item, .input,
                        "read \(prefix)\(String(decoding: name, as: UTF8.self)): "
                            + "its name is not UTF-8", remedy: "rename it"))
                continue
            }
            let relative = prefix + name
            let whole = "\(path)/\(relative)"
            if let file = File(name: relative, path: whole) {
                try body(file)
            } else if Folder.isDirectory(whole) {
                try visit(relative + "/", body, unnamed)
            }
        }
    }

    /// The names in a directory but for the hidden ones, in the order of their bytes.
    private func names(in directory: String) throws(Failure) -> [[UInt8]] {
        do {
            return try Directory.names(in: directory).filter { $0.first != 0x2E }
                .sorted { $0.lexicographicallyPrecedes($1) }
        } catch {
            throw Failure(
                .stop, .configuration, "read the directory \(directory): \(error.reason)",
                remedy: "make it a directory that this user may read")
        }
    }

    private static func isDirectory(_ path: String) -> Bool {
        (try? FileStatus(of: path, followingLinks: false))?.kind == .directory
    }
}

extension Folder {
    /// The regular files in the folder itself, in the order of their names.
    ///
    /// - Throws: `Failure` when the folder cannot be read.
    public func files() throws(Failure) -> [File] {
        try names(in: path).compactMap { name in
            String(validating: name, as: UTF8.self).flatMap {
                File(name: $0, path: "\(path)/\($0)")
            }
        }
    }

    /// Removes a file, unless another has taken its name since it was looked at.
    ///
    /// The corresponding C function is `unlink`.
    ///
    /// - Returns: Whether it is gone by that.
    /// - Throws: `Failure` when it may not be removed.
    public func remove(_ file: File) throws(Failure) -> Bool {
        guard File(name: file.name, path: file.path) == file else { return false }
        do {
            try FileSystem.remove(file.path)
        } catch {
            throw .storage("remove \(file.path)", error)
        }
        return true
    }
}
