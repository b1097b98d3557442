// SearchParser: from the text of a question to its expression.

extension SearchExpression {
    /// The most words of a question, and the most parentheses inside each other.
    private static let limit = 100
    /// The words between two that are NEAR each other, unless the question says another number.
    private static let usualDistance = 10
    /// More words than this between two are not near each other, whatever the question says.
    private static let farthest = 1000

    /// Reads a question.
    ///
    /// - Parameters:
    ///   - text: The question as a person writes it.
    ///   - isPhrase: True when the whole text is one phrase.
    /// - Throws: ``Malformed``.
    public init(_ text: String, isPhrase: Bool = false) throws(Malformed) {
        if isPhrase {
            guard SearchExpression.hasWords(text) else { throw Malformed.noWords }
            self = .phrase(text, isPrefix: false)
            return
        }
        var parser = Parser(text)
        guard parser.tokens.count <= 4 * SearchExpression.limit else {
            throw Malformed(
                reason: "the question is too long: at most \(SearchExpression.limit) words")
        }
        self = try parser.expression()
    }

    /// True for a text with a letter or a digit; the rest only separates words.
    static func hasWords(_ text: some StringProtocol) -> Bool {
        text.unicodeScalars.contains { scalar in
            switch scalar.properties.generalCategory {
            case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter,
                .otherLetter, .decimalNumber, .letterNumber, .otherNumber, .privateUse:
                true
            default: false
            }
        }
    }

    private enum Token: Equatable {
        case word(String, isPrefix: Bool)
        case and, or, not, near, open, close
        case number(Int)
    }

    /// Reads the tokens from the first to the last: OR binds least, then AND and NOT.
    private struct Parser {
        var tokens: [Token]
        var at = 0
        var depth = 0

        init(_ text: String) { tokens = Parser.tokens(of: text) }

        mutating func expression() throws(Malformed) -> SearchExpression {
            let found = try alternatives()
            // A parenthesis that was never opened ends nothing.
            guard at < tokens.count else {
                if let found { return found }
                throw Malformed.noWords
            }
            tokens.remove(at: at)
            at = 0
            return try expression()
        }

        private mutating func take(_ token: Token) -> Bool {
            guard at < tokens.count, tokens[at] == token else { return false }
            at += 1
            return true
        }

        private mutating func alternatives() throws(Malformed) -> SearchExpression? {
            var parts: [SearchExpression] = []
            repeat {
                if let part = try conjunction() { parts.append(part) }
            } while take(.or)
            return parts.count > 1 ? .any(parts) : parts.first
        }

        private mutating func conjunction() throws(Malformed) -> SearchExpression? {
            var wanted: [SearchExpression] = []
            var unwanted: [SearchExpression] = []
            while at < tokens.count, tokens[at] != .or, tokens[at] != .close {
                if take(.and) { continue }
                let isNot = take(.not)
                guard let part = try atom() else {
                    if isNot { throw Malformed(reason: "NOT needs a word after it") }
                    continue
                }
                if isNot { unwanted.append(part) } else { wanted.append(part) }
            }
            guard !wanted.isEmpty else {
                if unwanted.isEmpty { return nil }
                throw Malformed(
                    reason: "NOT needs words that are to be found as well: cancel NOT refund")
            }
            let all = wanted.count > 1 ? SearchExpression.all(wanted) : wanted[0]
            return unwanted.reduce(all) { .but($0, $1) }
        }

        private mutating func atom() throws(Malformed) -> SearchExpression? {
            guard at < tokens.count else { return nil }
            let token = tokens[at]
            switch token {
            case .or, .close, .and, .not: return nil
            case .number: at += 1
            case .word(let text, let isPrefix):
                at += 1
                return .phrase(text, isPrefix: isPrefix)
            case .near:
                at += 1
                return near()
            case .open:
                at += 1
                depth += 1
                defer { depth -= 1 }
                guard depth <= SearchExpression.limit else {
                    throw Malformed(
                        reason: "more than \(SearchExpression.limit) parentheses inside each other")
                }
                let inside = try alternatives()
                _ = take(.close)
                return inside
            }
            return nil
        }

        /// The phrases between the parentheses of NEAR, up to its number.
        private mutating func near() -> SearchExpression? {
            var phrases: [SearchExpression] = []
            var distance = SearchExpression.usualDistance
            while at < tokens.count, !take(.close) {
                switch tokens[at] {
                case .word(let text, let isPrefix):
                    phrases.append(.phrase(text, isPrefix: isPrefix))
                case .number(let number): distance = number
                default: break
                }
                at += 1
            }
            return phrases.count > 1 ? .near(phrases, distance) : phrases.first
        }

        private static func tokens(of text: String) -> [Token] {
            var tokens: [Token] = []
            var rest = text[...]
            while let first = rest.first {
                switch first {
                case "\"":
                    rest.removeFirst()
                    let inside = rest.prefix { $0 != "\"" }
                    rest = rest.dropFirst(inside.count + 1)
                    add(String(inside), to: &tokens, &rest)
                case "(", ")":
                    rest.removeFirst()
                    tokens.append(first == "(" ? .open : .close)
                case _ where first.isWhitespace: rest.removeFirst()
                case _ where rest.hasPrefix("NEAR("):
                    rest.removeFirst("NEAR(".count)
                    tokens.append(.near)
                case ",":
                    rest.removeFirst()
                    let digits = rest.drop { $0 == " " }.prefix { $0.isASCII && $0.isNumber }
                    if !digits.isEmpty, tokens.contains(.near) {
                        rest = rest[digits.endIndex...]
                        tokens.append(
                            .number(
                                min(
                                    Int(digits) ?? SearchExpression.farthest,
                                    SearchExpression.farthest)))
                    }
                default:
                    let word = rest.prefix { !$0.isWhitespace && !"\"()*,".contains($0) }
                    rest = rest.dropFirst(max(1, word.count))
                    switch word {
                    case "AND": tokens.append(.and)
                    case "OR": tokens.append(.or)
                    case "NOT": tokens.append(.not)
                    default: add(String(word), to: &tokens, &rest)
                    }
                }
            }
            return tokens
        }

        /// Adds a word or phrase, unless it has neither letter nor digit, with the star behind it.
        private static func add(_ text: String, to tokens: inout [Token], _ rest: inout Substring) {
            let isPrefix = rest.first == "*"
            if isPrefix { rest.removeFirst() }
            guard SearchExpression.hasWords(text) else { return }
            tokens.append(.word(text, isPrefix: isPrefix))
        }
    }
}

extension SearchExpression.Malformed {
    fileprivate static let noWords = Self(
        reason: "the question has no word: a word has letters or digits")
}
