// ProcessUsingFile: the processes that have a file open.
internal import Glibc

/// A process that has a file open, as fuser(1) finds it.
public struct ProcessUsingFile: Equatable, Sendable {
    /// The process's number.
    public let number: Int32
    /// The program's name, of which the kernel keeps 15 bytes.
    public let name: String

    /// The other processes that have a file open, as far as this user may see them.
    public static func all(of path: String) -> [ProcessUsingFile] {
        guard let file = try? FileStatus(of: path) else { return [] }
        let numbers = names(in: "/proc").compactMap { Int32($0) }.sorted()
        return numbers.filter { $0 != getpid() && hasOpen(file, $0) }.map { number in
            let name = (try? Descriptor.contents(of: "/proc/\(number)/comm", atMost: 256)) ?? []
            return ProcessUsingFile(
                number: number, name: String(decoding: name.filter { $0 != 0x0A }, as: UTF8.self))
        }
    }

    private static func hasOpen(_ file: FileStatus, _ process: Int32) -> Bool {
        names(in: "/proc/\(process)/fd").contains { name in
            (try? FileStatus(of: "/proc/\(process)/fd/\(name)"))?.isSameFile(as: file) == true
        }
    }

    /// Empty for a process that ended meanwhile, or belongs to another user.
    private static func names(in directory: String) -> [String] {
        ((try? Directory.names(in: directory)) ?? []).map { String(decoding: $0, as: UTF8.self) }
    }
}
