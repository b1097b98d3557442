// Insights: the findings of RingCentral's AI Conversation Expert, as a record keeps them.
public import Records

/// A kind of insight, as RingCentral spells it.
public enum InsightType: String, Sendable, CaseIterable {
    case nextSteps = "NextSteps"
    case transcript = "Transcript"
    case summary = "Summary"
    case highlights = "Highlights"
    case bulletedSummary = "BulletedSummary"
    case score = "AIScore"
    case callNotes = "CallNotes"
    case sentiment = "Sentiment"

    /// Reads a name in any spelling: `NextSteps`, `next_steps`, `nextsteps`; `score` is `AIScore`.
    public init?(anySpelling name: String) {
        let name = Self.plain(name)
        let found = Self.allCases.first {
            Self.plain($0.rawValue) == name || Self.plain($0.member) == name
        }
        guard let found else { return nil }
        self = found
    }

    /// The member of `insights` on a record.
    var member: String {
        switch self {
        case .nextSteps: "next_steps"
        case .transcript: "transcript"
        case .summary: "summary"
        case .highlights: "highlights"
        case .bulletedSummary: "bulleted_summary"
        case .score: "score"
        case .callNotes: "call_notes"
        case .sentiment: "sentiment"
        }
    }

    private static func plain(_ name: String) -> String {
        name.lowercased().filter { $0 != "_" && $0 != "-" }
    }
}

/// The member `insights` of a record, as `callpipe-record(5)` describes it.
///
/// Values stay as RingCentral sent them, byte for byte, under the names of the manual. A member
/// that is not known stays too, under RingCentral's own name.
public struct Insights: Sendable, Equatable {
    /// The engine's name on transcripts.
    public static let engine = "ringcentral"
    /// The model's name on transcripts: the AI Conversation Expert.
    public static let model = "ace"

    var members: [JSON.Member]

    /// Reads the member of a record; `nil` when the record has none.
    public init?(of record: Record) {
        guard let text = record.raw("insights"), let members = JSON.members(of: text) else {
            return nil
        }
        self.members = members
    }

    /// Reads insights that a file kept; `nil` when they have another form, or were changed since.
    public init?(kept: JSON) {
        guard let members = JSON.members(of: kept.bytes) else { return nil }
        self.members = members
        let key = string("key")
        set("key", nil)
        guard key == transcriptKey, skipped == nil else { return nil }
    }

    /// The insights for a file: with the key of their transcript, and without the time of the
    /// request, so that the same insights give the same file.
    public var kept: JSON {
        var insights = self
        insights.set("at", nil)
        insights.set("key", .string(transcriptKey))
        return insights.json
    }

    /// Reads a reply of the service; `nil` when it has another form.
    init?(reply: some Collection<UInt8>) {
        guard let reply = JSON.members(of: reply) else { return nil }
        let body = InsightsReply(reply)
        guard body.isOne else { return nil }
        members = body.members
    }

    /// Makes insights that say that there are none, with the reason in a word.
    init(skipped reason: String, recording: String?) {
        members = []
        set("skipped", .string(reason))
        set("recording", .text(recording))
    }

    /// The reason why there are none: `not_found`, or `input` for a record of another system.
    public var skipped: String? { string("skipped") }
    /// The id of the recording.
    public var recording: String? { string("recording") }
    /// The length of the recording in seconds, as RingCentral tells it.
    public var seconds: Double? { self["seconds"]?.decoded(as: Double.self) }
    /// The kinds of insights that were asked for; `nil` for all.
    var types: Set<String>? { self["types"]?.decoded(as: [String].self).map(Set.init) }
    /// True when the other recordings of the conversation are there too.
    var hasSession: Bool { self["others"] != nil }

    /// The member's value as it is written.
    public var json: JSON { .object(members) }

    subscript(name: String) -> JSON? { members.last { $0.name == name }?.value }

    /// Replaces or appends a member; `nil` removes it.
    mutating func set(_ name: String, _ value: JSON?) {
        let index = members.firstIndex { $0.name == name }
        switch (index, value) {
        case (let index?, let value?): members[index] = JSON.Member(name, value)
        case (nil, let value?): members.append(JSON.Member(name, value))
        case (let index?, nil): members.remove(at: index)
        case (nil, nil): break
        }
    }

    private func string(_ name: String) -> String? { self[name]?.decoded(as: String.self) }
}

/// A reply with its members sorted into insights, facts and others.
///
/// The insights stand under `insights` in PascalCase. Others have seen them in lower case, or at
/// the top.
private struct InsightsReply {
    private var known: [InsightType: JSON] = [:]
    private var facts: [String: JSON] = [:]
    private var others: [JSON.Member] = []
    private var hasInsights = false

    /// RingCentral's names and those of the manual, in the order in which they are written.
    private static let names = [
        ("domain", "domain"), ("sourceRecordId", "recording"), ("sourceSessionId", "session"),
        ("title", "title"), ("callDirection", "direction"), ("ownerExtensionId", "owner"),
        ("recordingStartTime", "start"), ("recordingDurationMs", "seconds"),
        ("creationTime", "created"), ("lastModifiedTime", "modified"), ("rsRecordUri", "uri"),
        ("speakerInfo", "speakers"),
    ]

    init(_ reply: [JSON.Member]) {
        for member in reply where !member.value.isNull {
            if member.name.lowercased() == "insights", let inner = JSON.members(of: member.value) {
                hasInsights = true
                for insight in inner where !insight.value.isNull { add(insight) }
            } else if let name = Self.names.first(where: { $0.0 == member.name })?.1 {
                facts[name] = member.value
            } else {
                add(member)
            }
        }
    }

    private mutating func add(_ member: JSON.Member) {
        if let type = InsightType(anySpelling: member.name) {
            known[type] = member.value
        } else {
            others.append(member)
        }
    }

    /// True for a reply of insights, even when it has not a single one.
    var isOne: Bool { hasInsights || !known.isEmpty }

    var members: [JSON.Member] {
        var members = Self.names.compactMap { wire, name in
            facts[name].map { JSON.Member(name, Self.value(of: name, $0)) }
        }
        for type in InsightType.allCases {
            guard let value = known[type] else { continue }
            guard type == .score || type == .sentiment else {
                members.append(JSON.Member(type.member, value))
                continue
            }
            // One word each is enough for most users; a value that says more is kept beside it.
            let word = Self.word(value)
            if let word { members.append(JSON.Member(type.member, word)) }
            if word == nil || !Self.isOnlyWord(value) {
                members.append(JSON.Member(type.rawValue, value))
            }
        }
        let taken = Set(members.map(\.name)).union(Insights.ours)
        return members + others.filter { !taken.contains($0.name) }
    }

    private static func value(of name: String, _ value: JSON) -> JSON {
        switch name {
        case "direction": .text(value.decoded(as: String.self)?.lowercased()) ?? value
        case "seconds": .number(value.decoded(as: Double.self).map { $0 / 1000 }) ?? value
        default: value
        }
    }

    private struct Unit: Decodable {
        let value: String?
    }

    private static func word(_ value: JSON) -> JSON? {
        let first = JSON.elements(of: value)?.first?.decoded(as: Unit.self)?.value
        return .text(first ?? value.decoded(as: String.self))
    }

    private static func isOnlyWord(_ value: JSON) -> Bool {
        guard let elements = JSON.elements(of: value) else { return true }
        return elements.count == 1 && JSON.members(of: elements[0])?.count == 1
    }
}

extension Insights {
    /// The names of members that callpipe writes itself.
    fileprivate static let ours: Set = [
        "skipped", "engine", "model", "at", "types", "coverage", "others",
    ]
}

extension JSON {
    fileprivate static func members(of value: JSON) -> [Member]? { members(of: value.bytes) }
    fileprivate static func elements(of value: JSON) -> [JSON]? { elements(of: value.bytes) }
    fileprivate var isNull: Bool { bytes.elementsEqual("null".utf8) }
}
