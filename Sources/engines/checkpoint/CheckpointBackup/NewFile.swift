// NewFile: a new file while it is written.
import Checkpoint
internal import Glibc
import Records
internal import System

/// An open file that only its owner may read, empty at first; closed by its owner's end.
struct NewFile: ~Copyable {
    private let file: OwnedDescriptor

    /// Makes the file, in the place of one of that name.
    init(_ path: String) throws(SystemError) {
        try? FileSystem.remove(path)
        file = try OwnedDescriptor(opening: path, O_WRONLY | O_CREAT | O_EXCL, mode: 0o600)
    }

    /// Adds bytes.
    borrowing func write(_ bytes: Span<UInt8>) throws(SystemError) {
        try Descriptor.writeAll(file.number, bytes)
    }

    /// Puts the bytes on the disk.
    borrowing func sync() throws(SystemError) {
        try Descriptor.sync(file.number)
    }
}
