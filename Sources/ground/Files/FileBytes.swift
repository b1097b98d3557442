// FileBytes: a file's bytes, a piece at a time.
internal import Records

internal import Glibc
public import System

/// Reading of files that may be larger than memory.
public enum FileBytes {
    /// Gives the bytes of a file to the closure, a piece at a time.
    public static func each(
        of path: String, _ body: (UnsafeRawBufferPointer) throws(SystemError) -> Void
    ) throws(SystemError) {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw SystemError() }
        defer { close(descriptor) }
        try unsafe each(of: descriptor, from: 0, body)
    }

    /// From a place to the end.
    static func each(
        of descriptor: Int32, from offset: Int,
        _ body: (UnsafeRawBufferPointer) throws(SystemError) -> Void
    ) throws(SystemError) {
        guard lseek(descriptor, offset, SEEK_SET) >= 0 else { throw SystemError() }
        let room = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 4096)
        defer { unsafe room.deallocate() }
        while true {
            let count = try unsafe Descriptor.read(descriptor, into: room)
            if count == 0 { return }
            try unsafe body(UnsafeRawBufferPointer(rebasing: room[..<count]))
        }
    }
}
