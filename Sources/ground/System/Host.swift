// Host: this machine's name, and the memory that processes took.
internal import Glibc

/// The machine.
public enum Host {
    /// The name of the machine, for people; it may change.
    ///
    /// The corresponding C function is `gethostname`.
    public static var name: String {
        var bytes = [CChar](repeating: 0, count: 256)
        guard unsafe gethostname(&bytes, bytes.count - 1) == 0 else { return "" }
        let name = bytes.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        return String(decoding: name, as: UTF8.self)
    }
}

/// The most memory that a process had at a time, in bytes.
///
/// The corresponding C function is `getrusage`.
public enum PeakMemory {
    /// Of this process.
    public static var own: Int { peak(RUSAGE_SELF.rawValue) }

    /// Of the largest of the children that were waited for, and of theirs.
    public static var ofChildren: Int { peak(RUSAGE_CHILDREN.rawValue) }

    private static func peak(_ who: Int32) -> Int {
        var usage = rusage()
        unsafe getrusage(__rusage_who_t(who), &usage)
        return usage.ru_maxrss * 1024
    }
}
