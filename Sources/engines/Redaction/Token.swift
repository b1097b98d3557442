// Token: a word of a call that matters to redaction, and how words are cut.

/// A word that matters, with its place in its utterance.
struct Token {
    /// The marks between a word and the one before it.
    enum Gap: UInt8 {
        /// Space, and marks that may stand inside a number.
        case plain
        /// Nothing but one dash.
        case dash
        /// Nothing but one comma or one point, as inside an amount.
        case point
        case slash, colon, plus
        /// A sign of a currency.
        case money
    }

    var meaning: Meaning
    var gap: Gap
    /// The number of the word in its utterance, from 0.
    var word: Int32
    /// The bytes of the word in its utterance.
    var start: Int32
    var end: Int32
    /// True for digits with `st`, `nd`, `rd` or `th` behind them.
    var isOrdinal = false

    var range: Range<Int> { Int(start)..<Int(end) }
    func isTopic(_ topic: Topic) -> Bool {
        meaning == Meaning(kind: .topic, value: topic.rawValue)
    }
    /// True for a word that is a number or part of one.
    var isNumber: Bool { meaning.kind.rawValue <= Meaning.Kind.again.rawValue }
}

/// Cuts texts into words, and keeps those that matter.
struct Tokenizer {
    private let lexicon = Lexicon.shared
    /// The words of all texts, one text behind the other.
    private(set) var tokens: [Token] = []

    /// The letters that a byte stands for: a small letter, 0x30 for a digit, 1 for a byte of a longer
    /// character, and 0 for what stands between words.
    private static let classes: [UInt8] = (0...255).map { byte in
        switch UInt8(byte) {
        case 0x61...0x7A: UInt8(byte)
        case 0x41...0x5A: UInt8(byte) | 0x20
        case 0x30...0x39: 0x30
        case 0x80...0xFF: 1
        default: 0
        }
    }

    /// Adds the words of a text.
    ///
    /// - Returns: Their place among ``tokens``, and the number of words that the text has.
    mutating func add(_ text: Span<UInt8>) -> (tokens: Range<Int>, words: Int) {
        let first = tokens.count
        let classes = Tokenizer.classes.span
        var (at, word) = (0, 0)
        // Since the last word: a mark, and the number of bytes.
        var (gap, gapLength) = (Token.Gap.plain, 0)
        while at < text.count {
            let byte = text[at]
            let letter = classes[Int(byte)]
            if letter == 0 || (letter == 1 && Wide(text, at).isGap) {
                if byte == UInt8(ascii: "["), let tag = tag(text, at) {
                    append(Meaning(kind: .tag, value: tag.kind), .plain, word, at, tag.end)
                    (at, word, gap, gapLength) = (tag.end, word + 1, .plain, 0)
                    continue
                }
                if byte == UInt8(ascii: "@") {
                    append(Meaning(kind: .address, value: 1), .plain, word, at, at + 1)
                }
                let length = letter == 0 ? 1 : Wide(text, at).length
                gapLength += length
                gap = Tokenizer.gap(byte, text, at, gap, gapLength)
                at += length
                continue
            }
            let found = scan(text, from: at, classes)
            if let meaning = found.meaning {
                append(meaning, gap, word, at, found.end, isOrdinal: found.isOrdinal)
            }
            // A mark of no width is no word.
            if found.isWord { (word, gap, gapLength) = (word + 1, .plain, 0) }
            at = found.end
        }
        return (first..<tokens.count, word)
    }

    /// Lets go of all words, so that the memory serves the next call.
    mutating func removeAll() { tokens.removeAll(keepingCapacity: true) }

    private mutating func append(
        _ meaning: Meaning, _ gap: Token.Gap, _ word: Int, _ start: Int, _ end: Int,
        isOrdinal: Bool = false
    ) {
        tokens.append(
            Token(
                meaning: meaning, gap: gap, word: Int32(truncatingIfNeeded: word),
                start: Int32(truncatingIfNeeded: start), end: Int32(truncatingIfNeeded: end),
                isOrdinal: isOrdinal))
    }

    /// The gap with one more byte in it.
    private static func gap(
        _ byte: UInt8, _ text: Span<UInt8>, _ at: Int, _ gap: Token.Gap, _ length: Int
    ) -> Token.Gap {
        switch byte {
        case UInt8(ascii: "$"),
            0xC2 where at + 1 < text.count && text[at + 1] == 0xA3,
            0xE2 where at + 2 < text.count && text[at + 1] == 0x82:
            .money
        case UInt8(ascii: "/"): .slash
        case UInt8(ascii: ":"): .colon
        case UInt8(ascii: "+"): .plus
        case UInt8(ascii: "-") where length == 1: .dash
        case UInt8(ascii: "."), UInt8(ascii: ","): length == 1 ? .point : gap
        // A dash or a point counts only when nothing else is there.
        default: gap == .dash || gap == .point ? .plain : gap
        }
    }

    private struct Found {
        var meaning: Meaning?
        var end: Int
        var isOrdinal = false
        var isWord = true
    }

    /// The word at a place.
    private func scan(_ text: Span<UInt8>, from start: Int, _ classes: Span<UInt8>) -> Found {
        var (at, letters, length, digits) = (start, UInt64(0), 0, 0)
        var digitsFirst = 0
        while at < text.count {
            let letter = classes[Int(text[at])]
            if letter > 0x30 {
                if length < 8 { letters = letters << 8 | UInt64(letter) }
                length += 1
                at += 1
            } else if letter == 0x30 {
                digits += 1
                if length == 0 { digitsFirst += 1 }
                at += 1
            } else if letter == 1 {
                let wide = Wide(text, at)
                if wide.isGap { break }
                if wide.digit != nil {
                    digits += 1
                    if length == 0 { digitsFirst += 1 }
                } else if !wide.isInvisible {
                    if length < 8 { letters = letters << 8 | 1 }
                    length += 1
                }
                at += wide.length
            } else {
                break
            }
        }
        if digits == 0 {
            return Found(
                meaning: lexicon.meaning(letters: letters, length: length), end: at,
                isWord: length > 0)
        }
        if length == 0 { return Found(meaning: Meaning(kind: .digits, value: 0), end: at) }
        let isOrdinal =
            digitsFirst == digits && length == 2
            && ["st", "nd", "rd", "th"].contains { Lexicon.letters($0) == letters }
        if isOrdinal {
            return Found(meaning: Meaning(kind: .mixed, value: 0), end: at, isOrdinal: true)
        }
        // `cvv2`
        if let meaning = lexicon.meaning(letters: letters << 8 | 0x32, length: length + 1),
            digits == 1, meaning.kind == .topic
        {
            return Found(meaning: meaning, end: at)
        }
        return Found(meaning: Meaning(kind: .mixed, value: 0), end: at)
    }

    /// The kind and the end of what an earlier redaction left, such as `[CARD]` and `[CARD *1111]`.
    private func tag(_ text: Span<UInt8>, _ start: Int) -> (kind: UInt8, end: Int)? {
        var at = start + 1
        while at < text.count, 0x41...0x5A ~= text[at] { at += 1 }
        for (number, kind) in RedactionKind.allCases.enumerated()
        where Tokenizer.isSame(text, (start + 1)..<at, kind.tag) {
            if at + 1 < text.count, text[at] == 0x20, text[at + 1] == UInt8(ascii: "*") {
                at += 2
                while at < text.count, 0x30...0x39 ~= text[at] { at += 1 }
            }
            guard at < text.count, text[at] == UInt8(ascii: "]") else { return nil }
            return (UInt8(number), at + 1)
        }
        return nil
    }

    private static func isSame(_ text: Span<UInt8>, _ range: Range<Int>, _ word: String) -> Bool {
        guard range.count == word.utf8.count else { return false }
        var at = range.lowerBound
        for byte in word.utf8 {
            if text[at] != byte { return false }
            at += 1
        }
        return true
    }
}

/// A character of several bytes.
struct Wide {
    let scalar: Unicode.Scalar
    let length: Int

    /// Reads the character at a place; a broken one is a letter of one byte.
    init(_ text: Span<UInt8>, _ at: Int) {
        let first = text[at]
        let count = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : first >= 0xC0 ? 2 : 1
        guard count > 1, at + count <= text.count else {
            (scalar, length) = ("\u{FFFD}", 1)
            return
        }
        var value = UInt32(first) & (0xFF >> UInt32(count + 1))
        for offset in 1..<count { value = value << 6 | UInt32(text[at + offset] & 0x3F) }
        (scalar, length) = (Unicode.Scalar(value) ?? "\u{FFFD}", count)
    }

    /// True for spaces, dashes and signs, which stand between words.
    var isGap: Bool {
        switch scalar.properties.generalCategory {
        case .spaceSeparator, .lineSeparator, .paragraphSeparator, .dashPunctuation,
            .otherPunctuation, .currencySymbol, .initialPunctuation, .finalPunctuation,
            .openPunctuation, .closePunctuation, .mathSymbol:
            true
        default: false
        }
    }

    /// True for characters of no width, and for marks upon the letter before.
    var isInvisible: Bool {
        switch scalar.properties.generalCategory {
        case .format, .nonspacingMark, .enclosingMark, .control: true
        default: false
        }
    }

    /// The digit that it is in any script.
    var digit: UInt8? {
        guard scalar.properties.numericType == .decimal else { return nil }
        return scalar.properties.numericValue.map { UInt8($0) }
    }
}
