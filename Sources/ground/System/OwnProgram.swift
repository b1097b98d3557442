// OwnProgram: the place of the program that runs, so that it finds what is installed beside it.
internal import Glibc

/// The file of this process.
public enum OwnProgram {
    /// Its directory, without a slash at the end, also when the file was replaced since the start.
    public static var directory: String {
        var bytes = [CChar](repeating: 0, count: Int(PATH_MAX))
        let length = unsafe readlink("/proc/self/exe", &bytes, bytes.count)
        let path = bytes.prefix(max(0, length)).map { UInt8(bitPattern: $0) }
        return String(decoding: path.prefix(upTo: path.lastIndex(of: 0x2F) ?? 0), as: UTF8.self)
    }
}
