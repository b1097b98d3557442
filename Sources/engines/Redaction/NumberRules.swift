// NumberRules: which numbers of a call are cards, telephones and the like.

/// Judges the numbers of one order of a call.
struct NumberRules {
    let order: Order
    /// Telephone numbers that stay: the business's own.
    let own: Set<[UInt8]>
    /// The words at which cards end, of this redaction or an earlier one.
    private var answers: [Int] = []

    init(order: Order, own: Set<[UInt8]>) {
        (self.order, self.own) = (order, own)
        let card = UInt8(RedactionKind.allCases.firstIndex(of: .card) ?? 0)
        answers = order.words.filter {
            order.token($0).meaning == Meaning(kind: .tag, value: card)
        }.map(\.number)
    }

    /// The kind of the number; most are none.
    mutating func findings(in run: Run) -> [Finding] {
        let count = run.digits.count
        guard count >= 4 else { return [] }
        var found: [Finding] = []
        if count >= 13 { found += cards(run) }
        if !found.isEmpty { answers.append(run.lastWord) }
        if count >= 7 { found += socials(run) }
        // Twelve digits are no telephone number where a card was asked for.
        let isLong = count >= 12 && !run.hasPlus && isProbablyCard(run)
        if count >= 7, found.isEmpty, !isLong { found += phones(run) }
        if count >= 8, found.isEmpty, !isOwn(run.digits[...]), isProbablyCard(run) {
            found.append(Finding(.number, run))
        }
        if count == 4, isLastOfSocial(run) { found.append(Finding(.ssn, run)) }
        return found
    }

    // MARK: cards

    private func isAboutCards(_ run: Run) -> Bool {
        order.distance(to: .card, from: run, before: 60, after: 12) != nil
    }

    private func cards(_ run: Run) -> [Finding] {
        let isAboutCards = isAboutCards(run)
        let valid = run.windows(13...19, isLoose: isAboutCards).filter { window in
            CheckDigits.passesLuhn(run.digits[window])
                && (CheckDigits.hasIssuer(run.digits[window])
                    || (window == 0..<run.digits.count && isProbablyCard(run)))
        }
        guard let first = valid.first else { return [] }
        // Behind a word about cards the rest of a longer run is the card again, or its other data.
        if isAboutCards { return [Finding(.card, run)] }
        var windows = [first]
        for window in valid where window.lowerBound >= windows[windows.count - 1].upperBound {
            windows.append(window)
        }
        return windows.map { Finding(.card, run, $0) }
    }

    /// True for digits soon after a word about cards that no card has answered: a card that was heard
    /// wrongly.
    private func isProbablyCard(_ run: Run) -> Bool {
        guard let card = order.distance(to: .card, from: run, before: 60),
            card < order.distance(to: .other, from: run, before: 8) ?? .max
        else { return false }
        return !answers.contains { $0 < run.firstWord && $0 > run.firstWord - card }
    }

    /// Digits with words between them are a card only when all is right with them.
    func scattered(_ run: Run) -> Finding? {
        guard (13...19).contains(run.digits.count), CheckDigits.hasIssuer(run.digits[...]),
            CheckDigits.passesLuhn(run.digits), isAboutCards(run)
        else { return nil }
        return Finding(.card, run)
    }

    // MARK: persons

    private func socials(_ run: Run) -> [Finding] {
        let isNamed = order.distance(to: .social, from: run, before: 40) != nil
        for window in run.windows(9...9, isLoose: isNamed) {
            let atoms = run.atoms(window)
            let isShaped = atoms.map(\.count) == [3, 2, 4] && atoms.allSatisfy(\.isWritten)
            let hasDashes = isShaped && atoms.dropFirst().allSatisfy { $0.gap == .dash }
            if CheckDigits.isSocial(run.digits[window]), isNamed || hasDashes {
                return [Finding(.ssn, run, window)]
            }
        }
        // Digits that cannot be one were heard wrongly; "twenty five" may be three of them.
        guard isNamed, let part = run.utterances.first(where: { (7...9).contains($0.digits.count) })
        else { return [] }
        return [Finding(.number, part)]
    }

    private func isLastOfSocial(_ run: Run) -> Bool {
        order.distance(to: .social, from: run, before: 14, seconds: 30) != nil
            && order.distance(to: .part, from: run, before: 18, seconds: 30) != nil
    }

    // MARK: telephones

    private func isOwn(_ digits: ArraySlice<UInt8>) -> Bool {
        own.contains(Array(digits.suffix(10)))
    }

    private func phones(_ run: Run) -> [Finding] {
        func isPhone(_ window: Range<Int>) -> Bool {
            let part = run[window]
            let digits = part.digits[...]
            guard !isOwn(digits) else { return false }
            if part.hasPlus, digits.count >= 8 { return true }
            let other = order.distance(to: .other, from: part, before: 8) ?? .max
            let phone = order.distance(to: .phone, from: part, before: 25, after: 10) ?? .max
            let contact = order.distance(to: .contact, from: part, before: 12, after: 6) ?? .max
            if CheckDigits.isNorthAmerican(digits) {
                let groups = part.atoms.map { $0.isWritten ? $0.count : 0 }
                let isShaped = groups == [3, 3, 4] || groups == [1, 3, 3, 4]
                let isOther = order.distance(to: .other, from: part, before: 8, inside: true) != nil
                return isShaped && !isOther || min(phone, contact) < other
            }
            // Outside North America a number that is dialled within the country begins with 0.
            let isNational = digits[0] == 0 && (10...11).contains(digits.count)
            guard (isNational ? min(phone, contact) : phone) < other,
                window == 0..<run.digits.count || part.isOneUtterance
            else { return false }
            return digits.count >= 8 || digits[0] >= 2
        }
        let windows = run.windows(7...15).filter(isPhone)
        // The longest one that begins first.
        guard let first = windows.first,
            let window = windows.last(where: { $0.lowerBound == first.lowerBound })
        else { return [] }
        return [Finding(.phone, run, window)]
    }
}
