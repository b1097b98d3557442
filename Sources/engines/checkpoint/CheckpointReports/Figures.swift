// Figures: the figures of a group of calls besides their number.

extension Grouping {
    /// The figures of each group.
    enum Figures {
        /// The number of calls alone.
        case none
        /// The results of the rules.
        case results
        /// The measures of the calls that have some.
        case measures

        /// The value of each row, as SQL with a name.
        var source: String {
            switch self {
            case .none: "NULL AS value"
            case .results: "json_extract(r.value, '$.result') AS value"
            case .measures: "json_extract(c.record, '$.measures') AS value"
            }
        }

        /// The tables that the rows come from, besides the calls.
        var join: String {
            switch self {
            case .none: ""
            case .results: "JOIN json_each(c.record, '$.rules.results') AS r"
            case .measures:
                """
                JOIN outcomes AS m ON m.call = c.number AND m.stage = 'measure'
                  AND m.status = 'completed'
                """
            }
        }

        /// The figures with their names, over the values of the group.
        var columns: [(name: String, sql: String)] {
            switch self {
            case .none: []
            case .results:
                ["passed", "failed", "alert", "clear", "not_applicable"].map {
                    ($0, "total(value = '\($0)')")
                }
            case .measures: Figures.measured
            }
        }

        /// Sums come before ratios: a long call counts more than a short one.
        private static let measured: [(name: String, sql: String)] = [
            ("hours", "round(\(sum("seconds")) / 3600, 2)"),
            ("agent_share", ratio(sum("parties.agent.talk"), ofAgents("talk"), 3)),
            (
                "agent_words_per_minute",
                ratio("60 * " + sum("parties.agent.words"), sum("parties.agent.talk"), 0)
            ),
            ("agent_interruptions", "round(avg(\(member("parties.agent.interruptions"))), 2)"),
            ("agent_response", "round(avg(\(member("parties.agent.response"))), 2)"),
            ("agent_first_word", "round(avg(\(member("parties.agent.first_word"))), 2)"),
            ("agent_longest_monologue", "max(\(member("parties.agent.longest_monologue")))"),
            ("silence_share", ratio(sum("silence.over_3s"), sum("seconds"), 3)),
            ("longest_silence", "max(\(member("silence.longest")))"),
            ("overlap_share", ratio(sum("overlap"), sum("talk"), 3)),
        ]

        private static func member(_ path: String) -> String { "json_extract(value, '$.\(path)')" }

        private static func sum(_ path: String) -> String { "sum(\(member(path)))" }

        /// The sum over the calls whose agent is known.
        private static func ofAgents(_ path: String) -> String {
            "sum(iif(\(member("parties.agent.talk")) IS NULL, NULL, \(member(path))))"
        }

        private static func ratio(_ part: String, _ whole: String, _ places: Int) -> String {
            "round(1.0 * \(part) / nullif(\(whole), 0), \(places))"
        }
    }
}
