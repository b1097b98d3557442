// AccountRule: bank accounts by ISO 13616, written and spelled.

/// Looks for account numbers: a country, two check digits, and letters and digits.
struct AccountRule {
    let order: Order

    /// A word of an utterance as the letters and digits that it spells.
    private struct Spelled {
        let piece: Int
        let range: Range<Int>
        let characters: [UInt8]
    }

    /// The accounts of the order, near its numbers: an account has digits in a row.
    func findings(near runs: [Run]) -> [Finding] {
        var found: [Finding] = []
        let starts = Set(runs.filter { $0.digits.count >= 4 }.map(\.firstWord))
        for word in order.words {
            let token = order.token(word)
            // Each begins with two letters and two digits, in one word or several.
            guard token.meaning.kind == .mixed || (token.isNumber && starts.contains(word.number)),
                !Finding(.iban, [.init(piece: word.piece, range: token.range)]).isCovered(by: found)
            else { continue }
            for back in 0...2 {
                if let account = account(from: token, word.piece, back: back) {
                    found.append(account)
                    break
                }
            }
        }
        return found
    }

    /// An account that begins so many words before a token.
    private func account(from token: Token, _ piece: Int, back: Int) -> Finding? {
        guard let place = order.place[piece] else { return nil }
        let text = order.call.pieces[piece].text
        var start = Int(token.start)
        for _ in 0..<back {
            guard let earlier = AccountRule.word(before: start, in: text) else { return nil }
            start = earlier
        }
        var (characters, places) = ([UInt8](), [Finding.Place]())
        var wanted = 4
        for next in pieces(from: place) {
            for word in words(of: next, from: next == piece ? start : 0) {
                guard let spelled = spelled(word, next) else {
                    // Fillers do not count; any other word ends it.
                    if isFiller(word, next) { continue }
                    return nil
                }
                characters += spelled
                if let last = places.last, last.piece == next {
                    places[places.count - 1] = .init(
                        piece: next, range: last.range.lowerBound..<word.upperBound)
                } else {
                    places.append(.init(piece: next, range: word))
                }
                if wanted == 4, characters.count >= 4 {
                    guard let length = AccountRule.length(characters) else { return nil }
                    wanted = length
                }
                if characters.count > 2, wanted == 4,
                    !characters.prefix(2).allSatisfy({ 0x41...0x5A ~= $0 })
                {
                    return nil
                }
                if wanted > 4, characters.count >= wanted {
                    guard characters.count == wanted, CheckDigits.passesMod97(characters) else {
                        return nil
                    }
                    return Finding(.iban, places, digits: characters)
                }
            }
        }
        return nil
    }

    /// The utterance at a place of the order, and the ones that may continue it.
    private func pieces(from place: Int) -> [Int] {
        Array(order.pieces(from: place, atMost: 4))
    }

    private static func length(_ characters: [UInt8]) -> Int? {
        guard characters[..<2].allSatisfy({ 0x41...0x5A ~= $0 }),
            characters[2..<4].allSatisfy({ 0x30...0x39 ~= $0 })
        else { return nil }
        return CheckDigits.accountLengths[String(decoding: characters[..<2], as: UTF8.self)]
    }

    private static func isPart(_ byte: UInt8) -> Bool {
        0x30...0x39 ~= byte || 0x41...0x5A ~= byte & 0xDF || byte >= 0x80
    }

    private static func word(before start: Int, in text: [UInt8]) -> Int? {
        var at = start
        while at > 0, !isPart(text[at - 1]) { at -= 1 }
        guard at > 0 else { return nil }
        while at > 0, isPart(text[at - 1]) { at -= 1 }
        return at
    }

    private func words(of piece: Int, from start: Int) -> [Range<Int>] {
        let text = order.call.pieces[piece].text
        var (words, at) = ([Range<Int>](), start)
        // Longer than the longest account that is spelled letter by letter.
        while at < text.count, words.count < 64 {
            while at < text.count, !AccountRule.isPart(text[at]) { at += 1 }
            let first = at
            while at < text.count, AccountRule.isPart(text[at]) { at += 1 }
            if at > first { words.append(first..<at) }
        }
        return words
    }

    private func token(_ word: Range<Int>, _ piece: Int) -> Token? {
        order.call.tokens[order.call.parts[piece].tokens].first { $0.range == word }
    }

    private func isFiller(_ word: Range<Int>, _ piece: Int) -> Bool {
        token(word, piece)?.meaning.kind == .filler
    }

    /// The letters and digits of a word; `nil` for a word that is spoken as such.
    private func spelled(_ word: Range<Int>, _ piece: Int) -> [UInt8]? {
        let text = order.call.pieces[piece].text[word]
        if let token = token(word, piece) {
            switch token.meaning.kind {
            case .digits: return order.call.digits(of: token, in: piece).map { $0 + 0x30 }
            case .unit where word.count > 1: return [token.meaning.value + 0x30]
            case .teen: return Array(String(token.meaning.value).utf8)
            case .tens: return Array(String(token.meaning.value).utf8)
            case .mixed, .letter, .unit: break
            case .filler where word.count > 4: return nil
            default: break
            }
        }
        guard word.count <= 34, text.allSatisfy({ $0 < 0x80 }) else { return nil }
        let hasDigit = text.contains { 0x30...0x39 ~= $0 }
        let isUpper = text.allSatisfy { 0x30...0x39 ~= $0 || 0x41...0x5A ~= $0 }
        guard hasDigit || isUpper || word.count <= 2 else { return nil }
        return text.map { 0x30...0x39 ~= $0 ? $0 : $0 & 0xDF }
    }
}
