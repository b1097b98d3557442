// ProcessUsingFile: the processes that have a file open.
internal import Files
internal import FoundationEssentials
internal import Glibc
import Records
internal import System

/// A process that has a file open.
public struct ProcessUsingFile: Sendable, Equatable {
    /// The process's number.
    public let process: Int32
    /// What it is called, as the kernel cuts it off: 15 bytes.
    public let name: String

    /// The processes that have a file open, but for this one, as far as this user may see them; a
    /// file that is not there is held by nobody.
    package static func all(of path: String) -> [ProcessUsingFile] {
        var file = stat()
        guard unsafe stat(path, &file) == 0 else { return [] }
        let numbers = (names(in: "/proc").compactMap { Int32($0) }).sorted()
        return numbers.filter { $0 != getpid() && hasOpen(file, $0) }.map { number in
            let name = (try? Descriptor.contents(of: "/proc/\(number)/comm", atMost: 256)) ?? []
            return ProcessUsingFile(
                process: number,
                name: String(decoding: name.filter { $0 != 0x0A }, as: UTF8.self))
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

    /// Nothing for what ended meanwhile, or belongs to another user.
    private static func names(in directory: String) -> [String] {
        (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
    }
}
