// Rule: a line of a file of rules.
internal import FoundationEssentials
internal import Patterns
internal import Records
internal import System

/// A rule about what is said in a call, or about how it went.
struct Rule: Sendable {
    /// The demand of a rule on a call.
    enum Kind: String, Sendable, Decodable {
        /// The words have to be said.
        case require
        /// The words must not be said.
        case forbid
        /// The words are to be told.
        case alert
        /// A figure has to keep a limit.
        case measure
    }

    /// The words or the figure that are looked for.
    enum Subject: Sendable {
        case phrases([SpokenPhrase])
        case pattern(Pattern)
        case measure(path: [String], over: Double?, under: Double?)
    }

    let name: String
    let kind: Kind
    let subject: Subject
    /// The party that says it; `nil` for anybody, machines as well.
    let by: Speaker?
    /// The seconds from the start within which it is said; before the end when negative.
    let within: Double?
    /// Calls of fewer seconds are not judged.
    let leastSeconds: Double
    /// True when words behind a negation count.
    let countsNegated: Bool
    let weight: Double?
    /// True when breaking it makes the score 0.
    let isCritical: Bool

    /// The reason why a line is no rule.
    struct Fault: Error, Equatable {
        /// The name of the rule, where it has one.
        let rule: String?
        let reason: String
    }

    /// Calls that are shorter have no room for a required phrase.
    private static let shortest = 15.0

    /// Reads a line.
    init(_ line: [UInt8], _ vocabulary: inout Vocabulary) throws(Fault) {
        guard let members = JSON.members(of: line) else {
            throw Fault(rule: nil, reason: "it is no JSON object")
        }
        let name = members.last { $0.name == "rule" }?.value.decoded(as: String.self)
        func fault(_ reason: String) -> Fault { Fault(rule: name, reason: reason) }
        guard let name, ASCII.isWord(name, marks: "_-.", lengths: 1...64) else {
            throw Fault(rule: nil, reason: "\"rule\" has to be a name of letters and digits")
        }
        if let unknown = members.first(where: { !Line.names.contains($0.name) }) {
            throw fault("it has the unknown member \"\(unknown.name.prefix(40))\"")
        }
        let fields: Line
        do {
            fields = try JSONDecoder().decode(Line.self, from: Data(line))
        } catch {
            throw fault("a member has another form than call-rules(1) says")
        }
        self.name = name
        kind = fields.kind
        do throws(SpokenPhrase.Fault) {
            subject = try Rule.subject(fields, &vocabulary)
        } catch {
            throw fault(error.reason)
        }
        by = try Rule.speaker(fields.by, fault)
        if let within = fields.within, within == 0 || abs(within) > 1e6 {
            throw fault("\"within\" has to be seconds, not 0")
        }
        within = fields.within
        leastSeconds =
            fields.least_seconds ?? (fields.kind == .require ? Rule.shortest : 0)
        countsNegated = fields.negated ?? false
        if let weight = fields.weight, weight < 0 || weight > 1e6 || fields.kind == .alert {
            throw fault("\"weight\" has to be from 0 to 1000000, and an alert has none")
        }
        weight = fields.weight
        isCritical = fields.fail ?? false
    }

    private static func speaker(
        _ name: String?, _ fault: (String) -> Fault
    ) throws(Fault) -> Speaker? {
        guard let name, name != "any" else { return nil }
        guard let speaker = Speaker(rawValue: name) else {
            throw fault("\"by\" has to be agent, customer, other, announcement or any")
        }
        return speaker
    }

    private static func subject(
        _ fields: Line, _ vocabulary: inout Vocabulary
    ) throws(SpokenPhrase.Fault) -> Subject {
        let subjects = [fields.phrases != nil, fields.pattern != nil, fields.measure != nil]
        guard subjects.count(where: { $0 }) == 1, (fields.kind == .measure) == subjects[2] else {
            throw SpokenPhrase.Fault(
                reason: "it needs one of \"phrases\", \"pattern\" and, for the kind measure,"
                    + " \"measure\"")
        }
        if let texts = fields.phrases {
            guard !texts.isEmpty else { throw SpokenPhrase.Fault(reason: "it has no phrase") }
            var phrases: [SpokenPhrase] = []
            for text in texts { phrases.append(try SpokenPhrase(text, &vocabulary)) }
            return .phrases(phrases)
        }
        if let text = fields.pattern {
            do throws(PatternProblem) {
                return .pattern(try Pattern(text, ignoresCase: true))
            } catch {
                throw SpokenPhrase.Fault(reason: "its pattern \(error.reason)")
            }
        }
        guard fields.over != nil || fields.under != nil else {
            throw SpokenPhrase.Fault(reason: "a measure needs \"over\" or \"under\"")
        }
        let path = (fields.measure ?? "").split(separator: ".").map(String.init)
        guard !path.isEmpty else { throw SpokenPhrase.Fault(reason: "its measure has no name") }
        return .measure(path: ["measures"] + path, over: fields.over, under: fields.under)
    }

    /// The members of a line.
    private struct Line: Decodable {
        static let names: Set = [
            "rule", "kind", "phrases", "pattern", "measure", "over", "under", "by", "within",
            "least_seconds", "negated", "weight", "fail", "about",
        ]

        let kind: Kind
        let phrases: [String]?
        let pattern: String?
        let measure: String?
        let over: Double?
        let under: Double?
        let by: String?
        let within: Double?
        let least_seconds: Double?
        let negated: Bool?
        let weight: Double?
        let fail: Bool?
    }
}
