// NewFile: a file of ours that is being written.
import Checkpoint
internal import Glibc
import Records
internal import System

/// An open file that only its owner may read, empty at first; closed by its owner's end.
struct NewFile: ~Copyable {
    private let descriptor: Int32

    /// Makes the file, in the place of one that has the name.
    init(_ path: String) throws(SystemError) {
        _ = unsafe unlink(path)
        descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw SystemError() }
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }

    /// Adds bytes.
    borrowing func write(_ bytes: UnsafeRawBufferPointer) throws(SystemError) {
        try unsafe Descriptor.writeAll(descriptor, bytes)
    }

    /// Puts what was written on the disk.
    borrowing func sync() throws(SystemError) {
        guard fsync(descriptor) == 0 else { throw SystemError() }
    }
}
