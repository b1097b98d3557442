// ProcessUsingFile: the processes that have a file open.
internal import FoundationEssentials
internal import Glibc
import Records
internal import System

/// A process that has a file open, as fuser(1) finds it.
package struct ProcessUsingFile: Sendable, Equatable {
    /// The process's number.
    package let number: Int32
    /// The program's name, of which the kernel keeps 15 bytes.
    package let name: String

    /// The other processes that have a file open, as far as this user may see them.
    package static func all(of path: String) -> [ProcessUsingFile] {
        var file = stat()
        guard unsafe stat(path, &file) == 0 else { return [] }
        let numbers = (names(in: "/proc").compactMap { Int32($0) }).sorted()
        return numbers.filter { $0 != getpid() && hasOpen(file, $0) }.map { number in
            let name = (try? Descriptor.contents(of: "/proc/\(number)/comm", atMost: 256)) ?? []
            return ProcessUsingFile(
                number: number, name: String(decoding: name.filter { $0 != 0x0A }, as: UTF8.self))
        }
    }

    private static func hasOpen(_ file: stat, _ process: Int32) -> Bool {
        let directory = "/proc/\(process)/fd"
        return names(in: directory).contains { name in
            var other = stat()
            return unsafe stat("\(directory)/\(name)", &other) == 0
                && other.st_ino == file.st_ino && other.st_dev == file.st_dev
        }
    }

    /// Empty for a process that ended meanwhile, or belongs to another user.
    private static func names(in directory: String) -> [String] {
        (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
    }
}
