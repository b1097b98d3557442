// FileBytes: a file's bytes, a piece at a time.
internal import Records

internal import Glibc
public import System

/// Reading of files that may be larger than memory.
public enum FileBytes {
    /// Gives the bytes of a file to the closure, a piece at a time.
    public static func each(
        of path: String, _ body: (Span<UInt8>) throws(SystemError) -> Void
    ) throws(SystemError) {
        let file = try OwnedDescriptor(opening: path, O_RDONLY)
        try each(of: file.number, from: 0, body)
    }

    /// From a place to the end.
    static func each(
        of descriptor: Int32, from offset: Int,
        _ body: (Span<UInt8>) throws(SystemError) -> Void
    ) throws(SystemError) {
        guard lseek(descriptor, offset, SEEK_SET) >= 0 else { throw SystemError() }
        var room = [UInt8](repeating: 0, count: 256 << 10)
        while true {
            let count = try Descriptor.read(descriptor, into: &room)
            if count == 0 { return }
            try body(room.span.extracting(0..<count))
        }
    }
}
