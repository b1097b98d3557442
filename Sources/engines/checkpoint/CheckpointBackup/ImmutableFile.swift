// ImmutableFile: a database that has no writer, verified and counted.
import CheckpointSchema
import Checkpoint
internal import Files
internal import Glibc
import Records

/// A checkpoint in a file that no other process uses.
struct ImmutableFile {
    private let database: Database

    /// Opens the file.
    ///
    /// - Throws: `Failure` of scope `stop`: `integrity` for a file that is no database,
    ///   `configuration` for another program's or a newer file.
    init(_ path: String) throws(Failure) {
        database = try Database(path, busyTimeout: .zero, for: .immutable)
        try database.execute("PRAGMA cache_size = -16384")
        guard try Schema.current.storedVersion(database) > 0 else {
            throw Failure(
                .stop, .configuration, "use \(path): it is empty",
                remedy: "name a file that holds a checkpoint")
        }
    }

    /// Reads every page and compares every index with its table.
    ///
    /// - Throws: `Failure` of scope `stop`, kind `integrity`, with the first fault.
    func verify() throws(Failure) {
        let answer = try database.value("PRAGMA integrity_check(1)") ?? "no answer"
        guard answer == "ok" else {
            throw Failure(
                .stop, .integrity, "verify \(database.path): \(answer)",
                remedy: "repair the checkpoint, or restore an older backup")
        }
    }

    /// The content of the file, for a manifest.
    func content(_ sums: Sums) throws(Failure) -> Manifest.Content {
        Manifest.Content(
            bytes: sums.bytes, sha256: sums.sha256,
            version: try Schema.current.storedVersion(database),
            tables: try tables(), stages: try stages(), newest: try newest(),
            auditHead: try auditHead())
    }

    /// The number of rows of each table.
    func tables() throws(Failure) -> [String: Int] {
        var counts: [String: Int] = [:]
        for name in try names() {
            counts[name] = try database.number("SELECT count(*) FROM \"\(name)\"")
        }
        return counts
    }

    /// The number of calls by stage and status.
    func stages() throws(Failure) -> [String: [String: Int]] {
        var counts: [String: [String: Int]] = [:]
        let rows = try Statement(
            database, "SELECT stage, status, count(*) FROM outcomes GROUP BY 1, 2")
        while try rows.step() {
            let count = Int(try rows.integer(2))
            counts[try rows.text(0), default: [:]][try rows.text(1)] = count
        }
        return counts
    }

    /// The time when the newest call first came by.
    func newest() throws(Failure) -> String? {
        try database.value("SELECT seen_at FROM calls ORDER BY number DESC LIMIT 1")
    }

    /// The end of the audit's chain; `nil` where there is none.
    func auditHead() throws(Failure) -> String? {
        guard try names().contains("audit") else { return nil }
        return try database.value("SELECT hash FROM audit ORDER BY number DESC LIMIT 1")
    }

    private func names() throws(Failure) -> [String] {
        try Statement(
            database,
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT GLOB 'sqlite_*'"
        ).all { row throws(Failure) in try row.text(0) }
    }
}
