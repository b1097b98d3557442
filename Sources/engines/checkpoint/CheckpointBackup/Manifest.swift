// Manifest: the file beside a backup, with its content and checksums.
import Checkpoint
internal import FoundationEssentials
internal import Glibc
public import Records
internal import System

/// The content of `callpipe_….manifest.json`.
public struct Manifest: Sendable, Equatable, Decodable {
    /// A file beside the manifest.
    public struct Part: Sendable, Equatable, Decodable {
        /// Its name, without a directory.
        public let file: String
        /// Its size.
        public let bytes: Int
        /// The SHA-256 of its bytes.
        public let sha256: String

        init(_ file: String, _ sums: Sums) {
            self.file = file
            bytes = sums.bytes
            sha256 = sums.sha256
        }

        var sums: Sums { Sums(bytes: bytes, sha256: sha256) }

        var json: JSON {
            .members(["file": .string(file), "bytes": .int(bytes), "sha256": .string(sha256)])
        }
    }

    /// The database that the backup expands to.
    public struct Content: Sendable, Equatable, Decodable {
        /// Its size.
        public let bytes: Int
        /// The SHA-256 of its bytes.
        public let sha256: String
        /// `PRAGMA user_version`.
        public let version: Int
        /// The number of rows of each table.
        public let tables: [String: Int]
        /// The number of calls by stage and status.
        public let stages: [String: [String: Int]]
        /// The time when the newest call first came by.
        public let newest: String?
        /// The end of the audit's chain.
        public let auditHead: String?

        var sums: Sums { Sums(bytes: bytes, sha256: sha256) }

        private enum CodingKeys: String, CodingKey {
            case bytes, sha256, version, tables, stages, newest
            case auditHead = "audit_head"
        }
    }

    /// The backup itself, `callpipe_….db.gz`.
    public let backup: Part
    /// The database that it expands to.
    public let database: Content
    /// The archive of the settings, if there is one.
    public let config: Part?
    /// The time when the backup began; it has every commit from before.
    public let started: String
    /// The time when it was complete.
    public let finished: String

    /// Reads the manifest that lies beside a backup.
    ///
    /// - Parameter backup: The path of the backup, which has to be there.
    /// - Returns: The manifest; `nil` without one.
    /// - Throws: `Failure` of scope `stop`, kind `integrity`, when it is not that backup's manifest.
    static func beside(_ backup: String) throws(Failure) -> Manifest? {
        guard backup.hasSuffix(".db.gz"), FileSystem.exists(backup) else { return nil }
        let path = backup.dropLast(".db.gz".count) + ".manifest.json"
        let bytes: [UInt8]
        do throws(SystemError) {
            bytes = try Descriptor.contents(of: String(path), atMost: 1 << 20)
        } catch {
            if error.code == ENOENT { return nil }
            throw DatabaseCopy.failure("read \(path)", error)
        }
        let name = backup.split(separator: "/").last.map(String.init)
        let manifest = try? JSONDecoder().decode(Manifest.self, from: Data(bytes))
        guard let manifest, manifest.backup.file == name else {
            throw Failure(
                .stop, .integrity, "read \(path): it is not the manifest of \(name ?? backup)",
                remedy: "restore another backup, or remove the manifest to do without it")
        }
        return manifest
    }

    init(backup: Part, database: Content, config: Part?, started: Timestamp, finished: Timestamp) {
        self.backup = backup
        self.database = database
        self.config = config
        self.started = started.text
        self.finished = finished.text
    }

    /// The members as they are written.
    public var json: JSON {
        .members([
            "backup": backup.json, "database": database.json, "config": config?.json,
            "started": .string(started), "finished": .string(finished),
        ])
    }
}

extension Manifest.Content {
    var json: JSON {
        .members([
            "bytes": .int(bytes), "sha256": .string(sha256), "version": .int(version),
            "tables": JSON.sorted(tables.mapValues(JSON.int)),
            "stages": JSON.sorted(stages.mapValues { .sorted($0.mapValues(JSON.int)) }),
            "newest": .text(newest), "audit_head": .text(auditHead),
        ])
    }
}
