// Grouping: the number of recordings in each group.
import CheckpointSchema
public import Checkpoint
public import Records

/// Counts of recordings by the keys that a group has in common.
public struct Grouping: Sendable {
    /// A name that is no key.
    public struct Unknown: Error, Equatable {
        /// A sentence without its full stop.
        public let reason: String
    }

    /// The properties of a call that make a group.
    enum Key: String, CaseIterable {
        case stage, status, day, batch, source, engine, download, transcription, upload
        case `extension`, sentiment, rule
    }

    private let keys: [Key]
    /// The names of the keys, in their order.
    public var names: [String] { keys.map(\.rawValue) }

    /// True for the engine alone, which the ledger has.
    public var isBySpending: Bool { keys == [.engine] && figures == .none }

    /// The figures of each group: the results of a rule, the measures, or the number of calls alone.
    private let figures: Figures
    /// The names of the figures, in their order.
    public var figureNames: [String] { ["count"] + figures.columns.map(\.name) }

    /// Reads keys with commas between them.
    ///
    /// - Parameters:
    ///   - text: The keys; empty for one group of all calls, which only measures can have.
    ///   - isOfMeasures: True for the measures of the calls that have some.
    /// - Throws: ``Unknown`` for a name that is no key, and for keys that mean nothing together.
    public init(_ text: String, ofMeasures isOfMeasures: Bool = false) throws(Unknown) {
        var keys: [Key] = []
        if isOfMeasures, text.isEmpty {
            self.keys = []
            figures = .measures
            return
        }
        for name in text.split(separator: ",", omittingEmptySubsequences: false) {
            guard let key = Key(rawValue: String(name)) else {
                let all = Key.allCases.map(\.rawValue).joined(separator: ", ")
                throw Unknown(reason: "option --by knows \(all), not \"\(name)\"")
            }
            guard !keys.contains(key) else {
                throw Unknown(reason: "option --by has \(name) twice")
            }
            keys.append(key)
        }
        self.keys = keys
        figures = isOfMeasures ? .measures : keys.contains(.rule) ? .results : .none
        let others: Set<Key> = isOfMeasures ? [.stage, .status, .rule] : [.stage, .status]
        guard figures == .none || others.isDisjoint(with: keys) else {
            let names = others.map(\.rawValue).sorted().joined(separator: ", ")
            throw Unknown(reason: "option --by has no \(names) together with measures or rules")
        }
    }

    /// An object for each group, with its keys and `count`, sorted by the keys.
    ///
    /// - Parameters:
    ///   - checkpoint: The open file.
    ///   - since: Only calls that began at this time or later; `nil` for all.
    /// - Returns: The groups.
    /// - Throws: `Failure` of scope `stop`.
    public func groups(of checkpoint: Checkpoint, since: Timestamp?) throws -> [JSON] {
        try checkpoint.transaction {
            try checkpoint.begin()
            if since == nil, figures == .none, Set(keys).isSubset(of: [.stage, .status]) {
                return try tallied(checkpoint)
            }
            return try asked(checkpoint, since)
        }
    }

    /// The groups by stage and status, from kept counts.
    private func tallied(_ checkpoint: Checkpoint) throws(Failure) -> [JSON] {
        var sums: [[String]: Int] = [:]
        let now = Timestamp(checkpoint.now) ?? .now
        for (stage, counts) in try Counting(checkpoint, .init(), now).counts() {
            for (status, count) in counts where count > 0 {
                // With the rank in front, so that stages sort in the order of the work.
                let group = keys.flatMap { key in
                    key == .stage
                        ? ["\(stage.rank)", stage.rawValue] : ["", status.rawValue]
                }
                sums[group, default: 0] += count
            }
        }
        return sums.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map { group, count in
            let members = keys.enumerated().map { index, key in
                JSON.Member(key.rawValue, .string(group[index * 2 + 1]))
            }
            return .object(members + [.init("count", .int(count))])
        }
    }

    private func asked(_ checkpoint: Checkpoint, _ since: Timestamp?) throws(Failure) -> [JSON] {
        let living = try Claims.living(checkpoint)
        let columns = keys.map { "\($0.sql(living)) AS key_\($0.rawValue)" }
        let usesOutcomes = keys.contains(.stage) || keys.contains(.status)
        let names = keys.map { "key_\($0.rawValue)" }.joined(separator: ", ")
        let question = try Statement(
            checkpoint.database,
            """
            WITH found AS \(figures == .none ? "" : "MATERIALIZED") (
              SELECT \((columns + [figures.source]).joined(separator: ", ")) FROM calls AS c
                \(usesOutcomes ? "JOIN outcomes AS o ON o.call = c.number" : "")
                \(figures.join)
              WHERE c.erased_at IS NULL AND (?1 IS NULL OR c.start_time >= ?1))
            SELECT \(names.isEmpty ? "" : names + ",") count(*)\(figures.columns.map { ", " + $0.sql }.joined())
            FROM found \(names.isEmpty ? "" : "GROUP BY \(names) ORDER BY \(names)")
            """)
        try question.bind(since?.text)
        var groups: [JSON] = []
        while try question.step() {
            var members: [JSON.Member] = []
            for (index, key) in keys.enumerated() {
                let value = JSON.text(try question.string(Int32(index))) ?? .null
                members.append(JSON.Member(key.rawValue, value))
            }
            for (index, name) in figureNames.enumerated() {
                let place = Int32(keys.count + index)
                guard let number = try question.number(place) else { continue }
                members.append(
                    JSON.Member(
                        name, number == number.rounded() ? .int(Int(number)) : .double(number)))
            }
            groups.append(.object(members))
        }
        return groups
    }
}

extension Grouping.Key {
    /// The key of the call `c`, of its outcome `o`, or of its result `r`.
    fileprivate func sql(_ living: [Int64]) -> String {
        switch self {
        case .stage: "o.stage"
        case .status: "iif(\(Selection.isInWork(living)), 'processing', o.status)"
        case .day: "substr(c.start_time, 1, 10)"
        case .batch: "c.batch"
        case .source: "c.source"
        case .engine: "json_extract(c.record, '$.transcript.engine')"
        case .download: Schema.oldStatus("fetch", doneWith: "audio")
        case .transcription: Schema.oldStatus("transcribe", doneWith: "transcript")
        case .upload: Schema.oldStatus("upload", doneWith: nil)
        case .extension:
            // Of a call within the house it is the extension that calls.
            """
            coalesce(iif(json_extract(c.record, '$.direction') = 'inbound',
                json_extract(c.record, '$.to.extension'), NULL),
              json_extract(c.record, '$.from.extension'), json_extract(c.record, '$.to.extension'))
            """
        case .sentiment: Schema.sentiment
        case .rule: "json_extract(r.value, '$.rule')"
        }
    }
}
