// OwnProgram: the place of the program that runs, so that it finds what is installed beside it.

/// The file of this process.
public enum OwnProgram {
    /// Its directory, without a slash at the end, also when the file was replaced since the start.
    public static var directory: String {
        let path = (try? FileSystem.target(ofLink: "/proc/self/exe")) ?? ""
        return String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)])
    }
}
