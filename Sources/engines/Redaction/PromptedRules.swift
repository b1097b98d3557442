// PromptedRules: what is personal only because of the words before it: security codes, birthdays.

/// Looks behind words that ask for something.
struct PromptedRules {
    let order: Order
    let runs: [Run]

    // MARK: security codes

    /// The security codes of cards.
    func codes() -> [Finding] {
        var found: [Finding] = []
        // A caller who answers with a code may go on about something else with a number in it.
        let runs = runs.flatMap(\.utterances)
        for prompt in codePrompts where !isAnswered(prompt, .cvv, within: 40) {
            // "Three one two is the security code."
            let before = runs.last {
                $0.lastWord < prompt.number && prompt.number - $0.lastWord <= 5 && isCode($0)
            }
            let behind = runs.filter {
                $0.firstWord > prompt.number && $0.firstWord - prompt.number <= 40 && isCode($0)
                    && isSoon($0, prompt)
            }
            guard let code = behind.first ?? before else { continue }
            found.append(Finding(.cvv, code))
            // The other party reads it back.
            found += behind.dropFirst().filter { $0.digits == code.digits }
                .map { Finding(.cvv, $0) }
        }
        return found
    }

    private func isSoon(_ run: Run, _ prompt: Order.Word) -> Bool {
        guard let asked = order.call.pieces[prompt.piece].start,
            let answered = order.call.pieces[run.atoms[0].piece].start
        else { return true }
        return answered - asked <= 60
    }

    /// `CVV`, `security code`, and `the digits on the back`.
    private var codePrompts: [Order.Word] {
        let pairs = order.all(.security).filter { word in
            (order.all(.code) + order.all(.contact) + order.all(.digit)).contains {
                $0.number > word.number && $0.number - word.number <= 2
            }
        }
        let digits = order.all(.digit) + order.all(.code) + order.all(.contact)
        let backs = order.all(.back).filter { word in
            digits.contains { $0.number < word.number && word.number - $0.number <= 8 }
        }
        return (order.all(.cvv) + pairs + backs).sorted { $0.number < $1.number }
    }

    private func isCode(_ run: Run) -> Bool {
        // "Ninety seven" may be three digits.
        let isPair = run.atoms.count == 1 && !run.atoms[0].isWritten && run.digits.count == 2
        guard (3...4).contains(run.digits.count) || isPair, run.atoms[0].gap != .money,
            order.distance(to: .other, from: run, before: 2) == nil
        else { return false }
        return order.distance(to: .measure, from: run, before: 0, after: 1) == nil
    }

    /// True when an earlier redaction took the answer out.
    private func isAnswered(
        _ prompt: Order.Word, _ kind: RedactionKind, within words: Int
    ) -> Bool {
        let number = UInt8(RedactionKind.allCases.firstIndex(of: kind) ?? 0)
        return order.words.contains {
            order.token($0).meaning == Meaning(kind: .tag, value: number)
                && $0.number >= prompt.number - 8 && $0.number - prompt.number <= words
        }
    }

    // MARK: birthdays

    /// Dates soon behind a word about birth, or just before it.
    func birthdays() -> [Finding] {
        order.all(.birth).compactMap { prompt in
            guard !isAnswered(prompt, .birth, within: 25) else { return nil }
            let dates = dates(around: prompt)
            return dates.first { $0.first > prompt.number }?.finding
                ?? dates.last { $0.last < prompt.number && prompt.number - $0.last <= 8 }?.finding
        }
    }

    private typealias Date = (first: Int, last: Int, finding: Finding)

    private func dates(around prompt: Order.Word) -> [Date] {
        var (dates, part) = ([Date](), [Order.Word]())
        func finish() {
            // An utterance that is a date by itself does not continue another.
            var all = Dictionary(grouping: part, by: \.piece).values.compactMap { words in
                date(words).map { (words, $0) }
            }
            if all.isEmpty, let whole = date(part) { all = [(part, whole)] }
            for (words, finding) in all.sorted(by: { $0.0[0].number < $1.0[0].number }) {
                dates.append((words[0].number, words[words.count - 1].number, finding))
            }
            part = []
        }
        for word in order.words
        where word.number >= prompt.number - 20 && word.number <= prompt.number + 25 {
            let token = order.token(word)
            let kind = token.meaning.kind
            guard token.isNumber || kind == .ordinal || kind == .month || token.isOrdinal,
                !order.call.isAside[word.piece]
            else { continue }
            if let last = part.last {
                let isNear = word.number - last.number <= 2 && word.piece == last.piece
                let isGoing =
                    word.piece != last.piece && date(part) == nil
                    && order.isContinuous(from: last.piece, to: word.piece)
                    && word.number - last.number <= 12
                if !isNear && !isGoing { finish() }
            }
            part.append(word)
        }
        finish()
        return dates
    }

    /// A month with a number, or two numbers and more that have as many digits as a date.
    private func date(_ words: [Order.Word]) -> Finding? {
        let tokens = words.map(order.token)
        let hasMonth = tokens.contains { $0.meaning.kind == .month }
        let others = tokens.filter { $0.meaning.kind != .month }
        if hasMonth {
            guard !others.isEmpty else { return nil }
        } else {
            let digits = words.indices.reduce(0) { sum, index in
                // "Eighty two" has two digits, not three.
                let isRest =
                    index > 0 && tokens[index - 1].meaning.kind == .tens
                    && tokens[index].meaning.kind == .unit && tokens[index].meaning.value > 0
                return isRest ? sum : sum + digitCount(tokens[index], words[index].piece)
            }
            let isOne = tokens.count == 1 && tokens[0].meaning.kind == .digits
            guard (4...8).contains(digits), tokens.count >= 2 || (isOne && digits >= 6) else {
                return nil
            }
        }
        var finding = Finding(.birth, [])
        for (word, token) in zip(words, tokens) {
            if let last = finding.places.last, last.piece == word.piece {
                finding.places[finding.places.count - 1] = .init(
                    piece: word.piece, range: last.range.lowerBound..<Int(token.end))
            } else {
                finding.places.append(.init(piece: word.piece, range: token.range))
            }
        }
        return finding
    }

    private func digitCount(_ token: Token, _ piece: Int) -> Int {
        switch token.meaning.kind {
        case .digits: order.call.digits(of: token, in: piece).count
        case .unit: 1
        case .teen, .ordinal, .mixed: 2
        case .tens: 2
        default: 0
        }
    }
}
