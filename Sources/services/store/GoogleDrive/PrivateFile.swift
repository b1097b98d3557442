// PrivateFile: small files that only their owner can read, written durably.
internal import Files
internal import Glibc
internal import Records
internal import System

/// Files of mode 0600, written durably, in a directory of mode 0700.
enum PrivateFile {
    /// True when other users of the host can read the file.
    static func isReadableByOthers(_ path: String) -> Bool {
        ((try? FileStatus(of: path))?.permissions ?? 0) & S_IROTH != 0
    }

    /// Makes the directory; on return its name is on the disk.
    static func makeDirectory(_ path: String) throws(Failure) {
        do {
            try StagedFile.makeDirectory(path, mode: S_IRWXU)
        } catch {
            throw failure("make", path, error)
        }
    }

    /// Replaces a file, whole or not at all; on return it is on the disk.
    static func write(_ bytes: [UInt8], to path: String) throws(Failure) {
        do {
            try StagedFile.write(bytes, to: path, mode: S_IRUSR | S_IWUSR)
        } catch {
            throw failure("write", path, error)
        }
    }

    /// Removes a file; a missing one is as good as removed.
    static func remove(_ path: String) { try? FileSystem.remove(path) }

    /// The bytes of a file; `nil` when it is not there.
    static func contents(of path: String) throws(Failure) -> [UInt8]? {
        do {
            return try Descriptor.contents(of: path, atMost: 64 << 20)
        } catch {
            if error.code == ENOENT { return nil }
            throw failure("read", path, error)
        }
    }

    /// The failure to write or read notes; it stops the line, since nothing may be made without
    /// them.
    static func failure(_ verb: String, _ path: String, _ error: SystemError) -> Failure {
        Failure(
            .stop, .storage, "\(verb) \(path): \(error.reason)",
            remedy: "see to room and permission on the disk, then run it again")
    }
}
