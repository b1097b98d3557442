// FileLock: a file that one holder at a time has, across tasks and processes.
internal import Records

internal import Glibc
public import System

/// An open file with `flock` held on it; closing it gives the lock away, and so does dying.
public struct FileLock: ~Copyable, Sendable {
    let descriptor: Int32

    /// Takes the lock of a file, made if missing, or says that somebody else has it.
    ///
    /// The corresponding C function is `flock`.
    ///
    /// - Parameters:
    ///   - path: The file; it stays when the lock is given away.
    ///   - waits: Whether to stand in line until the lock is free, which blocks the thread.
    /// - Returns: The lock, or `nil` if it is taken.
    /// - Throws: `SystemError` when the file cannot be made or locked.
    public static func take(_ path: String, waits: Bool = false) throws(SystemError) -> FileLock? {
        while true {
            let lock = FileLock(
                descriptor: unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600))
            guard lock.descriptor >= 0 else { throw SystemError() }
            if flock(lock.descriptor, LOCK_EX | (waits ? 0 : LOCK_NB)) != 0 {
                if errno == EWOULDBLOCK { return nil }
                if errno != EINTR { throw SystemError() }
            } else if lock.isFile(at: path) {
                return lock
            }
            // The last holder renamed or removed the file between our open and our lock.
        }
    }

    private init(descriptor: Int32) {
        self.descriptor = descriptor
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }

    private func isFile(at path: String) -> Bool {
        var here = stat()
        var there = stat()
        guard unsafe fstat(descriptor, &here) == 0, unsafe lstat(path, &there) == 0 else {
            return false
        }
        return here.st_ino == there.st_ino && here.st_dev == there.st_dev
    }
}
