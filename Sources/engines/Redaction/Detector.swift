// Detector: everything personal in a call, found by all rules.
internal import Patterns
internal import Records

/// Looks through calls for the kinds that are wanted.
struct Detector {
    let kinds: Set<RedactionKind>
    private let addresses = AddressRule.shared
    private var tokenizer = Tokenizer()

    init(kinds: Set<RedactionKind>) { self.kinds = kinds }

    /// The order in which rules win where two found the same place.
    private static let ranks: [RedactionKind] = [
        .card, .iban, .ssn, .cvv, .email, .phone, .birth, .number,
    ]

    /// Finds what is personal.
    ///
    /// - Parameters:
    ///   - pieces: The utterances of the call.
    ///   - own: The business's own telephone numbers, their last ten digits each.
    /// - Returns: The findings, the kinds that count most first.
    /// - Throws: `Failure` of scope `item`, when the text is made to be searched for ever.
    mutating func findings(
        in pieces: [SpokenPiece], own: Set<[UInt8]>
    ) throws(Failure) -> [Finding] {
        let call = SpokenCall(pieces, &tokenizer)
        let mayHaveNumbers = Detector.mayHaveNumbers(call)
        let mayHaveAddresses = kinds.contains(.email) && AddressRule.mayFind(in: call)
        guard mayHaveNumbers || mayHaveAddresses else { return [] }
        var all: [Finding] = []
        for (index, pieces) in call.orders.enumerated() {
            // The order by time comes first, and answers belong to the questions of others.
            let isWhole = index == 0
            guard isWhole || mayHaveAddresses || call.hasLongNumber(in: pieces) else { continue }
            let order = Order(call, pieces)
            if mayHaveNumbers { all += numbers(in: order, isWhole: isWhole, own) }
            guard mayHaveAddresses else { continue }
            do throws(PatternProblem) {
                all += try addresses.findings(in: order)
            } catch {
                throw Failure(
                    .item, .input, "look for addresses: the text is one that no search ends in",
                    remedy: "look at the transcript, or leave out the kind email")
            }
        }
        return Detector.merged(all.filter { kinds.contains($0.kind) })
    }

    /// Three digits are the least that any kind has; one written word may have them, or several.
    private static func mayHaveNumbers(_ call: SpokenCall) -> Bool {
        var count = 0
        for token in call.tokens {
            switch token.meaning.kind {
            case .digits, .mixed: count += Int(token.end - token.start)
            case .unit, .ordinal: count += 1
            case .teen, .tens, .again: count += 2
            default: break
            }
            if count >= 3 { return true }
        }
        return false
    }

    private func numbers(in order: Order, isWhole: Bool, _ own: Set<[UInt8]>) -> [Finding] {
        let runs = RunFinder.runs(in: order)
        var rules = NumberRules(order: order, own: own)
        var found: [Finding] = []
        for run in runs { found += rules.findings(in: run) }
        if !order.all(.card).isEmpty, order.call.hasLongNumber(in: order.pieces(from: 0)) {
            found += RunFinder.runs(in: order, looseness: 3).compactMap { rules.scattered($0) }
        }
        if kinds.contains(.iban) { found += AccountRule(order: order).findings(near: runs) }
        guard isWhole else { return found }
        let prompted = PromptedRules(order: order, runs: runs)
        found += prompted.codes()
        found += prompted.birthdays()
        return found
    }

    /// The findings without those whose places all lie in others that count more.
    private static func merged(_ all: [Finding]) -> [Finding] {
        let sorted = all.enumerated().sorted { a, b in
            let (first, second) = (rank(a.element), rank(b.element))
            if first != second { return first < second }
            let (long, short) = (a.element.length, b.element.length)
            return long == short ? a.offset < b.offset : long > short
        }
        var kept: [Finding] = []
        for (_, finding) in sorted where !finding.isCovered(by: kept) { kept.append(finding) }
        return kept
    }

    private static func rank(_ finding: Finding) -> Int {
        ranks.firstIndex(of: finding.kind) ?? ranks.count
    }
}

extension Finding {
    /// How many bytes it has.
    fileprivate var length: Int { places.reduce(0) { $0 + $1.range.count } }
}
