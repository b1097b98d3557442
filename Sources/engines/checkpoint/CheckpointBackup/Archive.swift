// Archive: a few files of settings as a tar file, which any tar unpacks.
import Checkpoint
internal import Glibc
import Records
internal import System

/// Files and directories in the format of POSIX's `ustar`.
///
/// Written here and not by tar(1): no other program has to be installed or sees the secrets, and a
/// failure names its file. Settings are small, so memory holds them.
struct Archive {
    /// The most bytes of settings.
    private static let limit = 16 << 20
    private static let block = 512

    private(set) var bytes: [UInt8] = []

    /// Archives the paths that exist, directories with all their files.
    ///
    /// - Throws: `Failure` of scope `stop` for a file that cannot be read or has too long a name, and
    ///   when no path exists.
    init(of paths: [String]) throws(Failure) {
        for path in paths { try add(path, isOptional: true) }
        guard !bytes.isEmpty else {
            throw Failure(
                .stop, .configuration,
                "archive the settings: there is no \(paths.joined(separator: " and no "))",
                remedy: "run it where they are, or leave out --with-config")
        }
        // Two empty blocks mark the end.
        bytes += [UInt8](repeating: 0, count: 2 * Archive.block)
    }

    private mutating func add(_ path: String, isOptional: Bool = false) throws(Failure) {
        var content: [UInt8] = []
        var target = ""
        var names: [String] = []
        let status: FileStatus
        do throws(SystemError) {
            status = try FileStatus(of: path, followingLinks: false)
            switch status.kind {
            case .file:
                content = try Descriptor.contents(of: path, atMost: Archive.limit - bytes.count)
            case .link: target = try FileSystem.target(ofLink: path)
            case .directory:
                names = try Directory.names(in: path).map { String(decoding: $0, as: UTF8.self) }
            // A socket or a pipe is no setting.
            case .other: return
            }
        } catch {
            if isOptional, error.code == ENOENT { return }
            throw Archive.failure(path, error)
        }
        switch status.kind {
        case .link: try addHeader(path, "2", status, target: target)
        case .directory: try addHeader(path + "/", "5", status)
        case .file, .other: try addHeader(path, "0", status, size: content.count)
        }
        bytes += content
        bytes += [UInt8](repeating: 0, count: -content.count & (Archive.block - 1))
        for name in names.sorted() { try add("\(path)/\(name)") }
    }

    private mutating func addHeader(
        _ path: String, _ kind: Unicode.Scalar, _ status: FileStatus, size: Int = 0,
        target: String = ""
    ) throws(Failure) {
        guard let (prefix, name) = Archive.split(Archive.inside(path)), target.utf8.count <= 100
        else {
            throw Archive.failure(path, SystemError(code: ENAMETOOLONG))
        }
        var header = Header()
        header.put(name, width: 100)
        header.put(octal: Int(status.permissions), width: 8)
        header.put(octal: Int(status.owner & 0o7777777), width: 8)
        header.put(octal: Int(status.group & 0o7777777), width: 8)
        header.put(octal: size, width: 12)
        header.put(octal: max(0, status.modified / 1_000_000_000), width: 12)
        header.put("        ", width: 8)
        header.put(String(kind), width: 1)
        header.put(target, width: 100)
        header.put("ustar\u{0}00", width: 8)
        header.put("", width: 80)
        header.put(prefix, width: 155)
        bytes += header.summed
    }

    /// The path as it stands in the archive: it leads nowhere but down.
    private static func inside(_ path: String) -> String {
        let names = path.split(separator: "/").filter { $0 != "." }
        let kept = names.lastIndex(of: "..").map { names[($0 + 1)...] } ?? names[...]
        return kept.joined(separator: "/") + (path.hasSuffix("/") ? "/" : "")
    }

    /// At most 100 bytes of name and, before a slash, 155 more.
    private static func split(_ path: String) -> (prefix: String, name: String)? {
        let bytes = Array(path.utf8)
        if bytes.count <= 100 { return ("", path) }
        let slash = bytes.indices.first { index in
            bytes[index] == UInt8(ascii: "/") && bytes.count - index - 1 <= 100 && index <= 155
        }
        guard let slash, slash > 0, slash < bytes.count - 1 else { return nil }
        return (
            String(decoding: bytes[..<slash], as: UTF8.self),
            String(decoding: bytes[(slash + 1)...], as: UTF8.self)
        )
    }

    private static func failure(_ path: String, _ error: SystemError) -> Failure {
        Failure(
            .stop, .storage, "archive \(path): \(error.reason)",
            remedy: "settings are readable files with short names, 16 MiB of them at most")
    }
}

/// The block before each file.
private struct Header {
    private var bytes: [UInt8] = []

    mutating func put(_ text: String, width: Int) {
        bytes += text.utf8
        bytes += [UInt8](repeating: 0, count: width - text.utf8.count)
    }

    mutating func put(octal number: Int, width: Int) {
        let digits = String(number, radix: 8)
        let zeros = String(repeating: "0", count: max(0, width - 1 - digits.count))
        put(zeros + digits, width: width)
    }

    /// The block with the sum of its bytes, in which the sum itself counts as spaces.
    var summed: [UInt8] {
        var block = bytes + [UInt8](repeating: 0, count: 512 - bytes.count)
        let digits = String(block.reduce(0) { $0 + Int($1) }, radix: 8)
        let sum = String(repeating: "0", count: max(0, 6 - digits.count)) + digits + "\u{0} "
        block.replaceSubrange(148..<156, with: sum.utf8)
        return block
    }
}
