// Leftovers: what programs that died left unfinished below the data directory.
internal import Glibc
public import Records
internal import System

extension DataDirectory {
    /// Gives the unfinished files that no process works on to the closure: downloads that were never
    /// ended and files that were never put in place.
    ///
    /// - Parameters:
    ///   - limit: Younger ones stay; a download may still go on from what is there.
    ///   - isPlan: True to leave them all the same.
    ///   - body: Takes a file that is gone, or would go.
    /// - Throws: `Failure` of scope `stop`, and what the closure throws.
    public func forEachLeftover(
        before limit: Timestamp, isPlan: Bool, _ body: (DataFile) throws -> Void
    ) throws {
        for kind in ["audio", "transcripts", "redacted"] {
            try visit(kind) { relative in
                let marks = [".part", ".part.json", ".part.json.tmp", ".tmp", ".link"]
                guard marks.contains(where: relative.hasSuffix),
                    let file = try file(at: relative), file.modified < limit
                else { return }
                if isPlan { return try body(file) }
                // The lock says that no process, here or elsewhere, is writing it.
                let lock =
                    file.isLink
                    ? nil : try? FileLock.take(absolutePath(of: locked(with: relative)))
                guard lock != nil || file.isLink else { return }
                if try remove(file) { try body(file) }
                _ = consume lock
            }
        }
    }

    /// The file whose lock covers another: the note of a part is covered by the part.
    private func locked(with relative: String) throws(Failure) -> String {
        for suffix in [".json", ".json.tmp"] where relative.hasSuffix(".part" + suffix) {
            let part = String(relative.dropLast(suffix.count))
            if try file(at: part) != nil { return part }
        }
        return relative
    }

    private func visit(_ relative: String, _ body: (String) throws -> Void) throws {
        for name in try names(in: relative) where !name.hasPrefix(".") {
            let path = "\(relative)/\(name)"
            let absolute = try absolutePath(of: path)
            guard let status = try? FileStatus(of: absolute, followingLinks: false) else {
                continue
            }
            if status.kind == .directory {
                try visit(path, body)
            } else {
                try body(path)
            }
        }
    }
}
