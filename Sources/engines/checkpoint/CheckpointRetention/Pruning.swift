// Pruning: local files taken away whose bytes are safe elsewhere.
public import Checkpoint
public import Files
public import Records

/// Removes files by a rule.
///
/// A file goes when a destination on the record is told to hold the very bytes that are on the
/// disk; they are hashed before. Its line in the audit chain is durable before it goes, so that
/// after a crash there may be a line too early, but never a file that vanished without one.
public final class Pruning {
    /// What goes of one recording.
    public struct Item: Sendable {
        /// The record.
        public let id: String
        /// `audio` or `transcript`.
        public let kind: PruneRule.Kind
        /// The files, the one that is held elsewhere last.
        public let files: [DataFile]
        /// The SHA-256 of the last file.
        public let sha256: String
        /// Where its bytes are.
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

    /// How many files were removed, or would be.
    public private(set) var files = 0
    /// Their size.
    public private(set) var bytes = 0
    /// How many recordings keep files since no copy of them is known.
    public private(set) var kept = 0

    private let checkpoint: Checkpoint
    private let data: DataDirectory
    private let isPlan: Bool
    private let audit: Audit
    private let holds: Holds
    /// What the end of the chain says is pruned: a run that was killed has said so before.
    private let told: [String: Set<String>]

    /// Gets ready.
    ///
    /// - Parameters:
    ///   - checkpoint: Says what is safe.
    ///   - data: Where the files lie.
    ///   - isPlan: Whether to say only what would go.
    /// - Throws: `Failure` of scope `stop`.
    public init(_ checkpoint: Checkpoint, data: DataDirectory, isPlan: Bool) throws(Failure) {
        self.checkpoint = checkpoint
        self.data = data
        self.isPlan = isPlan
        audit = try Audit(checkpoint)
        holds = try Holds(checkpoint)
        told = try Pruning.told(checkpoint)
    }

    /// Removes what the rule lets go.
    ///
    /// - Parameters:
    ///   - rule: What may go.
    ///   - report: Takes what is gone, or would go.
    ///   - problem: Takes why a file stays that has to be looked at.
    /// - Throws: `Failure` of scope `stop`, and what `report` throws.
    public func run(
        _ rule: PruneRule, report: (Item) throws -> Void, problem: (Failure) throws -> Void
    ) throws {
        let limit = Timestamp.now.adding(seconds: -rule.age).text
        var last: Int64 = -1
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

    /// What the tables let go, as far as it is needed: records may be long.
    private struct Candidate {
        let call: Int64
        let id: String
        /// The file that its record names, and what it says of it.
        let file: Result<Named?, Failure>

        struct Named {
            let path: String
            let audio: AudioFile?
            let copies: Destinations
        }
    }

    private func candidates(
        _ rule: PruneRule, _ limit: String, after last: Int64
    ) throws(Failure) -> [Candidate] {
        let question = try Statement(checkpoint.database, rule.sql)
        question.bind(1, last)
        question.bind(2, copying: limit)
        var candidates: [Candidate] = []
        while try question.step() {
            let text = unsafe question.text(2).map { unsafe Array($0) } ?? []
            candidates.append(
                Candidate(
                    call: question.integer(0), id: question.string(1) ?? "",
                    file: Result { () throws(Failure) in try named(text, rule.kind) }))
        }
        return candidates
    }

    private func named(
        _ text: [UInt8], _ kind: PruneRule.Kind
    ) throws(Failure) -> Candidate.Named? {
        // Most calls were pruned long ago: their files are looked for before anything is decoded.
        guard let record = try? Record(text), let path = try Pruning.path(of: kind, record),
            try data.file(at: path) != nil
        else { return nil }
        return Candidate.Named(
            path: path, audio: kind == .audio ? try record.audio() : nil,
            copies: try Destinations(record))
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

    /// What of a call can go; `nil` when there is nothing, or no copy of it.
    private func item(
        _ candidate: Candidate, _ kind: PruneRule.Kind
    ) throws(Failure) -> Item? {
        guard let named = try candidate.file.get() else { return nil }
        var files: [DataFile] = []
        for path in kind == .audio ? [named.path] : Pruning.parts(of: named.path) {
            // A link frees nothing, and what it names is somebody else's.
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
                remedy: "look at it; the copy elsewhere is the one that was verified")
        }
        let copies = named.copies.holding(kind.rawValue, digests)
        guard !copies.isEmpty, try data.file(at: named.path) == main else {
            kept += 1
            return nil
        }
        return Item(
            id: candidate.id, kind: kind, files: files, sha256: digests.sha256, copies: copies,
            call: candidate.call)
    }

    /// Text and captions follow from the JSON file, which is the one that is held elsewhere.
    private static func parts(of path: String) -> [String] {
        guard path.hasSuffix(".json") else { return [path] }
        let stem = path.dropLast("json".count)
        return [stem + "txt", stem + "vtt", path]
    }

    /// Removes the files of items that are free, after the audit lines are durable.
    private func remove(_ items: [Item]) throws -> [Item] {
        if items.isEmpty { return [] }
        var gone: [Item] = []
        try checkpoint.transaction {
            try checkpoint.begin()
            // Somebody may have claimed or held one since it was looked at.
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
            SELECT call_id, action, detail
            FROM (SELECT * FROM audit ORDER BY number DESC LIMIT 4096)
            WHERE action IN ('pruned', 'stored') AND call_id IS NOT NULL ORDER BY number
            """)
        var told: [String: Set<String>] = [:]
        while try question.step() {
            let id = question.string(0) ?? ""
            if question.string(1) == Audit.Action.pruned.rawValue {
                told[id, default: []].insert(question.string(2) ?? "")
            } else {
                // What is there again goes again.
                told[id] = nil
            }
        }
        return told
    }
}
