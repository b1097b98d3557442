// SpokenCall: what was said in a call, in the orders in which a number may run through it.

/// One utterance of a call.
public struct SpokenPiece: Sendable {
    /// The text as UTF-8.
    public var text: [UInt8]
    /// The party; utterances of one party have the same number.
    public var party: Int
    /// Seconds from the start of the audio, where they are known.
    public var start: Double?
    /// Seconds from the start of the audio, where they are known.
    public var end: Double?

    /// Takes an utterance.
    public init(_ text: [UInt8], party: Int = 0, start: Double? = nil, end: Double? = nil) {
        self.text = text
        self.party = party
        self.start = start
        self.end = end
    }
}

/// The utterances of a call, cut into words.
struct SpokenCall {
    let pieces: [SpokenPiece]
    let tokens: [Token]
    /// The tokens of each utterance, and how many words it has.
    let parts: [(tokens: Range<Int>, words: Int)]
    /// True for an utterance with a number.
    let hasNumber: [Bool]
    /// True for an utterance whose only number is a word such as `one`, among other words.
    let isAside: [Bool]
    /// How many words were said before each utterance, by all parties.
    private(set) var starts: [Int]

    init(_ pieces: [SpokenPiece], _ tokenizer: inout Tokenizer) {
        tokenizer.removeAll()
        self.pieces = pieces
        let parts = pieces.map { tokenizer.add($0.text.span) }
        let tokens = tokenizer.tokens
        let asides = parts.map { SpokenCall.isAside(tokens[$0.tokens], words: $0.words) }
        hasNumber = zip(parts, asides).map { part, isAside in
            !isAside && tokens[part.tokens].contains(where: \.isNumber)
        }
        (self.parts, self.tokens, isAside) = (parts, tokens, asides)
        starts = Array(repeating: 0, count: pieces.count)
        var start = 0
        for piece in SpokenCall.byTime(pieces) {
            starts[piece] = start
            start += parts[piece].words
        }
    }

    /// True when the utterances have as many digits as the shortest long number, a telephone's.
    func hasLongNumber(in pieces: some Sequence<Int>) -> Bool {
        var count = 0
        for piece in pieces where hasNumber[piece] {
            for token in tokens[parts[piece].tokens] {
                switch token.meaning.kind {
                case .digits, .mixed: count += Int(token.end - token.start)
                case .unit: count += 1
                case .teen, .tens, .again, .hundred, .thousand: count += 3
                default: break
                }
            }
            if count >= 7 { return true }
        }
        return false
    }

    private static func isAside(_ tokens: ArraySlice<Token>, words: Int) -> Bool {
        guard words >= 4 else { return false }
        var count = 0
        for token in tokens {
            switch token.meaning.kind {
            case .unit, .ordinal, .again: count += 1
            case .digits, .teen, .tens, .mixed, .month: return false
            default: break
            }
        }
        return count == 1
    }

    private static func byTime(_ pieces: [SpokenPiece]) -> [Int] {
        pieces.indices.sorted { a, b in
            guard let first = pieces[a].start, let second = pieces[b].start, first != second else {
                return a < b
            }
            return first < second
        }
    }

    /// The orders of the utterances in which numbers are looked for: all of them by time, and those of
    /// each party.
    ///
    /// A number that one party says while the other agrees stands in the order of its party; one that
    /// the engine gave to both parties by halves stands in the order by time.
    var orders: [[Int]] {
        let byTime = SpokenCall.byTime(pieces)
        let parties = Set(pieces.map(\.party)).sorted()
        guard parties.count > 1 else { return [byTime] }
        return [byTime] + parties.map { party in byTime.filter { pieces[$0].party == party } }
    }

    /// The digits of a token that has digits.
    func digits(of token: Token, in piece: Int) -> [UInt8] {
        let text = pieces[piece].text
        var digits: [UInt8] = []
        var at = Int(token.start)
        while at < Int(token.end) {
            if text[at] < 0x80 {
                if 0x30...0x39 ~= text[at] { digits.append(text[at] - 0x30) }
                at += 1
            } else {
                let wide = Wide(text.span, at)
                if let digit = wide.digit { digits.append(digit) }
                at += wide.length
            }
        }
        return digits
    }
}

/// The words of a call in one order.
struct Order {
    /// A token and its place in the order.
    struct Word {
        let token: Int
        let piece: Int
        /// The number of the word in the call, whoever said it.
        let number: Int
    }

    let call: SpokenCall
    let words: [Word]
    /// The place of each utterance in the order.
    let place: [Int?]
    private let order: [Int]
    private var topics: [[Word]] = Array(repeating: [], count: 16)

    init(_ call: SpokenCall, _ order: [Int]) {
        self.call = call
        self.order = order
        var words: [Word] = []
        var place = [Int?](repeating: nil, count: call.pieces.count)
        words.reserveCapacity(call.tokens.count)
        for (index, piece) in order.enumerated() {
            place[piece] = index
            let part = call.parts[piece]
            for token in part.tokens {
                let word = Word(
                    token: token, piece: piece,
                    number: call.starts[piece] + Int(call.tokens[token].word))
                words.append(word)
                let meaning = call.tokens[token].meaning
                if meaning.kind == .topic {
                    // An order number is no telephone number.
                    let isOfOther =
                        meaning.value == Topic.contact.rawValue
                        && topics[Int(Topic.other.rawValue)].last.map {
                            $0.piece == piece && $0.number + 1 == word.number
                        } ?? false
                    if !isOfOther { topics[Int(meaning.value)].append(word) }
                }
            }
        }
        self.words = words
        self.place = place
        addSpelledTopics()
    }

    /// Adds the topics whose names were spelled, as in "the C V V".
    private mutating func addSpelledTopics() {
        for index in words.indices.dropFirst(2) {
            let letters = words[(index - 2)...index]
            guard letters.allSatisfy({ token($0).meaning.kind == .letter }),
                letters.allSatisfy({ $0.piece == words[index].piece }),
                words[index].number - words[index - 2].number == 2
            else { continue }
            let text = call.pieces[words[index].piece].text
            let name = letters.flatMap { word in text[token(word).range].map { $0 | 0x20 } }
            let topic: Topic
            switch String(decoding: name, as: UTF8.self) {
            case "cvv", "cvc", "csc": topic = .cvv
            case "ssn": topic = .social
            default: continue
            }
            topics[Int(topic.rawValue)].append(words[index])
        }
    }

    func token(_ word: Word) -> Token { call.tokens[word.token] }

    /// The utterances from a place of the order on.
    func pieces(from place: Int, atMost count: Int = .max) -> ArraySlice<Int> {
        order[place...].prefix(count)
    }

    /// The words of a topic.
    func all(_ topic: Topic) -> [Word] { topics[Int(topic.rawValue)] }

    /// The distance in words from the nearest word of a topic before a run, or behind it.
    ///
    /// - Parameters:
    ///   - topic: The topic.
    ///   - run: The number.
    ///   - before: How far the word may stand before it.
    ///   - after: How far it may stand behind it.
    ///   - seconds: The most seconds between both, where they are known.
    ///   - isInside: True when it has to stand in the utterance in which the number begins.
    /// - Returns: The words between both; `nil` when no word of the topic is that near.
    func distance(
        to topic: Topic, from run: Run, before: Int, after: Int = 0, seconds: Double = 60,
        inside isInside: Bool = false
    ) -> Int? {
        var nearest: Int?
        for word in all(topic) {
            let distance =
                word.number < run.firstWord
                ? run.firstWord - word.number : word.number - run.lastWord
            guard distance >= 0, distance <= (word.number < run.firstWord ? before : after),
                distance < nearest ?? .max, !isInside || word.piece == run.atoms[0].piece,
                isNear(word.piece, run.atoms[0].piece, seconds)
            else { continue }
            nearest = distance
        }
        return nearest
    }

    private func isNear(_ a: Int, _ b: Int, _ seconds: Double) -> Bool {
        guard let first = call.pieces[a].start, let second = call.pieces[b].start else {
            return true
        }
        return abs(first - second) <= seconds
    }

    /// True when the utterances between two may lie inside a number: the other party agrees.
    func isContinuous(from piece: Int, to next: Int) -> Bool {
        guard let a = place[piece], let b = place[next], b > a, b - a <= 4 else { return false }
        let between = order[(a + 1)..<b]
        return isNear(piece, next, 60)
            && between.allSatisfy { !call.hasNumber[$0] && call.parts[$0].words <= 8 }
    }
}
