// ProcessStatus: the kernel's account of a process, from /proc/N/stat.
internal import Glibc

/// A process as proc_pid_stat(5) describes it.
public struct ProcessStatus: Equatable, Sendable {
    /// Its number.
    public let number: Int32
    /// The number of the process that started it, or that took it over.
    public let parent: Int32
    /// The number of its process group.
    public let group: Int32
    /// The time when it was started, in ticks since the boot.
    public let start: Int64
    /// True when it has ended and its parent has not yet asked how.
    public let isOver: Bool

    /// Reads the status of a process; `nil` when there is none of that number.
    public init?(_ process: Int32) {
        guard let bytes = try? Descriptor.contents(of: "/proc/\(process)/stat", atMost: 4096)
        else { return nil }
        self.init(line: bytes)
    }

    /// Reads the line of `/proc/N/stat`.
    init?(line: [UInt8]) {
        // The program's name stands in parentheses and may hold any byte, parentheses too.
        guard let end = line.lastIndex(of: UInt8(ascii: ")")) else { return nil }
        let fields = line[(end + 1)...].split(separator: UInt8(ascii: " "))
            .map { String(decoding: $0, as: UTF8.self) }
        // The first field here is the third of the line.
        let digits = line.prefix { $0 != UInt8(ascii: " ") }
        guard fields.count > 19, let number = Int32(String(decoding: digits, as: UTF8.self)),
            let parent = Int32(fields[1]), let group = Int32(fields[2]),
            let start = Int64(fields[19])
        else { return nil }
        self.number = number
        self.parent = parent
        self.group = group
        self.start = start
        isOver = ["Z", "X", "x"].contains(fields[0])
    }

    /// The time when it was started, in seconds since the boot as ``Boot/seconds`` counts them.
    public var startSeconds: Double { Double(start) / Double(sysconf(Int32(_SC_CLK_TCK))) }

    /// The processes of a group that can be seen from here.
    ///
    /// The corresponding C function is `getpgid`; only the group's own are looked at further, since
    /// a machine may have thousands.
    public static func members(ofGroup group: Int32) -> [ProcessStatus] {
        let names = (try? Directory.names(in: "/proc")) ?? []
        return names.compactMap { Int32(String(decoding: $0, as: UTF8.self)) }
            .filter { getpgid($0) == group }
            .compactMap { ProcessStatus($0) }
            .filter { $0.group == group }
    }
}
