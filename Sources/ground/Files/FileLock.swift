// FileLock: a file that one holder at a time has, across tasks and processes.
internal import Glibc
internal import Records
public import System

/// An open file with `flock` held on it; closing it gives the lock away, and so does dying.
public struct FileLock: ~Copyable, Sendable {
    private let file: OwnedDescriptor
    var descriptor: Int32 { file.number }

    /// Takes the lock of a file, made if missing, or says that another has it.
    ///
    /// - Parameters:
    ///   - path: The file; it stays when the lock is given away.
    ///   - waits: True to wait until the lock is free, which blocks the thread.
    /// - Returns: The lock, or `nil` if it is taken.
    /// - Throws: `SystemError` when the file cannot be made or locked.
    public static func take(_ path: String, waits: Bool = false) throws(SystemError) -> FileLock? {
        while true {
            let lock = FileLock(
                file: try OwnedDescriptor(
                    opening: path, O_RDWR | O_CREAT | O_NOFOLLOW, mode: 0o600))
            guard try Descriptor.lock(lock.descriptor, waits: waits) else { return nil }
            if lock.isFile(at: path) { return lock }
            // The last holder renamed or removed the file between our open and our lock.
        }
    }

    private init(file: consuming OwnedDescriptor) { self.file = file }

    private func isFile(at path: String) -> Bool {
        guard let here = try? FileStatus(of: descriptor),
            let there = try? FileStatus(of: path, followingLinks: false)
        else { return false }
        return here.isSameFile(as: there)
    }
}
