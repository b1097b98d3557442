// Folder: the files below a directory that other programs write into, in the order of the paths.
internal import Crypto
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
        /// The nanoseconds since 1970 at which it was written to last.
        public let nanoseconds: Int
        /// The file's number in its file system.
        public let inode: UInt64

        /// When it was written to last.
        public var modified: Timestamp {
            Timestamp(milliseconds: (nanoseconds - (nanoseconds < 0 ? 999_999 : 0)) / 1_000_000)
        }

        fileprivate init(name: String, path: String, _ status: FileStatus) {
            self.name = name
            self.path = path
            bytes = status.size
            nanoseconds = status.modified
            inode = status.inode
        }

        /// Looks at a file; `nil` when it is no regular file.
        fileprivate init?(name: String, path: String, followingLinks isFollowed: Bool = true) {
            guard let status = try? FileStatus(of: path, followingLinks: isFollowed),
                status.kind == .file
            else { return nil }
            self.init(name: name, path: path, status)
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

    fileprivate func names(in directory: String) throws(Failure) -> SortedNames {
        do {
            return try SortedNames(in: directory)
        } catch {
            throw Failure(
                .stop, .configuration, "read the directory \(directory): \(error.reason)",
                remedy: "make it a directory that this user may read")
        }
    }
}

extension Folder {
    /// Something below the folder.
    public enum Entry: Sendable {
        /// A regular file.
        case file(File)
        /// Something that is no file to be listed, by its path relative to the folder.
        case leftOut(String, Reason)
        /// A name that no record can hold.
        case unnamed(Failure)
    }

    /// Why something is no file to be listed.
    public enum Reason: String, Sendable, CaseIterable {
        /// Its name begins with a point.
        case hidden
        /// It is a symbolic link, and links are not followed.
        case link
        /// It is a symbolic link to what is not there, or may not be looked at.
        case brokenLink
        /// It is a symbolic link to a folder in which it lies.
        case loop
        /// It is a pipe, a socket or a device.
        case special
        /// It is the directory in which this program keeps its own files.
        case own
    }

    /// Gives what lies below the folder to the closure, each directory in the order of its names.
    ///
    /// Memory holds the names of one directory on each level.
    ///
    /// - Parameters:
    ///   - followingLinks: True when symbolic links stand for what they name.
    ///   - own: The path of a directory that is left out, wherever it lies.
    ///   - body: Takes what is there.
    /// - Throws: `Failure` for a directory that cannot be read, and what `body` throws.
    public func forEachEntry(
        followingLinks: Bool = false, sparing own: String? = nil,
        _ body: (Entry) throws -> Void
    ) throws {
        let walk = Walk(
            folder: self, followsLinks: followingLinks,
            own: own.flatMap { try? FileStatus(of: $0) })
        try walk.visit("", within: [], body)
    }

    private struct Walk {
        let folder: Folder
        let followsLinks: Bool
        let own: FileStatus?

        func visit(
            _ prefix: String, within outer: [FileStatus], _ body: (Entry) throws -> Void
        ) throws {
            let directory = "\(folder.path)/\(prefix)"
            // Only links can lead in a circle.
            var outer = outer
            if followsLinks, let here = try? FileStatus(of: directory) { outer.append(here) }
            let names = try folder.names(in: directory)
            // A directory that is gone since its names were read has no files.
            guard let open = try? OpenDirectory(directory) else { return }
            try names.forEach { bytes in
                guard let name = String(validating: bytes, as: UTF8.self) else {
                    return try body(.unnamed(Walk.notUTF8(prefix, bytes)))
                }
                let relative = prefix + name
                if bytes.first == UInt8(ascii: ".") { return try body(.leftOut(relative, .hidden)) }
                try look(at: name, in: open, relative, within: outer, body)
            }
        }

        private func look(
            at name: String, in directory: OpenDirectory, _ relative: String,
            within outer: [FileStatus], _ body: (Entry) throws -> Void
        ) throws {
            // A file that is gone since its name was read is passed over.
            guard var status = try? directory.status(of: name, followingLinks: false) else {
                return
            }
            if status.kind == .link {
                guard followsLinks else { return try body(.leftOut(relative, .link)) }
                guard let target = try? directory.status(of: name, followingLinks: true) else {
                    return try body(.leftOut(relative, .brokenLink))
                }
                status = target
            }
            switch status.kind {
            case .file:
                let path = "\(folder.path)/\(relative)"
                try body(.file(File(name: relative, path: path, status)))
            case .directory:
                if own?.isSameFile(as: status) == true { return try body(.leftOut(relative, .own)) }
                if outer.contains(where: status.isSameFile) {
                    return try body(.leftOut(relative, .loop))
                }
                try visit(relative + "/", within: outer, body)
            case .link, .other: try body(.leftOut(relative, .special))
            }
        }

        private static func notUTF8(_ prefix: String, _ name: [UInt8]) -> Failure {
            Failure(
                .item, .input,
                "read \(prefix)\(String(decoding: name, as: UTF8.self)): its name is not UTF-8",
                remedy: "rename it")
        }
    }
}

extension Folder {
    /// The regular files in the folder itself, in the order of their names; hidden ones and links
    /// are not among them.
    ///
    /// - Throws: `Failure` when the folder cannot be read.
    public func files() throws(Failure) -> [File] {
        var files: [File] = []
        try names(in: path).forEach { bytes in
            guard bytes.first != UInt8(ascii: "."),
                let name = String(validating: bytes, as: UTF8.self),
                let file = File(name: name, path: "\(path)/\(name)", followingLinks: false)
            else { return }
            files.append(file)
        }
        return files
    }

    /// Removes a file, unless another has taken its name since it was looked at.
    ///
    /// The corresponding C function is `unlink`.
    ///
    /// - Returns: True when it is gone by that.
    /// - Throws: `Failure` when it may not be removed.
    public func remove(_ file: File) throws(Failure) -> Bool {
        guard File(name: file.name, path: file.path, followingLinks: false) == file else {
            return false
        }
        do {
            try FileSystem.remove(file.path)
        } catch {
            throw .storage("remove \(file.path)", error)
        }
        return true
    }
}
