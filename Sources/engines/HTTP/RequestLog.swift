// RequestLog: a line for each request that was made, without what is secret.
internal import Glibc
internal import Records
internal import Synchronization
internal import System

/// The file of `--http-log`: one JSON object a request, each appended by one write, so that the
/// programs of a pipe can share it.
///
/// A line has no query and no header, and of the path only words: every part that could be the id of
/// a person, an account or a recording, or a key, is `{id}`.
public final class RequestLog: Sendable {
    private let file: OwnedDescriptor
    private let tool: String
    private let process: Int
    private let sequence = Mutex(0)
    private let observer: Observer?

    /// Opens the file, and makes it, for its owner only, where there is none.
    ///
    /// - Throws: `Failure` of scope `stop`, kind `storage`.
    init(_ path: String, observer: Observer?) throws(Failure) {
        do throws(SystemError) {
            file = try OwnedDescriptor(
                opening: path, O_WRONLY | O_CREAT | O_APPEND, mode: 0o600)
        } catch {
            throw Failure(
                .stop, .storage, "create the log of requests \(path): \(error.reason)",
                remedy: "let --http-log or CALLPIPE_HTTP_LOG name a file that can be written")
        }
        tool = OwnProgram.name
        process = Int(getpid())
        self.observer = observer
    }

    /// One request that was made.
    struct Entry {
        let time: String
        let method: String
        let address: Address
        /// True when the whole path is a key, as with the address of a webhook.
        let isSecret: Bool
        let status: Int?
        /// The time until the reply was there, in milliseconds.
        let milliseconds: Double
        /// The bytes of the bodies that came and went.
        let received: Int
        let sent: Int
        /// The reason why there is no whole reply.
        let error: String?
    }

    /// Appends a line; one that cannot be written is lost, and the first of them is told.
    func note(_ entry: Entry) {
        let number = sequence.withLock { number in
            number += 1
            return number
        }
        let line = JSON.members([
            "time": .string(entry.time), "tool": .string(tool), "process": .int(process),
            "sequence": .int(number), "method": .string(entry.method),
            "host": .string(entry.address.host),
            "path": .string(entry.isSecret ? "/{id}" : RequestLog.words(of: entry.address.text)),
            "status": .whole(entry.status), "ms": .double(entry.milliseconds),
            "bytes": .int(entry.received), "sent": .int(entry.sent), "error": .text(entry.error),
        ])
        do throws(SystemError) {
            try Descriptor.writeAll(file.number, (line.text + "\n").utf8.span)
        } catch {
            guard number == 1 else { return }
            observer?(.note("the log of requests is not written: \(error.reason)"))
        }
    }

    /// The path of an address, with its words only.
    static func words(of address: String) -> String {
        let path = address.drop { $0 != ":" }.dropFirst(3).drop { $0 != "/" }
            .prefix { $0 != "?" && $0 != "#" }
        return path.split(separator: "/", omittingEmptySubsequences: false)
            .map { isWord($0) ? String($0) : "{id}" }.joined(separator: "/")
    }

    /// True for a part such as `call-log`, `v1.0` or `~`; false for one that could tell someone apart.
    private static func isWord(_ part: Substring) -> Bool {
        let digits = part.utf8.count(where: ASCII.isDigit)
        return part.utf8.count <= 24 && digits <= 2 && (digits == 0 || digits < part.utf8.count)
            && part.utf8.allSatisfy {
                ASCII.isLetter($0) || ASCII.isDigit($0) || "-_.~".utf8.contains($0)
            }
    }
}
