// Evaluation: the answer to a rule's question.
public import Records

/// The answer to a rule.
public struct Evaluation: Sendable {
    /// The result of the comparison.
    public enum Outcome: Sendable, Equatable {
        case holds, holdsNot
        /// The rule cannot be evaluated, for this reason; the cause is a program, the checkpoint or
        /// the rule itself.
        case unknown(String, cause: String)
    }

    /// The rule.
    public let rule: Rule
    /// The result.
    public let outcome: Outcome
    /// The value that was compared.
    public let value: Condition.Value?
    /// The text of the alert.
    public let message: String
    /// The command that mends it, or shows more.
    public let remedy: String

    /// An answer without places to look up.
    public init(
        _ rule: Rule, _ outcome: Outcome, _ value: Condition.Value? = nil,
        find: (String) -> Condition.Value? = { _ in nil }
    ) {
        self.rule = rule
        self.outcome = outcome
        self.value = value
        message = rule.filled(rule.message, value, find)
        remedy = rule.filled(rule.remedy, value, find)
    }

    /// The members of a line of `call-alert --dry-run`.
    public var json: JSON {
        let (word, reason): (String, String?) =
            switch outcome {
            case .holds: ("fires", nil)
            case .holdsNot: ("well", nil)
            case .unknown(let reason, _): ("unknown", reason)
            }
        return .members([
            "rule": .string(rule.id), "outcome": .string(word), "value": .text(value?.text),
            "message": .text(reason ?? (outcome == .holds ? message : nil)),
        ])
    }

    init(
        _ rule: Rule, comparing value: Condition.Value, find: (String) -> Condition.Value?
    ) {
        guard let holds = rule.condition.comparison.holds(value) else {
            let reason = "the value \"\(value.text.prefix(80))\" is no number"
            self.init(rule, .unknown(reason, cause: rule.id), value)
            return
        }
        self.init(rule, holds ? .holds : .holdsNot, value, find: find)
    }
}
