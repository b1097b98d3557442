// Words: the words of rules as numbers, and the same words found in speech.

/// The words that any rule knows, each with a number.
///
/// Words are compared without case, accents and punctuation. A word that no rule knows has no number,
/// so that speech is looked through once, whatever the number of rules.
struct Vocabulary: Sendable {
    /// The number of every word that no rule knows.
    static let unknown: Int32 = -1
    /// Stands where speech was interrupted, so that no phrase goes across.
    static let pause: Int32 = -2

    private var numbers: [UInt64: [(word: [UInt8], number: Int32)]] = [:]
    private var count: Int32 = 0

    /// The numbers of the words of a text; new words get one.
    mutating func learn(_ text: String) -> [Int32] {
        var learned: [Int32] = []
        let bytes = Array(text.utf8)
        WordScanner.each(in: bytes[...]) { word, hash, _ in
            if let number = number(of: word, hash) {
                learned.append(number)
            } else {
                numbers[hash, default: []].append((Array(word), count))
                learned.append(count)
                count += 1
            }
        }
        return learned
    }

    /// The number of a folded word.
    func number(of word: ArraySlice<UInt8>, _ hash: UInt64) -> Int32? {
        numbers[hash]?.first { $0.word.elementsEqual(word) }?.number
    }
}

/// Cuts text into folded words.
enum WordScanner {
    /// Letters with accents, by the letter without.
    private static let plain: [Unicode.Scalar: UInt8] = {
        let groups: [(String, String)] = [
            ("a", "àáâãäåāăą"), ("c", "çćĉċč"), ("d", "ďđ"), ("e", "èéêëēĕėęě"), ("g", "ĝğġģ"),
            ("h", "ĥħ"), ("i", "ìíîïĩīĭįı"), ("j", "ĵ"), ("k", "ķ"), ("l", "ĺļľŀł"),
            ("n", "ñńņňŉ"), ("o", "òóôõöøōŏő"), ("r", "ŕŗř"), ("s", "śŝşšș"), ("t", "ţťŧț"),
            ("u", "ùúûüũūŭůűų"), ("w", "ŵ"), ("y", "ýÿŷ"), ("z", "źżž"),
        ]
        var plain: [Unicode.Scalar: UInt8] = [:]
        for (letter, accented) in groups {
            for scalar in accented.unicodeScalars { plain[scalar] = letter.utf8.first }
        }
        return plain
    }()

    /// Calls the closure with each folded word, its hash, and its place in the text.
    static func each(
        in text: ArraySlice<UInt8>, _ body: (ArraySlice<UInt8>, UInt64, Range<Int>) -> Void
    ) {
        var word: [UInt8] = []
        word.reserveCapacity(32)
        var (hash, start, at) = (seed, text.startIndex, text.startIndex)
        func add(_ byte: UInt8) {
            word.append(byte)
            hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3
        }
        func end(_ place: Int) {
            guard !word.isEmpty else { return }
            body(word[...], hash, start..<place)
            word.removeAll(keepingCapacity: true)
            hash = seed
        }
        while at < text.endIndex {
            let byte = text[at]
            if byte < 0x80 {
                if isWord(byte) {
                    if word.isEmpty { start = at }
                    add(byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte)
                } else if byte != UInt8(ascii: "'") || word.isEmpty {
                    end(at)
                } else if at + 1 < text.endIndex, isWord(text[at + 1]) || text[at + 1] >= 0x80 {
                    add(byte)
                } else {
                    end(at)
                }
                at += 1
                continue
            }
            let (scalar, length) = scalar(in: text, at)
            let folded = fold(scalar)
            if folded == nil { end(at) }
            if let folded, !folded.isEmpty {
                if word.isEmpty, folded != [UInt8(ascii: "'")] { start = at }
                if !word.isEmpty || folded != [UInt8(ascii: "'")] { folded.forEach(add) }
            }
            at += length
        }
        end(text.endIndex)
    }

    /// The start of the hash of Fowler, Noll and Vo.
    private static let seed: UInt64 = 0xCBF2_9CE4_8422_2325

    private static func isWord(_ byte: UInt8) -> Bool {
        (byte >= 0x61 && byte <= 0x7A) || (byte >= 0x41 && byte <= 0x5A)
            || (byte >= 0x30 && byte <= 0x39)
    }

    private static func scalar(
        in text: ArraySlice<UInt8>, _ at: Int
    ) -> (Unicode.Scalar, length: Int) {
        let first = text[at]
        let length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2
        let end = min(at + length, text.endIndex)
        let scalar = String(decoding: text[at..<end], as: UTF8.self).unicodeScalars.first
        return (scalar ?? " ", end - at)
    }

    /// The bytes that a scalar has in a word: none for an accent of its own; `nil` between words.
    private static func fold(_ scalar: Unicode.Scalar) -> [UInt8]? {
        switch scalar {
        case "\u{2019}", "\u{2BC}", "\u{2018}": return [UInt8(ascii: "'")]
        case "ß": return Array("ss".utf8)
        default: break
        }
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .format: return []
        case .lowercaseLetter, .uppercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter,
            .spacingMark, .decimalNumber:
            let small = scalar.properties.lowercaseMapping.unicodeScalars.first ?? scalar
            return plain[small].map { [$0] } ?? Array(String(Character(small)).utf8)
        default: return nil
        }
    }
}
