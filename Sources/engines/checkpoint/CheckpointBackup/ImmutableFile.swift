// ImmutableFile: a database that nobody writes to, looked at from end to end.
import Checkpoint
internal import Files
internal import Glibc
import Records

/// A checkpoint in a file of our own: verified, and counted.
struct ImmutableFile {
    private let database: Database

    /// Opens the file.
    ///
    /// - Throws: `Failure` of scope `stop`: `integrity` for what is no database, `configuration`
    ///   for another program's or a newer file.
    init(_ path: String) throws(Failure) {
        database = try Database(path, busyTimeout: .zero, for: .still)
        try database.execute("PRAGMA cache_size = -16384")
        guard try Schema.storedVersion(database) > 0 else {
            throw Failure(
                .stop, .configuration, "use \(path): it is empty",
                remedy: "name a file that holds a checkpoint")
        }
    }

    /// Reads every page and compares every index with its table.
    ///
    /// - Throws: `Failure` of scope `stop`, kind `integrity`, with what was found first.
    func verify() throws(Failure) {
        let answer = try database.value("PRAGMA integrity_check(1)") ?? "no answer"
        guard answer == "ok" else {
            throw Failure(
                .stop, .integrity, "verify \(database.path): \(answer)",
                remedy: "see state-check(1), and state-restore(1) for an older backup")
        }
    }

    /// What the file holds, for a manifest.
    func content(_ sums: Sums) throws(Failure) -> Manifest.Content {
        Manifest.Content(
            bytes: sums.bytes, sha256: sums.sha256, version: try Schema.storedVersion(database),
            tables: try tables(), stages: try stages(), newest: try newest(),
            auditHead: try auditHead())
    }

    /// The rows of each table.
    func tables() throws(Failure) -> [String: Int] {
        var counts: [String: Int] = [:]
        for name in try names() {
            counts[name] = try number("SELECT count(*) FROM \"\(name)\"")
        }
        return counts
    }

    /// How many calls have each status, by stage.
    func stages() throws(Failure) -> [String: [String: Int]] {
        var counts: [String: [String: Int]] = [:]
        let rows = try Statement(
            database, "SELECT stage, status, count(*) FROM outcomes GROUP BY 1, 2")
        while try rows.step() {
            counts[rows.string(0) ?? "", default: [:]][rows.string(1) ?? ""] = Int(rows.integer(2))
        }
        return counts
    }

    /// When the newest call came by first.
    func newest() throws(Failure) -> String? {
        try database.value("SELECT seen_at FROM calls ORDER BY number DESC LIMIT 1")
    }

    /// The end of the audit's chain; `nil` where there is none.
    func auditHead() throws(Failure) -> String? {
        guard try names().contains("audit") else { return nil }
        return try database.value("SELECT hash FROM audit ORDER BY number DESC LIMIT 1")
    }

    private func names() throws(Failure) -> [String] {
        var names: [String] = []
        let rows = try Statement(
            database,
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT GLOB 'sqlite_*'")
        while try rows.step() { names.append(rows.string(0) ?? "") }
        return names
    }

    private func number(_ sql: String) throws(Failure) -> Int {
        try database.value(sql).flatMap { Int($0) } ?? 0
    }
}
