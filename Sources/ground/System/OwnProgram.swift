// OwnProgram: the place and the name of the program that runs.

/// The file of this process.
public enum OwnProgram {
    /// Its directory, without a slash at the end, also when the file was replaced since the start.
    public static var directory: String {
        let path = (try? FileSystem.target(ofLink: "/proc/self/exe")) ?? ""
        return String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)])
    }

    /// Its name as it was called, without directories.
    public static var name: String {
        let path = CommandLine.arguments.first ?? ""
        return String(path.split(separator: "/").last ?? "")
    }
}
