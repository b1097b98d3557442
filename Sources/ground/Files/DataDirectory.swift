// DataDirectory: the files below $CALLPIPE_DATA, by paths that cannot leave it.
internal import Crypto
internal import Glibc
public import Records
public import System

/// The directory that all paths on records are relative to.
public struct DataDirectory: Sendable {
    /// The directory's absolute path.
    public let path: String

    /// Opens a directory.
    ///
    /// - Parameters:
    ///   - path: The directory, absolute or relative to the working directory.
    ///   - isMade: True when a missing directory is to be made; a dry run makes none.
    /// - Throws: `Failure` of scope `stop`, kind `storage`.
    public init(_ path: String, isMade: Bool = true) throws(Failure) {
        var absolute = path
        if !path.hasPrefix("/") {
            do {
                absolute = try FileSystem.workingDirectory() + "/" + path
            } catch {
                throw .storage("open the data directory", error)
            }
        }
        while absolute.count > 1, absolute.hasSuffix("/") { absolute.removeLast() }
        self.path = absolute
        guard isMade else { return }
        do {
            try StagedFile.makeDirectory(absolute)
        } catch {
            throw Failure(
                .stop, .storage, "open the data directory \(path): \(error.reason)",
                remedy: "make it, or name another with --data")
        }
    }

    /// The absolute path of a file in the directory.
    ///
    /// - Throws: `Failure` of scope `item`, kind `input`, for a path that could leave the directory.
    public func absolutePath(of relative: String) throws(Failure) -> String {
        guard DataDirectory.isInside(relative) else {
            throw Failure(
                .item, .input, "use a path of the record: it leaves the data directory",
                remedy: "paths are relative and without \"..\"")
        }
        return "\(path)/\(relative)"
    }

    /// True for names with slashes between them of which none is empty, `.` or `..`.
    private static func isInside(_ relative: String) -> Bool {
        var length = 0
        var points = 0
        for byte in relative.utf8 {
            guard byte >= 0x20, byte != 0x7F else { return false }
            if byte == UInt8(ascii: "/") {
                if length <= 2 && points == length { return false }
                (length, points) = (0, 0)
            } else {
                length += 1
                if byte == UInt8(ascii: ".") { points += 1 }
            }
        }
        return length > 2 || points < length
    }

    /// The file's size; `nil` if there is no such file.
    public func size(of relative: String) throws(Failure) -> Int? {
        let path = try absolutePath(of: relative)
        do {
            let status = try FileStatus.ifPresent(path)
            return status?.kind == .file ? status?.size : nil
        } catch {
            throw .storage("look at \(relative)", error)
        }
    }

    /// The SHA-256 of a file.
    ///
    /// - Parameters:
    ///   - relative: The file.
    ///   - isWanted: Asked from time to time, as a file may be large.
    /// - Returns: The hash in lower-case hexadecimal.
    /// - Throws: `Failure` of kind `storage` when it cannot be read, or is not wanted any more.
    public func sha256(
        of relative: String, while isWanted: () -> Bool = { true }
    ) throws(Failure) -> String {
        var digest = Digest(.sha256)
        try each(of: relative) { chunk throws(SystemError) in
            guard isWanted() else { throw SystemError(code: ECANCELED) }
            digest.update(chunk)
        }
        return digest.hex()
    }

    /// The hashes of a file and the number of bytes that they cover.
    public func digests(
        of relative: String
    ) throws(Failure) -> (sha256: String, md5: String, bytes: Int) {
        var sha256 = Digest(.sha256)
        var md5 = Digest(.md5)
        var bytes = 0
        try each(of: relative) { chunk in
            sha256.update(chunk)
            md5.update(chunk)
            bytes += chunk.count
        }
        return (sha256.hex(), md5.hex(), bytes)
    }

    private func each(
        of relative: String, _ body: (Span<UInt8>) throws(SystemError) -> Void
    ) throws(Failure) {
        let path = try absolutePath(of: relative)
        do {
            try FileBytes.each(of: path, body)
        } catch {
            throw .storage("read \(relative)", error)
        }
    }

    /// True when the file of a record is there with the size that the record tells.
    public func holds(_ audio: AudioFile) throws(Failure) -> Bool {
        try size(of: audio.path) == audio.bytes
    }

    /// Writes a file: whole, on the disk, and under its name only then.
    public func write(_ bytes: [UInt8], to relative: String) throws(Failure) {
        let path = try place(for: relative)
        do {
            try StagedFile.write(bytes, to: path)
        } catch {
            throw .storage("write \(relative)", error)
        }
    }

    /// Writes a file whose bytes the closure puts out: whole, on the disk, and under its name only then.
    ///
    /// - Parameters:
    ///   - relative: The file.
    ///   - fill: Writes to the descriptor.
    /// - Throws: `Failure` of kind `storage`, also when the closure throws.
    public func write(
        to relative: String, _ fill: (_ descriptor: Int32) throws(SystemError) -> Void
    ) throws(Failure) {
        let path = try place(for: relative)
        do {
            try StagedFile.place(path, mode: StagedFile.usualMode, isDurable: true, fill)
        } catch {
            throw .storage("write \(relative)", error)
        }
    }

    /// Opens `relative.part`, where a download of that file goes on or begins.
    ///
    /// - Throws: `Failure` of scope `temporary` when another process has it open.
    public func part(of relative: String) throws(Failure) -> PartFile {
        try PartFile(directory: self, path: place(for: relative) + ".part", name: relative)
    }

    /// The target of a symbolic link; `nil` when there is none of that name.
    public func target(of relative: String) throws(Failure) -> String? {
        try? FileSystem.target(ofLink: absolutePath(of: relative))
    }

    /// Makes a symbolic link to a file elsewhere, replacing what has the name.
    ///
    /// The link is on the disk only when ``sync(links:)`` has returned.
    public func link(_ absolute: String, at relative: String) throws(Failure) {
        let path = try place(for: relative)
        // Another program may be making the same link, so that names come and go meanwhile.
        for attempt in 1... {
            do {
                return try FileSystem.makeLink(path, to: absolute)
            } catch  where error.code == EEXIST {
                if try target(of: relative) == absolute { return }
            } catch {
                throw .storage("link \(relative)", error)
            }
            let staged = path + ".link"
            try? FileSystem.remove(staged)
            do throws(SystemError) {
                try FileSystem.makeLink(staged, to: absolute)
                return try FileSystem.rename(staged, to: path)
            } catch {
                guard error.code == EEXIST || error.code == ENOENT, attempt < 100 else {
                    throw .storage("link \(relative)", error)
                }
            }
        }
    }

    /// Sees to it that links are on the disk.
    ///
    /// The corresponding C function is `fsync`, on each directory once.
    public func sync(links: [String]) throws(Failure) {
        var synced: Set<String> = []
        for link in links {
            let path = try absolutePath(of: link)
            guard synced.insert(StagedFile.parent(of: path)).inserted else { continue }
            do {
                try StagedFile.syncDirectory(of: path)
            } catch {
                throw .storage("link \(link)", error)
            }
        }
    }

    /// Copies a file from elsewhere.
    ///
    /// - Parameters:
    ///   - absolute: The file.
    ///   - relative: The place of the copy.
    ///   - modified: The time of the last write that the copy gets, in nanoseconds since 1970.
    /// - Throws: `Failure` of kind `storage`.
    public func copy(
        _ absolute: String, to relative: String, modified: Int
    ) throws(Failure) {
        let path = try place(for: relative)
        do {
            try StagedFile.place(path, mode: StagedFile.usualMode, isDurable: true) {
                descriptor throws(SystemError) in
                try FileBytes.each(of: absolute) { chunk throws(SystemError) in
                    try Descriptor.writeAll(descriptor, chunk)
                }
                try Descriptor.setModified(descriptor, to: modified)
            }
        } catch {
            throw .storage("copy to \(relative)", error)
        }
    }

    /// The absolute path, in a directory that is there.
    func place(for relative: String) throws(Failure) -> String {
        let path = try absolutePath(of: relative)
        do {
            try StagedFile.makeDirectory(StagedFile.parent(of: path))
        } catch {
            throw .storage("make the directory of \(relative)", error)
        }
        return path
    }
}
