// ModelHash: what a model's file holds, hashed once and then known by how the file looks.
internal import Crypto
internal import Files
internal import FoundationEssentials
internal import Records
internal import Synchronization
internal import System

/// The SHA-256 of a file of perhaps 3 GB, taken when somebody asks and kept for later runs.
///
/// A later run believes what an earlier one wrote down as long as the file has the same path, size,
/// times and inode. What was written down is no more than a hint: absent or damaged, the file is
/// hashed again.
package final class ModelHash: Sendable {
    private struct Note: Codable, Equatable {
        var path: String
        var bytes: Int
        var modified: Int
        /// Changes even where the time of modification is put back, as by `cp -p`.
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

    /// Hashes nothing yet.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - cache: The directory for notes, made if missing; `nil` for none.
    package init(_ path: String, cache: String?) {
        self.path = (try? FileSystem.realPath(of: path)) ?? path
        self.cache = cache
    }

    /// In lower-case hexadecimal; `nil` when the file cannot be read, which whoever loads it tells.
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
        // A file that changes while it is read has no hash worth a note.
        if Note(path) == before { keep(Known(file: before, sha256: sha256)) }
        return sha256
    }

    /// A cache that cannot be written costs time, not the run.
    private func keep(_ known: Known) {
        guard let cache, let notePath, let bytes = try? JSONEncoder().encode(known) else { return }
        try? StagedFile.makeDirectory(cache, mode: 0o700)
        try? StagedFile.write([UInt8](bytes), to: notePath, mode: 0o600)
    }
}

extension Model {
    /// A model that is one file: the name without what all such files have in common.
    package init(file path: String, _ hash: ModelHash) {
        let name = Model.name(ofFile: path)
        self.init(name: name, identity: "\(name) sha256:\(hash.sha256 ?? "unreadable")")
    }

    /// `base.en` of `/models/ggml-base.en.bin`.
    package static func name(ofFile path: String) -> String {
        let file = path.split(separator: "/").last.map(String.init) ?? path
        let name = file.hasSuffix(".bin") ? String(file.dropLast(4)) : file
        return name.hasPrefix("ggml-") ? String(name.dropFirst(5)) : name
    }
}
