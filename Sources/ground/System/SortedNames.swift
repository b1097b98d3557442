// SortedNames: the names in a directory, in their order, in as little memory as they need.
internal import Glibc

/// The names in a directory but `.` and `..`, in the order of their bytes.
///
/// A directory may hold half a million names, so they lie in one piece of memory.
public struct SortedNames {
    /// One name after the other, each with a zero at its end.
    private var bytes: [UInt8] = []
    private var starts: [UInt32] = []

    /// Reads a directory.
    ///
    /// The corresponding C functions are `opendir` and `readdir`.
    public init(in directory: String) throws(SystemError) {
        guard let stream = unsafe opendir(directory) else { throw SystemError() }
        defer { unsafe closedir(stream) }
        while true {
            errno = 0
            guard let entry = unsafe readdir(stream) else { break }
            unsafe withUnsafeBytes(of: &entry.pointee.d_name) { name in
                unsafe append(UnsafeRawBufferPointer(rebasing: name.prefix { $0 != 0 }))
            }
        }
        if errno != 0 { throw SystemError() }
        sort()
    }

    /// Gives each name to the closure.
    public func forEach(_ body: ([UInt8]) throws -> Void) rethrows {
        for start in starts {
            try body(Array(bytes[Int(start)...].prefix { $0 != 0 }))
        }
    }

    private mutating func append(_ name: UnsafeRawBufferPointer) {
        let isSelf = unsafe name.elementsEqual(".".utf8) || name.elementsEqual("..".utf8)
        guard !isSelf else { return }
        precondition(bytes.count < Int(UInt32.max) - 256, "a directory with 4 GB of names")
        starts.append(UInt32(bytes.count))
        unsafe bytes.append(contentsOf: name)
        bytes.append(0)
    }

    private mutating func sort() {
        unsafe bytes.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress else { return }
            starts.sort { a, b in unsafe strcmp(base + Int(a), base + Int(b)) < 0 }
        }
    }
}
