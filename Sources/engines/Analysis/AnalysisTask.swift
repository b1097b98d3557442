// AnalysisTask: the questions that a model can be asked about a call, and the form of its answers.

/// A question about a call; the name of its prompt, and of its member under `analysis`.
public enum AnalysisTask: String, Sendable, CaseIterable {
    /// The matter of the call, and how it ended.
    case summary
    /// The mood of each party.
    case sentiment
    /// Everything that somebody promised to do.
    case actions
    /// The subjects of the call.
    case topics
    /// One of the operator's outcomes.
    case disposition
    /// The operator's questions about the agent's work.
    case scorecard

    /// The moods, from the worst to the best.
    static let moods = ["very_negative", "negative", "neutral", "positive", "very_positive"]
    /// The answers to a question of a scorecard.
    static let verdicts = ["yes", "no", "not_applicable"]

    private static let quote = [
        Shape.Member("turn", .number), Shape.Member("quote", .text(limit: 400)),
    ]

    /// The form of the answer.
    func shape(_ prompts: Prompts) -> Shape {
        switch self {
        case .summary:
            .object([
                .init("summary", .text(limit: 2000)), .init("reason", .text(limit: 400)),
                .init("outcome", .text(limit: 400)),
            ])
        case .sentiment:
            .object([
                .init("overall", .choice(AnalysisTask.moods)),
                .init("customer", .optional(.choice(AnalysisTask.moods))),
                .init("agent", .optional(.choice(AnalysisTask.moods))),
                .init("quotes", .list(.object(AnalysisTask.quote), limit: 8)),
            ])
        case .actions:
            .object([
                .init(
                    "next_steps",
                    .list(
                        .object(
                            [
                                .init("text", .text(limit: 400)),
                                .init("owner", .choice(["agent", "customer", "other"])),
                                .init("due", .optional(.text(limit: 100))),
                            ] + AnalysisTask.quote), limit: 30))
            ])
        case .topics:
            .object([
                .init(
                    "topics",
                    .list(
                        .object([.init("topic", .text(limit: 80))] + AnalysisTask.quote),
                        limit: 15))
            ])
        case .disposition:
            .object(
                [
                    .init("disposition", .choice(prompts.dispositions)),
                    .init("reason", .text(limit: 400)),
                ] + AnalysisTask.quote)
        case .scorecard:
            .object([
                .init(
                    "answers",
                    .list(
                        .object([
                            .init("question", .choice(prompts.questions.map(\.name))),
                            .init("answer", .choice(AnalysisTask.verdicts)),
                            .init("turn", .optional(.number)),
                            .init("quote", .optional(.text(limit: 400))),
                        ]), limit: prompts.questions.count))
            ])
        }
    }

    /// The room for the answer, in tokens.
    func answerTokens(_ prompts: Prompts) -> Int {
        switch self {
        case .summary, .disposition: 800
        case .sentiment: 1000
        case .actions, .topics: 1600
        case .scorecard: 200 + 120 * prompts.questions.count
        }
    }

    /// True when the answers about the pieces of a long call are put together by the model.
    var isCombinedByModel: Bool {
        switch self {
        case .summary, .sentiment, .disposition: true
        case .actions, .topics, .scorecard: false
        }
    }

    /// A fault that the form does not show; `nil` when there is none.
    func fault(in value: AnswerValue, _ prompts: Prompts) -> String? {
        guard self == .scorecard else { return nil }
        let answered = value["answers"].items.compactMap { $0["question"].text }
        if Set(answered).count < answered.count { return "answers has a question twice" }
        let missing = prompts.questions.map(\.name).filter { !answered.contains($0) }
        return missing.isEmpty ? nil : "answers lacks \(missing.joined(separator: ", "))"
    }
}
