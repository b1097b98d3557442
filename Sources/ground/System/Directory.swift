// Directory: the names that a directory holds.
internal import Glibc

/// Reading of directories.
public enum Directory {
    /// The names in a directory but `.` and `..`, as bytes, in no order.
    ///
    /// The corresponding C functions are `opendir` and `readdir`.
    public static func names(in path: String) throws(SystemError) -> [[UInt8]] {
        guard let stream = unsafe opendir(path) else { throw SystemError() }
        defer { unsafe closedir(stream) }
        var names: [[UInt8]] = []
        while true {
            errno = 0
            guard let entry = unsafe readdir(stream) else { break }
            let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                unsafe Array(bytes.prefix { $0 != 0 })
            }
            if name != [0x2E], name != [0x2E, 0x2E] { names.append(name) }
        }
        if errno != 0 { throw SystemError() }
        return names
    }
}
