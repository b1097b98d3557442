// StagedFile: the steps that put a file in place whole or not at all.
internal import Records

internal import Glibc
public import System

/// Writing a file beside its place and renaming it, so that no reader ever sees half of it.
public enum StagedFile {
    /// The permissions that the user's mask leaves of reading and writing for all.
    ///
    /// The mask can only be read by setting it; for that moment it is a strict one.
    public static let usualMode: UInt32 = {
        let mask = umask(0o077)
        umask(mask)
        return 0o666 & ~mask
    }()

    /// Replaces a file's content at once.
    ///
    /// The bytes go to `path.tmp` first, which is locked: two writers take turns.
    ///
    /// - Parameters:
    ///   - bytes: The whole content.
    ///   - path: The file; its directory exists.
    ///   - mode: Its permissions; by default what the user's mask allows.
    ///   - isDurable: True when it has to survive a power failure, which costs two `fsync`.
    /// - Throws: `SystemError`.
    public static func write(
        _ bytes: [UInt8], to path: String, mode: UInt32 = usualMode, isDurable: Bool = true
    ) throws(SystemError) {
        try place(path, mode: mode, isDurable: isDurable) { descriptor throws(SystemError) in
            try Descriptor.writeAll(descriptor, bytes)
        }
    }

    /// Makes a file that is not there; of many processes that try, one makes it.
    ///
    /// - Parameters:
    ///   - bytes: The whole content.
    ///   - path: The file; its directory exists.
    ///   - mode: Its permissions.
    /// - Throws: `SystemError`.
    public static func make(
        _ bytes: [UInt8], at path: String, mode: UInt32
    ) throws(SystemError) {
        // The lock is on the directory: a process that is killed while it waits leaves no file.
        let directory = try OwnedDescriptor(opening: parent(of: path), O_RDONLY | O_DIRECTORY)
        _ = try Descriptor.lock(directory.number, waits: true)
        guard try FileStatus.ifPresent(path) == nil else { return }
        try write(bytes, to: path, mode: mode)
    }

    /// Replaces a file's content by what a closure writes, as ``write(_:to:mode:isDurable:)`` does.
    ///
    /// - Parameters:
    ///   - path: The file; its directory exists.
    ///   - mode: Its permissions.
    ///   - isDurable: True when it has to survive a power failure.
    ///   - fill: Writes the content to a descriptor; the file stays as it was when it throws.
    /// - Throws: `SystemError`.
    public static func place(
        _ path: String, mode: UInt32, isDurable: Bool,
        _ fill: (_ descriptor: Int32) throws(SystemError) -> Void
    ) throws(SystemError) {
        let staged = path + ".tmp"
        guard let lock = try FileLock.take(staged, waits: true) else {
            throw SystemError(code: EWOULDBLOCK)
        }
        do throws(SystemError) {
            guard ftruncate(lock.descriptor, 0) == 0, fchmod(lock.descriptor, mode) == 0 else {
                throw SystemError()
            }
            try fill(lock.descriptor)
            try rename(staged, to: path, descriptor: isDurable ? lock.descriptor : nil)
        } catch {
            try? FileSystem.remove(staged)
            throw error
        }
    }

    /// Renames; with a descriptor, the content is on the disk before and the name after.
    public static func rename(
        _ staged: String, to path: String, descriptor: Int32?
    ) throws(SystemError) {
        if let descriptor { try Descriptor.sync(descriptor) }
        try FileSystem.rename(staged, to: path)
        if descriptor != nil { try syncDirectory(of: path) }
    }

    /// Puts the names in a file's directory on the disk.
    public static func syncDirectory(of path: String) throws(SystemError) {
        let directory = try OwnedDescriptor(opening: parent(of: path), O_RDONLY | O_DIRECTORY)
        do {
            try Descriptor.sync(directory.number)
        } catch {
            // Some network file systems cannot sync a directory, and say so.
            if error.code != EINVAL { throw error }
        }
    }

    /// The directory that a path names a file in.
    public static func parent(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// Makes a directory and those above it; each new name is on the disk afterwards.
    public static func makeDirectory(
        _ path: String, mode: UInt32 = 0o755
    ) throws(SystemError) {
        do throws(SystemError) {
            try FileSystem.makeDirectory(path, mode: mode)
        } catch {
            if error.code == EEXIST { return }
            guard error.code == ENOENT, parent(of: path) != path else { throw error }
            try makeDirectory(parent(of: path), mode: mode)
            do {
                try FileSystem.makeDirectory(path, mode: mode)
            } catch {
                // Another process may have made it meanwhile.
                if error.code != EEXIST { throw error }
            }
        }
        try syncDirectory(of: path)
    }
}
