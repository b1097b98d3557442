// FileSystem: system calls on the names of files.
internal import Glibc

/// Names of files: made, looked up, moved and taken away.
public enum FileSystem {
    /// Removes the name of a file or link.
    ///
    /// The corresponding C function is `unlink`.
    public static func remove(_ path: String) throws(SystemError) {
        guard unsafe unlink(path) == 0 else { throw SystemError() }
    }

    /// Gives a file another name, in place of the file that had it.
    ///
    /// The corresponding C function is `rename`.
    public static func rename(_ path: String, to name: String) throws(SystemError) {
        guard unsafe Glibc.rename(path, name) == 0 else { throw SystemError() }
    }

    /// Gives a file a second name, which must be free.
    ///
    /// The corresponding C function is `link`.
    public static func link(_ path: String, as name: String) throws(SystemError) {
        guard unsafe Glibc.link(path, name) == 0 else { throw SystemError() }
    }

    /// Makes a symbolic link, whose name must be free.
    ///
    /// The corresponding C function is `symlink`.
    public static func makeLink(_ name: String, to target: String) throws(SystemError) {
        guard unsafe symlink(target, name) == 0 else { throw SystemError() }
    }

    /// The target of a symbolic link as it stands there.
    ///
    /// The corresponding C function is `readlink`.
    public static func target(ofLink path: String) throws(SystemError) -> String {
        try target(ofLink: path, in: AT_FDCWD)
    }

    /// The same, of a path relative to an open directory.
    static func target(
        ofLink path: String, in directory: Int32
    ) throws(SystemError) -> String {
        let target: Result<String, SystemError> = unsafe withUnsafeTemporaryAllocation(
            of: CChar.self, capacity: Int(PATH_MAX)
        ) { room in
            guard let start = room.baseAddress else { return .failure(SystemError(code: ENOMEM)) }
            let count = unsafe readlinkat(directory, path, start, room.count)
            guard count >= 0 else { return .failure(SystemError()) }
            let bytes = unsafe UnsafeRawBufferPointer(start: start, count: count)
            return unsafe .success(String(decoding: bytes, as: UTF8.self))
        }
        return try target.get()
    }

    /// The path of a file without symbolic links.
    ///
    /// The corresponding C function is `realpath`.
    public static func realPath(of path: String) throws(SystemError) -> String {
        guard let real = unsafe realpath(path, nil) else { throw SystemError() }
        defer { unsafe free(real) }
        return unsafe String(cString: real)
    }

    /// The working directory of this process.
    ///
    /// The corresponding C function is `getcwd`.
    public static func workingDirectory() throws(SystemError) -> String {
        guard let path = unsafe getcwd(nil, 0) else { throw SystemError() }
        defer { unsafe free(path) }
        return unsafe String(cString: path)
    }

    /// Makes a directory, whose name must be free.
    ///
    /// The corresponding C function is `mkdir`.
    public static func makeDirectory(_ path: String, mode: UInt32) throws(SystemError) {
        guard unsafe mkdir(path, mode) == 0 else { throw SystemError() }
    }

    /// Sets the permissions of a file.
    ///
    /// The corresponding C function is `chmod`.
    public static func setPermissions(_ path: String, to mode: UInt32) throws(SystemError) {
        guard unsafe chmod(path, mode) == 0 else { throw SystemError() }
    }

    /// True when this user has the right to a file, such as `F_OK`, `R_OK` or `X_OK`.
    ///
    /// The corresponding C function is `access`; `errno` tells why it is false.
    public static func allows(_ right: Int32, to path: String) -> Bool {
        unsafe access(path, right) == 0
    }

    /// True when something has that path, followed through links.
    public static func exists(_ path: String) -> Bool { allows(F_OK, to: path) }

    /// The bytes that this user may still write to the file system of a path.
    ///
    /// The room that is reserved for root does not count.
    public static func freeBytes(at path: String) throws(SystemError) -> Int {
        try FileSystemRoom(at: path).available
    }
}

/// The room of a file system.
public struct FileSystemRoom: Sendable, Equatable {
    /// All of it, in bytes.
    public let total: Int
    /// The bytes that are not in use, those that are reserved for root among them.
    public let free: Int
    /// The bytes that this user may still write.
    public let available: Int

    /// Looks at the file system of a path.
    ///
    /// The corresponding C function is `statvfs`.
    ///
    /// - Throws: `SystemError` when nothing has that path, or it cannot be looked at.
    public init(at path: String) throws(SystemError) {
        var status = statvfs()
        guard unsafe statvfs(path, &status) == 0 else { throw SystemError() }
        func bytes(_ blocks: UInt) -> Int {
            let (bytes, isHuge) = blocks.multipliedReportingOverflow(by: UInt(status.f_frsize))
            return isHuge ? Int.max : Int(clamping: bytes)
        }
        total = bytes(UInt(status.f_blocks))
        free = bytes(UInt(status.f_bfree))
        available = bytes(UInt(status.f_bavail))
    }

    /// The part that is in use in percent, as df(1) tells it.
    public var usedPercent: Double {
        let used = Double(total) - Double(free)
        let whole = used + Double(available)
        return whole > 0 ? used * 100 / whole : 0
    }
}
