// Run: digits that were said one after the other, with their places.

/// Digits in a row, in any spelling.
struct Run {
    /// Digits that stand in one word, or in words that are one number.
    struct Atom {
        let piece: Int
        /// The bytes in the utterance.
        let range: Range<Int>
        /// The first of its digits in the run, and how many there are.
        let first: Int
        let count: Int
        /// True when a number may begin here: another utterance, a pause, or a group of digits.
        var isBoundary: Bool
        let gap: Token.Gap
        /// The first and the last of its words in the order.
        let words: ClosedRange<Int>
        /// True for a word that has digits.
        let isWritten: Bool
    }

    var digits: [UInt8] = []
    var atoms: [Atom] = []
    var hasPlus = false

    var firstWord: Int { atoms.first?.words.lowerBound ?? 0 }
    var lastWord: Int { atoms.last?.words.upperBound ?? 0 }

    /// The part of the run that has the digits of a window.
    subscript(window: Range<Int>) -> Run {
        let part = atoms(window)
        var run = Run()
        for atom in part {
            run.atoms.append(atom.moved(to: run.digits.count))
            run.digits += digits[atom.first..<(atom.first + atom.count)]
        }
        run.hasPlus = hasPlus && window.lowerBound == 0
        return run
    }

    /// True when all of it was said in one utterance.
    var isOneUtterance: Bool { atoms.first?.piece == atoms.last?.piece }

    /// The digits of each utterance, and all together.
    var utterances: [Run] {
        var (parts, start) = ([Run](), 0)
        for (index, atom) in atoms.enumerated() {
            let end = atom.first + atom.count
            guard index + 1 == atoms.count || atoms[index + 1].piece != atom.piece else { continue }
            parts.append(self[start..<end])
            start = end
        }
        return parts.count == 1 ? parts : parts + [self]
    }

    /// The lengths of the groups of written digits; `nil` when one of them is in words.
    var groups: [Int]? {
        atoms.allSatisfy(\.isWritten) ? atoms.map(\.count) : nil
    }

    /// The atoms that have the digits of a window.
    func atoms(_ window: Range<Int>) -> ArraySlice<Atom> {
        let first = firstAtom { $0.first + $0.count > window.lowerBound }
        let last = firstAtom { $0.first >= window.upperBound } - 1
        return atoms[first...max(first, last)]
    }

    /// The first atom of which something is true that is true of all behind it.
    ///
    /// A record may have a million digits in one run, and each of them begins a window.
    private func firstAtom(where isBehind: (Atom) -> Bool) -> Int {
        var (low, high) = (0, atoms.count)
        while low < high {
            let middle = (low + high) / 2
            if isBehind(atoms[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }

    /// The windows of so many digits that begin and end where a number may.
    ///
    /// With `isLoose` a number may begin and end at each word.
    func windows(_ lengths: ClosedRange<Int>, isLoose: Bool = false) -> [Range<Int>] {
        var windows: [Range<Int>] = []
        guard digits.count >= lengths.lowerBound else { return [] }
        for (index, atom) in atoms.enumerated() where isLoose || atom.isBoundary {
            for last in index..<atoms.count {
                let end = atoms[last].first + atoms[last].count
                let length = end - atom.first
                if length > lengths.upperBound { break }
                guard length >= lengths.lowerBound,
                    isLoose || last + 1 == atoms.count || atoms[last + 1].isBoundary
                else { continue }
                windows.append(atom.first..<end)
            }
        }
        return windows
    }
}

/// Puts the numbers of an order together.
struct RunFinder {
    private let order: Order
    /// How many words that are no filler may stand between two digits.
    private let looseness: Int

    private var runs: [Run] = []
    private var run = Run()
    private var last: Order.Word?
    private var at = 0

    /// Finds all numbers.
    static func runs(in order: Order, looseness: Int = 0) -> [Run] {
        var finder = RunFinder(order: order, looseness: looseness)
        finder.findAll()
        return finder.runs
    }

    private init(order: Order, looseness: Int) {
        self.order = order
        self.looseness = looseness
    }

    private func token(_ index: Int) -> Token? {
        index < order.words.count ? order.token(order.words[index]) : nil
    }

    private mutating func findAll() {
        while at < order.words.count {
            guard let token = token(at), token.isNumber, !isCount(token),
                !order.call.isAside[order.words[at].piece]
            else {
                at += 1
                continue
            }
            let first = at
            guard let digits = number() else {
                at = max(at, first + 1)
                continue
            }
            add(digits, first, at - 1)
        }
        end()
    }

    /// True for `four` in `the next four digits`, which is no digit.
    private func isCount(_ token: Token) -> Bool {
        guard token.meaning.kind == .unit else { return false }
        let word = order.words[at]
        if at > 0, let before = self.token(at - 1), before.isTopic(.part),
            order.words[at - 1].number + 1 == word.number
        {
            return true
        }
        guard let after = self.token(at + 1) else { return false }
        return after.isTopic(.digit) && order.words[at + 1].number == word.number + 1
    }

    /// True when the word behind is the next one of the same utterance.
    private func isAdjacent(_ index: Int) -> Bool {
        guard index + 1 < order.words.count else { return false }
        let (a, b) = (order.words[index], order.words[index + 1])
        return a.piece == b.piece && b.number == a.number + 1
    }

    /// Reads one number, and moves behind it; `nil` where the words are none.
    private mutating func number() -> [UInt8]? {
        guard let token = token(at) else { return nil }
        switch token.meaning.kind {
        case .digits:
            let digits = order.call.digits(of: token, in: order.words[at].piece)
            at += 1
            return digits
        case .again:
            guard isAdjacent(at), let next = self.token(at + 1) else {
                at += 1
                return nil
            }
            at += 1
            guard next.meaning.kind == .unit || next.meaning.kind == .digits,
                let digits = number(), digits.count == 1
            else { return nil }
            return Array(repeating: digits[0], count: Int(token.meaning.value))
        case .hundred, .thousand:
            at += 1
            return nil
        default:
            return Run.digits(of: value())
        }
    }

    /// Reads a number in words, such as `forty one hundred`.
    private mutating func value() -> (value: Int, isZero: Bool) {
        guard let small = small() else { return (0, true) }
        var value = small
        for (kind, factor) in [(Meaning.Kind.hundred, 100), (.thousand, 1000)] {
            guard value > 0, isAdjacent(at - 1), token(at)?.meaning.kind == kind else { continue }
            value *= factor
            at += 1
            let back = at
            if isAdjacent(at - 1), token(at)?.meaning.kind == .filler, isAdjacent(at) { at += 1 }
            if isAdjacent(at - 1), let next = token(at), next.meaning.kind != .digits,
                next.isNumber, next.meaning != Meaning(kind: .unit, value: 0),
                let rest = self.small()
            {
                value += rest
            } else {
                at = back
            }
        }
        return (value, value == 0)
    }

    /// Reads a number below 100 in words.
    private mutating func small() -> Int? {
        guard let token = token(at) else { return nil }
        switch token.meaning.kind {
        case .unit, .teen:
            at += 1
            return Int(token.meaning.value)
        case .tens:
            at += 1
            if isAdjacent(at - 1), let next = self.token(at), next.meaning.kind == .unit,
                next.meaning.value > 0
            {
                at += 1
                return Int(token.meaning.value) + Int(next.meaning.value)
            }
            return Int(token.meaning.value)
        default: return nil
        }
    }

    private mutating func add(_ digits: [UInt8], _ first: Int, _ final: Int) {
        let (word, lastWord) = (order.words[first], order.words[final])
        let (token, lastToken) = (order.token(word), order.token(lastWord))
        let isWritten = token.meaning.kind == .digits
        var isBoundary = isWritten && digits.count >= 3
        if let last {
            let words = word.number - last.number - 1
            let (fillers, hasTopic) = between(last, first)
            if hasTopic || isBroken(word, token, last, words - fillers) {
                end()
            } else if words > 0 || last.piece != word.piece {
                isBoundary = true
            }
        }
        if run.atoms.isEmpty {
            run.hasPlus = token.gap == .plus
            isBoundary = true
        }
        // "Oh" before a number is a sigh more often than a zero.
        if run.atoms.count == 1, run.digits == [0], !run.atoms[0].isWritten { isBoundary = true }
        run.atoms.append(
            Run.Atom(
                piece: word.piece, range: Int(token.start)..<Int(lastToken.end),
                first: run.digits.count, count: digits.count, isBoundary: isBoundary,
                gap: token.gap, words: word.number...lastWord.number, isWritten: isWritten))
        run.digits += digits
        last = lastWord
    }

    /// The fillers between two words, and true where a word between them speaks of a new number.
    private func between(_ last: Order.Word, _ index: Int) -> (fillers: Int, hasTopic: Bool) {
        var (count, at, hasTopic) = (0, index - 1, false)
        while at >= 0, order.words[at].number > last.number {
            let token = order.token(order.words[at])
            if token.meaning.kind == .filler { count += 1 }
            if token.meaning.kind == .topic, !token.isTopic(.part), !token.isTopic(.digit) {
                hasTopic = true
            }
            at -= 1
        }
        return (count, hasTopic)
    }

    private func isBroken(
        _ word: Order.Word, _ token: Token, _ last: Order.Word, _ between: Int
    ) -> Bool {
        switch token.gap {
        case .money, .colon, .plus, .slash: return true
        case .plain, .dash, .point: break
        }
        if word.piece == last.piece { return between > looseness }
        guard order.isContinuous(from: last.piece, to: word.piece) else { return true }
        // The rest of the one utterance, and the start of the other.
        let tail =
            order.call.parts[last.piece].words - Int(order.token(last).word) - 1
        // Another party goes on with the number itself, and not with words of its own.
        let pieces = order.call.pieces
        let most = pieces[last.piece].party == pieces[word.piece].party ? 4 : 1
        return tail > most || token.word > most
    }

    private mutating func end() {
        if !run.digits.isEmpty { runs.append(run) }
        run = Run()
        last = nil
    }
}

extension Run.Atom {
    /// The atom in another run, whose digits it follows.
    fileprivate func moved(to first: Int) -> Run.Atom {
        Run.Atom(
            piece: piece, range: range, first: first, count: count, isBoundary: isBoundary,
            gap: gap, words: words, isWritten: isWritten)
    }
}

extension Run {
    /// The digits of a number in words.
    static func digits(of number: (value: Int, isZero: Bool)) -> [UInt8] {
        number.isZero ? [0] : String(number.value).utf8.map { $0 - 0x30 }
    }
}
