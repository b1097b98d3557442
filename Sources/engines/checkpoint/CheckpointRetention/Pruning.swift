// Pruning: removes local files whose bytes a destination holds.
public import Checkpoint
public import Files
public import Records

/// Removes files by a rule.
///
/// A file is removed when a destination on the record holds the very bytes that are on the disk; they
/// are hashed before. The line in the audit chain is durable before the file is removed: after a
/// crash there may be a line too early, but never a removed file without one.
public final class Pruning {
    /// The files of one recording that go together.
    public struct Item: Sendable {
        /// The record.
        public let id: String
        /// `audio` or `transcript`.
        public let kind: PruneRule.Kind
        /// The files; the last one is the one that a destination holds.
        public let files: [DataFile]
        /// The SHA-256 of the last file.
        public let sha256: String
        /// The destinations that hold its bytes.
        public let copies: [String]

        /// The size of all of them.
        public var bytes: Int { files.reduce(0) { $0 + $1.bytes } }

        fileprivate let call: Int64

        fileprivate var detail: String {
            JSON.members([
                "file": .string(kind.rawValue), "bytes": .int(bytes), "sha256": .string(sha256),
                "copies": .array(copies.map(JSON.string)),
            ]).text
        }
    }

    /// The number of files that were removed, or would be.
    public private(set) var files = 0
    /// Their size.
    public private(set) var bytes = 0
    /// The number of recordings that keep files because no copy of them is known.
    public private(set) var kept = 0
    /// The largest number of recordings that one rule leaves alone because they are held.
    public private(set) var held = 0

    private let checkpoint: Checkpoint
    private let data: DataDirectory
    private let isPlan: Bool
    private let audit: Audit
    private let holds: Holds
    /// The pruned files at the end of the audit chain: a killed run may have noted them before.
    private let told: [String: Set<String>]

    /// Prepares to prune.
    ///
    /// - Parameters:
    ///   - checkpoint: The open file.
    ///   - data: The directory of the files.
    ///   - isPlan: True to remove nothing.
    /// - Throws: `Failure` of scope `stop`.
    public init(_ checkpoint: Checkpoint, data: DataDirectory, isPlan: Bool) throws(Failure) {
        self.checkpoint = checkpoint
        self.data = data
        self.isPlan = isPlan
        audit = try Audit(checkpoint)
        holds = try Holds(checkpoint)
        told = try Pruning.told(checkpoint)
    }

    /// Removes the files that the rule chooses.
    ///
    /// - Parameters:
    ///   - rule: The files and recordings.
    ///   - report: Gets the files that were removed, or would be.
    ///   - problem: Gets the failure of a file that an operator has to look at.
    /// - Throws: `Failure` of scope `stop`, and the error of `report`.
    public func run(
        _ rule: PruneRule, report: (Item) throws -> Void, problem: (Failure) throws -> Void
    ) throws {
        let limit = Timestamp.now.adding(seconds: -rule.age).text
        var last: Int64 = -1
        let question = try Statement(checkpoint.database, rule.heldSQL)
        try question.bind(last, limit)
        let held = try question.first { row throws(Failure) in Int(try row.integer(0)) }
        self.held = max(self.held, held ?? 0)
        while true {
            let candidates = try candidates(rule, limit, after: last)
            var items: [Item] = []
            for candidate in candidates {
                last = candidate.call
                do throws(Failure) {
                    if let item = try item(candidate, rule.kind) { items.append(item) }
                } catch {
                    if error.scope == .stop { throw error }
                    try problem(error)
                }
            }
            items = try isPlan ? items.filter(isFree) : remove(items)
            for item in items {
                files += item.files.count
                bytes += item.bytes
                try report(item)
            }
            if candidates.count < PruneRule.page { return }
        }
    }

    /// A call that the rule chooses, with the members that matter: records may be long.
    private struct Candidate {
        let call: Int64
        let id: String
        /// The file that its record names, and the copies.
        let file: Result<Named?, Failure>

        struct Named {
            let path: String
            let audio: AudioFile?
            let copies: [Upload]
        }
    }

    private func candidates(
        _ rule: PruneRule, _ limit: String, after last: Int64
    ) throws(Failure) -> [Candidate] {
        let question = try Statement(checkpoint.database, rule.sql)
        try question.bind(last, limit)
        return try question.all { row throws(Failure) in
            let text = try row.copy(2) ?? []
            return Candidate(
                call: try row.integer(0), id: try row.text(1),
                file: Result { () throws(Failure) in try named(text, rule.kind) })
        }
    }

    private func named(
        _ text: [UInt8], _ kind: PruneRule.Kind
    ) throws(Failure) -> Candidate.Named? {
        // Most calls were pruned long ago: the file is looked for before the record is decoded.
        guard let record = try? Record(text), let path = try Pruning.path(of: kind, record),
            try data.file(at: path) != nil
        else { return nil }
        return Candidate.Named(
            path: path, audio: kind == .audio ? try record.audio() : nil,
            copies: try record.uploads())
    }

    private static func path(
        of kind: PruneRule.Kind, _ record: Record
    ) throws(Failure) -> String? {
        struct Located: Decodable {
            let path: String?
        }
        guard let value = record.raw(at: [kind.rawValue, "path"]) else { return nil }
        if value.first == UInt8(ascii: "\""), !value.contains(UInt8(ascii: "\\")) {
            return String(decoding: value.dropFirst().dropLast(), as: UTF8.self)
        }
        return try record.decode(kind.rawValue, as: Located.self)?.path
    }

    /// The files of a call that can go; `nil` without files, or without a copy of them.
    private func item(
        _ candidate: Candidate, _ kind: PruneRule.Kind
    ) throws(Failure) -> Item? {
        guard let named = try candidate.file.get() else { return nil }
        var files: [DataFile] = []
        // The other files of a transcript follow from the JSON file, which a destination holds.
        for path in kind == .audio ? [named.path] : TranscriptFormat.paths(beside: named.path) {
            // A link frees no room, and its target may belong to another program.
            if let file = try data.file(at: path), !file.isLink { files.append(file) }
        }
        guard let main = files.last, main.path == named.path else { return nil }
        let digests = try data.digests(of: named.path)
        if let audio = named.audio,
            audio.bytes != digests.bytes || audio.sha256 != digests.sha256
        {
            throw Failure(
                .item, .integrity,
                "prune \(named.path): the file is not the one that was fetched",
                remedy: "look at it; the copy at the destination is the verified one")
        }
        let copies = named.copies.filter { upload in
            upload[kind.rawValue]?.holds(
                bytes: digests.bytes, sha256: digests.sha256, md5: digests.md5) == true
        }.map(\.destination).sorted()
        guard !copies.isEmpty, try data.file(at: named.path) == main else {
            kept += 1
            return nil
        }
        return Item(
            id: candidate.id, kind: kind, files: files, sha256: digests.sha256, copies: copies,
            call: candidate.call)
    }

    /// Removes the files of items that are free, after the audit lines are durable.
    private func remove(_ items: [Item]) throws -> [Item] {
        if items.isEmpty { return [] }
        var gone: [Item] = []
        try checkpoint.transaction {
            try checkpoint.begin()
            // Another process may have claimed or held one since it was looked at.
            for item in try items.filter(isFree) {
                if told[item.id]?.contains(item.detail) != true {
                    try audit.append(.pruned, item.id, item.kind.maker, detail: item.detail)
                }
                gone.append(item)
            }
        }
        for item in gone {
            for file in item.files { _ = try data.remove(file) }
        }
        try data.sync(after: gone.flatMap(\.files))
        return gone
    }

    private func isFree(_ item: Item) throws(Failure) -> Bool {
        if try holds.find(item.call) != nil { return false }
        return try Claims.leaseOwner(of: item.call, checkpoint) == nil
    }

    private static func told(_ checkpoint: Checkpoint) throws(Failure) -> [String: Set<String>] {
        let question = try Statement(
            checkpoint.database,
            """
            SELECT call_id, action, ifnull(detail, '')
            FROM (SELECT * FROM audit ORDER BY number DESC LIMIT 4096)
            WHERE action IN ('pruned', 'stored') AND call_id IS NOT NULL ORDER BY number
            """)
        var told: [String: Set<String>] = [:]
        while try question.step() {
            let id = try question.text(0)
            if try question.text(1) == Audit.Action.pruned.rawValue {
                told[id, default: []].insert(try question.text(2))
            } else {
                // A file that came back is noted again when it is removed.
                told[id] = nil
            }
        }
        return told
    }
}
