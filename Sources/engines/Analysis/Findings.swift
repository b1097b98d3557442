// Findings: the answers about the pieces of a call as the members of one result, with their quotes
// looked up in the call.
internal import Records

/// Makes the result of a task from checked answers.
struct Findings {
    let conversation: Conversation
    let suspicions: [Suspicion]
    let prompts: Prompts

    private var suspected: Set<Int> { Set(suspicions.map(\.turn)) }

    /// The members of a task's result.
    ///
    /// - Parameters:
    ///   - task: The task.
    ///   - answers: The answers about the pieces of the call in their order; one where the model put
    ///     them together.
    /// - Returns: The members, in their order.
    func members(_ task: AnalysisTask, _ answers: [AnswerValue]) -> [JSON.Member] {
        switch task {
        case .summary:
            ["summary", "reason", "outcome"].map { text($0, in: answers[0]) }
        case .sentiment: sentiment(answers[0])
        case .actions: [list("next_steps", of: answers, named: "text", ["owner", "due"])]
        case .topics: [list("topics", of: answers, named: "topic", [])]
        case .disposition:
            [
                .init("disposition", answers[0]["disposition"].json),
                text("reason", in: answers[0]),
            ] + quote(in: answers[0])
        case .scorecard: scorecard(answers)
        }
    }

    // MARK: Texts and quotes

    private func text(_ name: String, in value: AnswerValue) -> JSON.Member {
        .init(name, value[name].text.map { .string(PlainText.shown($0).text) } ?? .null)
    }

    /// A quote with its place; words of a suspected turn are no evidence.
    private func quote(in value: AnswerValue, by party: String? = nil) -> [JSON.Member] {
        guard let words = value["quote"].text, !words.isEmpty else {
            return [.init("evidence", .string("unverified"))]
        }
        let shown = JSON.Member("quote", .string(PlainText.shown(words).text))
        guard let place = place(of: value, by: party) else {
            return [shown, .init("evidence", .string("unverified"))]
        }
        return [
            shown, .init("start", .double(place.start)),
            .init("speaker", .string(conversation.turns[place.turn].speaker)),
            .init("evidence", .string("verified")),
        ]
    }

    private func place(of value: AnswerValue, by party: String?) -> Conversation.Place? {
        guard let words = value["quote"].text else { return nil }
        let suspected = suspected
        let turns = conversation.turns
        let isKnown = party.map { party in turns.contains { $0.speaker == party } } ?? false
        return conversation.place(of: words, near: value["turn"].number) { turn in
            !suspected.contains(turn.number - 1) && (!isKnown || turn.speaker == party)
        }
    }

    // MARK: Tasks

    private func sentiment(_ answer: AnswerValue) -> [JSON.Member] {
        let parties = ["agent", "customer"].compactMap { party in
            answer[party].text.map { JSON.Member(party, .object(Findings.mood($0))) }
        }
        return Findings.mood(answer["overall"].text ?? "") + [
            .init("parties", .object(parties)),
            .init("quotes", .array(answer["quotes"].items.map { .object(quote(in: $0)) })),
        ]
    }

    /// The word of RingCentral's insights for a mood, and a number from -1 to 1.
    private static func mood(_ name: String) -> [JSON.Member] {
        let score = Double((AnalysisTask.moods.firstIndex(of: name) ?? 2) - 2) / 2
        return Mood.members(score)
    }

    /// The items of all pieces, each once; items are the same when their texts or their quotes are.
    private func list(
        _ name: String, of answers: [AnswerValue], named title: String, _ others: [String]
    ) -> JSON.Member {
        var seen: Set<String> = []
        var items: [JSON] = []
        for item in answers.flatMap({ $0[name].items }) {
            let texts = [item[title].text, item["quote"].text].compactMap { $0 }
                .map(PlainText.folded).filter { !$0.isEmpty }
            guard !texts.contains(where: seen.contains) else { continue }
            seen.formUnion(texts)
            items.append(.object(([title] + others).map { text($0, in: item) } + quote(in: item)))
        }
        return .init(name, .array(items))
    }

    /// The answers, and the score that follows from them.
    ///
    /// A yes without words that stand in the call has no points. A question that one piece of a long
    /// call answers by a proven yes is answered; else a no counts before a not applicable.
    private func scorecard(_ answers: [AnswerValue]) -> [JSON.Member] {
        var (points, most, unverified, isFailed) = (0.0, 0.0, 0, false)
        let results = prompts.questions.map { question -> JSON in
            let all = answers.flatMap { $0["answers"].items }.filter {
                $0["question"].text == question.name
            }
            func first(_ verdict: String) -> AnswerValue? {
                all.first { $0["answer"].text == verdict }
            }
            let proven = all.first {
                $0["answer"].text == "yes" && place(of: $0, by: question.by) != nil
            }
            let answer = proven ?? first("yes") ?? first("no") ?? all.first ?? .null
            let verdict = answer["answer"].text ?? "not_applicable"
            let gained = proven == nil ? 0 : question.weight
            if verdict != "not_applicable" { most += question.weight }
            if verdict == "yes", proven == nil { unverified += 1 }
            if verdict == "no", question.isCritical { isFailed = true }
            points += gained
            let facts: [JSON.Member] = [
                .init("question", .string(question.name)), .init("answer", .string(verdict)),
                .init("weight", .double(question.weight)),
                .init("points", verdict == "not_applicable" ? .null : .double(gained)),
            ]
            // That something was not said has no words.
            let hasQuote = verdict == "yes" || answer["quote"].text?.isEmpty == false
            return .object(facts + (hasQuote ? quote(in: answer, by: question.by) : []))
        }
        let score = most > 0 ? (isFailed ? 0 : points / most * 100) : nil
        return [
            .init("score", score.map { .double(($0 * 10).rounded() / 10) } ?? .null),
            .init("points", .double(points)), .init("of", .double(most)),
            .init("failed", .bool(isFailed)), .init("unverified", .int(unverified)),
            .init("answers", .array(results)),
        ]
    }
}

/// A mood as the record has it.
enum Mood {
    /// The word of RingCentral's insights, and the number, from -1 to 1.
    static func members(_ score: Double) -> [JSON.Member] {
        let word = score >= 0.05 ? "Positive" : score <= -0.05 ? "Negative" : "Neutral"
        return [
            .init("sentiment", .string(word)),
            .init("score", .double((score * 1000).rounded() / 1000)),
        ]
    }
}
