// SearchQuestion: all that a search asks for, as one value that can be kept.
import Checkpoint
internal import Records

/// The conditions of a search; a `nil` condition does not matter.
public struct SearchQuestion: Codable, Equatable, Sendable {
    /// How the text is understood.
    public enum Kind: String, Codable, Sendable {
        /// Words and operators, as ``SearchExpression`` reads them.
        case words
        /// Words right after each other.
        case phrase
        /// Letters that stand in what one party says, also inside words.
        case substring
    }

    /// The words; empty for every call of a party.
    public var text: String
    /// The way in which the text is understood.
    public var kind = Kind.words
    /// The party whose words count: `agent`, `customer`, or a speaker of another name.
    public var speaker: String?
    /// Calls in which a phone number takes part.
    public var phone: String?
    /// Calls in which an extension takes part.
    public var `extension`: String?
    /// Calls that began at this time or later, RFC 3339 in UTC.
    public var from: String?
    /// Calls that began before this time, RFC 3339 in UTC.
    public var to: String?
    /// Said in the first so many seconds of the recording.
    public var within: Double?
    /// Calls whose insights have this sentiment, such as `negative`.
    public var sentiment: String?
    /// Calls of this source.
    public var source: String?

    /// Asks for a text.
    public init(_ text: String) { self.text = text }

    /// True when it asks for the calls of a party, whatever was said.
    public var isOfParty: Bool { text.isEmpty && !keys.isEmpty }

    /// The keys of the parties that are named; a number without digits has no calls.
    var keys: [String] {
        [phone.map { Party.phone($0) ?? "" }, self.extension.map { Party.extension($0) ?? "" }]
            .compactMap { $0 }
    }

    /// True when only what a part of the transcript says counts.
    var isAboutPart: Bool { within != nil || speaker != nil }

    /// True when the record has to be read to know if a call is a hit.
    var needsRecord: Bool {
        isAboutPart || sentiment != nil || source != nil || kind == .substring || keys.count > 1
    }

    /// The words that one has to find of the call.
    func spoken(of record: Record) -> SpokenText {
        SpokenText(of: record) { start, name in
            if let within {
                guard let start, start < within else { return false }
            }
            guard let speaker else { return true }
            if let side = SpokenText.Side(rawValue: speaker), side != .other {
                return SpokenText.Side(speaker: name) == side
            }
            return name == speaker
        }
    }

    /// True for a record that has all that is asked for besides its words.
    func fits(_ record: Record) -> Bool {
        if !keys.isEmpty, !Party.keys(of: record).isSuperset(of: keys) { return false }
        if let source {
            let own = record.string("source") ?? String(record.id.prefix { $0 != ":" })
            if own != source { return false }
        }
        if let sentiment {
            let found = SearchQuestion.sentiment(of: record)
            if found?.lowercased() != sentiment.lowercased() { return false }
        }
        return true
    }

    /// The sentiment that an analysis or else the phone system found.
    private static func sentiment(of record: Record) -> String? {
        let analyzed = record.raw(at: ["analysis", "sentiment", "sentiment"])
            .flatMap { JSON.raw(Array($0)).decoded(as: String.self) }
        return analyzed ?? record.string("insights", "sentiment")
    }
}
