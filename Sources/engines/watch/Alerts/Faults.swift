// Faults: the alerts about rules that are refused, cannot be evaluated or have no channel.
public import Records

/// Rules that nobody knows the answer of, which is never the same as well.
public struct Faults {
    /// The findings: one for each cause, which holds while there is such a rule.
    public private(set) var evaluations: [Evaluation] = []
    /// The reasons, for the log.
    public private(set) var failures: [Failure] = []

    /// Looks for them.
    ///
    /// - Parameters:
    ///   - rules: The rules, and the lines that are none.
    ///   - answers: The answers of the rules.
    ///   - channels: The channels that can be told, by their kind.
    public init(_ rules: RuleSet, _ answers: [Evaluation], telling channels: [String]) {
        let refused = rules.refused.map(\.message)
        add(
            "rules-refused", "A rule is refused", refused, "call-alert --dry-run tells its line")
        let untold = rules.rules.filter { $0.isUntold(by: channels) }.map { rule in
            let names = (rule.channels ?? []).sorted().joined(separator: ", ")
            return "\(rule.id): its channels \(names) are not in use, so all others are told"
        }
        add(
            "rules-untold", "A rule has no channel", untold,
            "name its channel with --to, or in CALLPIPE_ALERT_TO")
        failures += untold.map { Failure(.item, .configuration, "tell the channels of rule \($0)") }
        var reasons: [String: (rules: [String], reason: String)] = [:]
        var causes: Set<String> = []
        for answer in answers {
            guard case .unknown(let reason, let cause) = answer.outcome else {
                causes.formUnion(Faults.causes(of: answer.rule) + [Evaluator.lateness])
                continue
            }
            reasons[cause, default: ([], reason)].rules.append(answer.rule.id)
        }
        for (cause, fault) in reasons.sorted(by: { $0.key < $1.key }) {
            let names = fault.rules.joined(separator: ", ")
            failures.append(
                Failure(
                    .item, .internal, "evaluate \(names): \(fault.reason)",
                    remedy: "call-alert --dry-run tries it again"))
            add(
                "unevaluated.\(cause)", "Rules cannot be evaluated", ["\(names): \(fault.reason)"],
                "call-alert --dry-run tells the reason")
        }
        for cause in causes.subtracting(reasons.keys).sorted() {
            add("unevaluated.\(cause)", "Rules cannot be evaluated", [], "")
        }
    }

    private mutating func add(_ id: String, _ name: String, _ reasons: [String], _ remedy: String) {
        let text = reasons.first.map {
            $0 + (reasons.count > 1 ? " (and \(reasons.count - 1) more)" : "")
        }
        // The text quotes rules, and its braces are no places.
        let message = (text ?? "").split { "{}".contains($0) }.joined()
        let rule = RuleSet.own(id, name, message, remedy: remedy, level: .warning)
        evaluations.append(Evaluation(rule, reasons.isEmpty ? .holdsNot : .holds))
    }

    /// The things that a rule needs to be evaluated.
    private static func causes(of rule: Rule) -> [String] {
        switch rule.condition.subject {
        case .field(let source, _): [source.program]
        case .query: ["checkpoint", rule.id]
        case .command: [rule.id]
        }
    }
}

extension Rule {
    /// True when none of the channels that the rule names is in use, while others are.
    func isUntold(by used: [String]) -> Bool {
        guard let channels, !used.isEmpty, !channels.contains("log") else { return false }
        return channels.isDisjoint(with: used)
    }

    /// The channels that are told: those of the rule, or all when none of them is in use.
    func told(of used: [String]) -> [String] {
        isUntold(by: used) ? used : used.filter { channels?.contains($0) ?? true }
    }
}
