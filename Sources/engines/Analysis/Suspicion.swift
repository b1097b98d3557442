// Suspicion: turns that read like orders to a model, in a transcript that a model is to read.

/// A turn that seems to be addressed to a model and not to the other party.
///
/// No list of words finds every such turn, and people say some of these words to each other. So a
/// suspicion removes nothing: it is written down, and the turn is no evidence for anything.
struct Suspicion: Equatable, Sendable {
    /// The reason why a turn is suspected.
    enum Reason: String, Sendable {
        /// It tells somebody to forget instructions, or which score or answer to give.
        case orders
        /// It pretends to be a message of the system.
        case role
        /// It has marks of templates, or JSON.
        case markup
        /// It asks for an address in the result.
        case address
        /// The same words again and again.
        case repetition
    }

    /// The index of the turn, from 0.
    let turn: Int
    let reason: Reason

    /// Words that are suspicious when they stand within a few words of each other: one of each list.
    private struct Pattern {
        let reason: Reason
        let lists: [Set<String>]
        var within = 7

        init(_ reason: Reason, _ lists: String..., within: Int = 7) {
            self.reason = reason
            self.lists = lists.map { Set($0.split(separator: " ").map(String.init)) }
            self.within = within
        }
    }

    private static let patterns = [
        Pattern(
            .orders,
            "ignore disregard forget override bypass ignora ignorar olvida omite ignoriere vergiss"
                + " missachte ignorez oublie oubliez ignorare dimentica ignorar esqueça negeer"
                + " vergeet игнорируй игнорируйте забудь",
            "instructions instruction prompt prompts rules guidelines instrucciones reglas"
                + " anweisungen instruktionen regeln consignes règles istruzioni instruções"
                + " instructies инструкции"),
        Pattern(
            .orders, "give award assign rate score grade set",
            "ten 10 hundred 100 full maximum perfect highest top",
            "points score marks scorecard grade"),
        Pattern(.orders, "answer respond reply output print", "json yes"),
        Pattern(.orders, "you i", "ai model chatbot", "are am as now language", within: 5),
        Pattern(
            .address, "insert add include put write append", "link url http https www website",
            "summary report notes analysis result answer", within: 14),
        Pattern(.markup, "end", "transcript", within: 4),
        Pattern(.role, "system developer", "prompt message instruction", within: 2),
    ]

    /// Texts without spaces between their words.
    private static let unspaced = [
        ["忽略", "指令"], ["忽略", "指示"], ["無視", "指示"], ["무시", "지시"],
    ]

    /// The suspicious turns in order, each once.
    static func all(in conversation: Conversation) -> [Suspicion] {
        var found: [Int: Reason] = [:]
        func note(_ turn: Int, _ reason: Reason) { found[turn] = found[turn] ?? reason }
        for (index, turn) in conversation.turns.enumerated() {
            if turn.utterances.contains(where: \.isMarked) { note(index, .markup) }
            if let reason = inside(turn.text) { note(index, reason) }
        }
        for turn in repeated(conversation) { note(turn, .repetition) }
        // Orders may be split over two parties, so the words of all turns are one row.
        for (turn, reason) in split(conversation) { note(turn, reason) }
        return found.keys.sorted().compactMap { turn in
            found[turn].map { Suspicion(turn: turn, reason: $0) }
        }
    }

    private static func inside(_ text: String) -> Reason? {
        let text = text.lowercased()
        if text.contains("{\"") || text.contains("\":") || text.contains("</") { return .markup }
        if ["system:", "assistant:", "developer:"].contains(where: text.contains) { return .role }
        if unspaced.contains(where: { $0.allSatisfy(text.contains) }) { return .orders }
        return nil
    }

    private static func repeated(_ conversation: Conversation) -> [Int] {
        var turnsByText: [String: [Int]] = [:]
        for (index, turn) in conversation.turns.enumerated() {
            for utterance in turn.utterances {
                let words = PlainText.folded(utterance.text)
                if words.split(separator: " ").count >= 3 {
                    turnsByText[words, default: []].append(index)
                }
            }
        }
        return turnsByText.values.filter { $0.count >= 8 }.flatMap { $0 }
    }

    private static func split(_ conversation: Conversation) -> [(Int, Reason)] {
        var row: [(word: String, turn: Int)] = []
        for (index, turn) in conversation.turns.enumerated() {
            let words = turn.text.lowercased().split { !$0.isLetter && !$0.isNumber }
            row += words.map { (String($0), index) }
        }
        var found: [(Int, Reason)] = []
        for pattern in patterns {
            for at in row.indices where pattern.lists[0].contains(row[at].word) {
                let near = max(0, at - pattern.within)...min(row.count - 1, at + pattern.within)
                let places = pattern.lists.dropFirst().map { list in
                    near.first { $0 != at && list.contains(row[$0].word) }
                }
                guard places.allSatisfy({ $0 != nil }) else { continue }
                found += ([at] + places.compactMap { $0 }).map { (row[$0].turn, pattern.reason) }
            }
        }
        return found
    }
}
