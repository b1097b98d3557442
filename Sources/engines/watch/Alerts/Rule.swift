// Rule: one thing that call-alert watches, as a line of its file of rules.
internal import FoundationEssentials
internal import Records

/// A rule, as `call-alert(1)` describes it.
public struct Rule: Sendable {
    /// How loud an alert is; a lower case word of the replaced systems.
    public enum Level: String, Sendable, Decodable, CaseIterable {
        case info, warning, critical
    }

    /// How soon somebody has to look.
    public enum Priority: String, Sendable, Decodable, CaseIterable {
        case P0, P1, P2, P3

        /// The time in seconds within which somebody has to respond.
        public var respondWithin: Double {
            switch self {
            case .P0: 15 * 60
            case .P1: 3600
            case .P2: 4 * 3600
            case .P3: 24 * 3600
            }
        }
    }

    /// The kinds of channels that alerts can be told to.
    public static let channelKinds = [
        "log", "mail", "slack", "teams", "webhook", "pagerduty", "alertmanager", "ntfy",
    ]

    /// The shortest pause between two equal alerts, in seconds.
    static let shortestCooldown = 300.0

    /// The id, which names the rule in the checkpoint and on the command line.
    public let id: String
    /// The name for people.
    public let name: String
    /// The condition under which it fires.
    public let condition: Condition
    /// The time in seconds for which the condition has to hold.
    public let holds: Double
    /// The time in seconds for which an alert goes on after its condition held last.
    public let keeps: Double
    /// How loud it is.
    public let level: Level
    /// How soon somebody has to look.
    public let priority: Priority
    /// The time in seconds within which somebody has to respond.
    public let respondWithin: Double
    /// The shortest pause between two firings that are told, in seconds.
    public let cooldown: Double
    /// The time after which it is told again while it fires, in seconds.
    public let `repeat`: Double
    /// The text, with places such as `{value}`.
    public let message: String
    /// The command that mends it, or shows more.
    public let remedy: String
    /// The channels that are told, by their kind; `nil` for all.
    public let channels: Set<String>?
    /// False for a rule that is switched off.
    public let isEnabled: Bool

    /// Reads a line.
    ///
    /// - Throws: ``Unusable`` with the reason.
    public init(line: [UInt8]) throws(Unusable) {
        let members = JSON.members(of: line) ?? []
        let id = members.first { $0.name == "id" }?.value.decoded(as: String.self)
        let condition = members.first { $0.name == "condition" }?.value.bytes ?? []
        // A misspelt member would be another rule than the one that is meant.
        if let name = Form.unknownMember(of: line) ?? Condition.Form.unknownMember(of: condition) {
            throw Unusable(id: id, reason: "no rule has the member \"\(name.prefix(64))\"")
        }
        let form: Form
        do {
            form = try JSONDecoder().decode(Form.self, from: Data(line))
        } catch {
            throw Unusable(id: id, reason: Rule.reason(error))
        }
        self = try Rule(form)
    }

    private init(_ form: Form) throws(Unusable) {
        func unusable(_ reason: String) -> Unusable { Unusable(id: form.id, reason: reason) }
        guard !form.id.isEmpty, form.id.utf8.count <= 64,
            form.id.utf8.allSatisfy({ Rule.isOfID($0) })
        else { throw unusable("its id is not made of letters, digits, \"-\", \"_\" and \".\"") }
        id = form.id
        name = form.name ?? form.id
        isEnabled = form.enabled ?? true
        do throws(Condition.Fault) {
            if let asked = form.condition {
                condition = try Condition(asked)
            } else if isEnabled {
                throw Condition.Fault(reason: "it has no \"condition\"")
            } else {
                condition = Condition(known: form.id)
            }
        } catch {
            throw unusable(error.reason)
        }
        level = form.level ?? .warning
        priority = form.priority ?? (level == .critical ? .P1 : level == .warning ? .P2 : .P3)
        func span(_ name: String, _ text: Span?, or usual: Double) throws(Unusable) -> Double {
            guard let text else { return usual }
            guard let seconds = text.seconds else {
                throw unusable("its \"\(name)\" is not a time such as 10m")
            }
            return seconds
        }
        holds = try span("for", form.for, or: 0)
        keeps = try span("keep_firing_for", form.keep_firing_for, or: 0)
        respondWithin = try span("respond_within", form.respond_within, or: priority.respondWithin)
        let minutes = form.cooldownMinutes.map { $0 * 60 } ?? 30 * 60
        let cooldown = max(try span("cooldown", form.cooldown, or: minutes), Rule.shortestCooldown)
        self.cooldown = cooldown
        `repeat` = max(
            try span("repeat", form.repeat, or: max(4 * 3600, cooldown)), Rule.shortestCooldown)
        message = form.message ?? form.text ?? "{name}: {value}"
        remedy = form.remedy ?? ""
        channels = form.channels.map { Set($0.map { $0.lowercased() }) }
        guard channels?.allSatisfy(Rule.channelKinds.contains) ?? true else {
            // A rule that names no real channel would fire, and be told to nobody.
            let known = Rule.channelKinds.joined(separator: ", ")
            throw unusable("its \"channels\" needs some of \(known)")
        }
    }

    /// A rule of call-alert itself, whose condition is known already.
    init(own id: String, _ name: String, message: String, remedy: String, level: Level) {
        self.id = id
        self.name = name
        self.message = message
        self.remedy = remedy
        self.level = level
        condition = Condition(known: id)
        holds = 0
        keeps = 0
        priority = level == .critical ? .P1 : .P2
        respondWithin = priority.respondWithin
        cooldown = 30 * 60
        `repeat` = 4 * 3600
        channels = nil
        isEnabled = true
    }

    private static func isOfID(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "-_.".utf8.contains(byte)
        }
    }

    private static func reason(_ error: any Error) -> String {
        switch error {
        case DecodingError.keyNotFound(let key, _): "it has no \"\(key.stringValue)\""
        case DecodingError.typeMismatch(_, let context) where !context.codingPath.isEmpty,
            DecodingError.valueNotFound(_, let context) where !context.codingPath.isEmpty:
            "its \"\(context.codingPath.map(\.stringValue).joined(separator: "."))\" has another form"
        case DecodingError.dataCorrupted(let context) where !context.codingPath.isEmpty:
            "its \"\(context.codingPath.map(\.stringValue).joined(separator: "."))\" has a value that"
                + " is unknown"
        default: "it is no JSON object"
        }
    }

    /// A line that is no rule.
    public struct Unusable: Error, Sendable {
        /// The rule's id, if that can be read.
        public let id: String?
        /// The reason, without a full stop.
        public let reason: String
    }

    /// A time as text such as `10m`, or as seconds.
    private struct Span: Decodable {
        let seconds: Double?

        init(from decoder: any Decoder) throws {
            let value = try decoder.singleValueContainer()
            if let number = try? value.decode(Double.self) {
                seconds = (0...1e9).contains(number) ? number : nil
            } else {
                seconds = TimeSpan.seconds(try value.decode(String.self))
            }
        }
    }

    private struct Form: Decodable {
        let id: String
        let name: String?
        let enabled: Bool?
        let condition: Condition.Form?
        let `for`: Span?
        let keep_firing_for: Span?
        let level: Level?
        let priority: Priority?
        let respond_within: Span?
        let cooldown: Span?
        let cooldownMinutes: Double?
        let `repeat`: Span?
        let message: String?
        let text: String?
        let remedy: String?
        let channels: [String]?

        static func unknownMember(of text: [UInt8]) -> String? {
            JSON.members(of: text)?.first { CodingKeys(stringValue: $0.name) == nil }?.name
        }
    }
}

/// A length of time as people read it.
public enum RuleTime {
    /// `15 min`, `4 h`, `2 days`; `for ever` for more than a thousand years.
    public static func text(_ seconds: Double) -> String {
        guard seconds < 1000 * 366 * 86_400 else { return "for ever" }
        if seconds < 120 { return "\(Int(seconds.rounded())) s" }
        if seconds < 7200 { return "\(Int((seconds / 60).rounded())) min" }
        if seconds < 172_800 { return "\(Int((seconds / 3600).rounded())) h" }
        return "\(Int((seconds / 86_400).rounded())) days"
    }
}
