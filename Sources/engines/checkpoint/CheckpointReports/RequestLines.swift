// RequestLines: the lines of a file of --http-log, counted, and kept in the checkpoint.
public import Checkpoint
public import Records

/// A request that a program made to a service, as the file of `--http-log` has it.
public struct RequestLine: Decodable, Sendable {
    /// The start of the request.
    public let time: String
    let tool: String
    let process: Int64
    let sequence: Int64
    let method: String
    let host: String
    let path: String
    let status: Int?
    let ms: Double
    let bytes: Int64?
    let sent: Int64?
    let error: String?

    /// The members for a table.
    public var members: [JSON.Member] {
        [
            .init("time", .string(time)), .init("tool", .string(tool)),
            .init("method", .string(method)), .init("host", .string(host)),
            .init("path", .string(path)), .init("status", .whole(status) ?? .null),
            .init("ms", .double(ms)), .init("bytes", .whole(bytes.map(Int.init)) ?? .null),
            .init("error", .text(error) ?? .null),
        ]
    }

    /// True when the time is a time and the figures are those that a request can have: at most 2^40
    /// bytes and 1e9 milliseconds.
    public var isPossible: Bool {
        let sizes: ClosedRange<Int64> = 0...(1 << 40)
        return Timestamp(time) != nil && (0...1e9).contains(ms) && sizes.contains(bytes ?? 0)
            && sizes.contains(sent ?? 0)
    }

    /// True when the service refused the request or did not answer it.
    var hasFailed: Bool { status.map { $0 >= 400 } ?? true }
}

/// Counts of requests by the keys that a group has in common.
public struct RequestCounts: Sendable {
    /// A member of a request by which requests are counted.
    public enum Key: String, CaseIterable, Sendable {
        case tool, method, host, path, status, day, hour
    }

    private struct Tally {
        var count = 0
        var failed = 0
        var milliseconds = 0.0
        var longest = 0.0
        var bytes: Int64 = 0
    }

    /// The keys, in their order.
    public let keys: [Key]
    private var tallies: [[String?]: Tally] = [:]

    /// Reads keys with commas between them; `nil` for a name that is no key, or a key twice.
    public init?(_ text: String) {
        let names = text.split(separator: ",", omittingEmptySubsequences: false)
        keys = names.compactMap { Key(rawValue: String($0)) }
        guard keys.count == names.count, Set(keys).count == keys.count else { return nil }
    }

    /// Counts one request.
    public mutating func add(_ line: RequestLine) {
        let group = keys.map { key in
            switch key {
            case .tool: line.tool
            case .method: line.method
            case .host: line.host
            case .path: line.path
            case .status: line.status.map(String.init)
            case .day: String(line.time.prefix(10))
            case .hour: String(line.time.prefix(13))
            }
        }
        var tally = tallies[group] ?? Tally()
        tally.count += 1
        tally.failed += line.hasFailed ? 1 : 0
        tally.milliseconds += line.ms
        tally.longest = max(tally.longest, line.ms)
        tally.bytes += (line.bytes ?? 0) + (line.sent ?? 0)
        tallies[group] = tally
    }

    /// An object for each group, with its keys, `count`, `failed`, the mean and the longest time in
    /// milliseconds, and the bytes both ways; the largest groups first.
    public var groups: [JSON] {
        let sorted = tallies.sorted { a, b in
            if a.value.count != b.value.count { return a.value.count > b.value.count }
            return a.key.map { $0 ?? "" }.lexicographicallyPrecedes(b.key.map { $0 ?? "" })
        }
        return sorted.map { group, tally in
            let members = zip(keys, group).map { JSON.Member($0.rawValue, .text($1) ?? .null) }
            return .object(
                members + [
                    .init("count", .int(tally.count)), .init("failed", .int(tally.failed)),
                    .init("mean_ms", .double(tally.milliseconds / Double(tally.count))),
                    .init("longest_ms", .double(tally.longest)),
                    .init("bytes", .int(Int(tally.bytes))),
                ])
        }
    }
}

/// Keeps requests in the checkpoint, each once.
public final class RequestKeeper {
    private let checkpoint: Checkpoint
    private let addition: Statement
    private var lines: [RequestLine] = []
    /// The requests that were not there before.
    public private(set) var added = 0

    /// Prepares to keep.
    ///
    /// - Throws: `Failure` of scope `stop`.
    public init(_ checkpoint: Checkpoint) throws(Failure) {
        self.checkpoint = checkpoint
        addition = try Statement(
            checkpoint.database,
            """
            INSERT INTO requests(time, tool, process, sequence, method, host, path, status,
              milliseconds, bytes, sent, error)
            VALUES (:time, :tool, :process, :sequence, :method, :host, :path, :status, :ms, :bytes,
              :sent, :error)
            ON CONFLICT DO NOTHING
            """)
    }

    /// Adds a request, in a commit together with others.
    ///
    /// - Throws: `Failure` of scope `stop`.
    public func keep(_ line: RequestLine) throws {
        lines.append(line)
        if lines.count == 2000 { try commit() }
    }

    /// Commits what was added, and forgets requests that began before a time.
    ///
    /// - Throws: `Failure` of scope `stop`.
    public func finish(forgettingBefore time: Timestamp) throws {
        try commit()
        try checkpoint.transaction {
            try checkpoint.begin()
            try checkpoint.database.run("DELETE FROM requests WHERE time < ?1", time.text)
        }
    }

    private func commit() throws {
        try checkpoint.transaction {
            try checkpoint.begin()
            for line in lines {
                try addition.run([
                    ":time": line.time, ":tool": line.tool, ":process": line.process,
                    ":sequence": line.sequence, ":method": line.method, ":host": line.host,
                    ":path": line.path, ":status": line.status.map(Int64.init), ":ms": line.ms,
                    ":bytes": line.bytes, ":sent": line.sent, ":error": line.error,
                ])
                added += Int(checkpoint.database.changes)
            }
        }
        lines = []
    }
}
