// ModelHash: the SHA-256 of a model's file, computed once and kept while the file is unchanged.
internal import Crypto
internal import Files
internal import FoundationEssentials
internal import Records
internal import Synchronization
internal import System

/// The SHA-256 of a file of up to 3 GB, computed at the first use and kept for later runs.
///
/// A later run uses the note of an earlier run as long as the file has the same path, size, times and
/// inode. Without a note, or with a damaged one, the file is hashed again.
package final class ModelHash: Sendable {
    private struct Note: Codable, Equatable {
        var path: String
        var bytes: Int
        var modified: Int
        /// Changes even where the time of modification is restored, as by `cp -p`.
        var changed: Int
        var inode: UInt64
        var device: UInt64

        init?(_ path: String) {
            guard let status = try? FileStatus(of: path), status.kind == .file else { return nil }
            self.path = path
            bytes = status.size
            modified = status.modified
            changed = status.changed
            inode = status.inode
            device = status.device
        }
    }

    private struct Known: Codable {
        var file: Note
        var sha256: String
    }

    private let path: String
    private let cache: String?
    private let known = Mutex<String?>(nil)

    /// Remembers the file; it is hashed at the first use.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - cache: The directory for notes, made if missing; `nil` for none.
    package init(_ path: String, cache: String?) {
        self.path = (try? FileSystem.realPath(of: path)) ?? path
        self.cache = cache
    }

    /// The hash in lower-case hexadecimal; `nil` when the file cannot be read.
    package var sha256: String? {
        known.withLock { known in
            if known == nil { known = noted() ?? hashed() }
            return known
        }
    }

    private var notePath: String? {
        cache.map { "\($0)/model-\(Digest.sha256(Array(path.utf8)).prefix(32)).json" }
    }

    private func noted() -> String? {
        guard let notePath, let file = Note(path),
            let bytes = try? Descriptor.contents(of: notePath, atMost: 64 << 10),
            let known = try? JSONDecoder().decode(Known.self, from: Data(bytes)),
            known.file == file, known.sha256.utf8.count == 64,
            known.sha256.utf8.allSatisfy({
                (0x30...0x39).contains($0) || (0x61...0x66).contains($0)
            })
        else { return nil }
        return known.sha256
    }

    private func hashed() -> String? {
        guard let before = Note(path) else { return nil }
        var digest = Digest(.sha256)
        do {
            try FileBytes.each(of: path) { chunk in digest.update(chunk) }
        } catch {
            return nil
        }
        let sha256 = digest.hex()
        // A file that changed while it was read has no hash to keep.
        if Note(path) == before { keep(Known(file: before, sha256: sha256)) }
        return sha256
    }

    /// Keeps the hash; a directory that cannot be written costs time, not the run.
    private func keep(_ known: Known) {
        guard let cache, let notePath, let bytes = try? JSONEncoder().encode(known) else { return }
        try? StagedFile.makeDirectory(cache, mode: 0o700)
        try? StagedFile.write([UInt8](bytes), to: notePath, mode: 0o600)
    }
}

extension Model {
    /// A model that is one file.
    package init(file path: String, _ hash: ModelHash) {
        let name = Model.name(ofFile: path)
        self.init(name: name, identity: "\(name) sha256:\(hash.sha256 ?? "unreadable")")
    }

    /// The name in a file's path, such as `base.en` of `/models/ggml-base.en.bin`.
    package static func name(ofFile path: String) -> String {
        let file = path.split(separator: "/").last.map(String.init) ?? path
        let name = file.hasSuffix(".bin") ? String(file.dropLast(4)) : file
        return name.hasPrefix("ggml-") ? String(name.dropFirst(5)) : name
    }
}
