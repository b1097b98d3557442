// AddressRule: e-mail addresses, written and spoken.
internal import Patterns

/// Looks for addresses in the text of each party.
struct AddressRule: Sendable {
    static let shared = AddressRule()

    private let pattern: Pattern

    private static let endings =
        "com|net|org|edu|gov|mil|io|co|uk|de|fr|info|biz|me|us|ca|au|nl|es|it|ch|at|eu|in|nz|ie|ai"

    /// The words of the numbers that many names have at their end.
    private static let numbers =
        "[0-9]+|oh|zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen"
        + "|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty"
        + "|seventy|eighty|ninety|hundred|double|triple"

    private init() {
        let dot = #"(?:\s+(?:dot|point|period)\s+|\.)"#
        let mark =
            #"(?:\s+(?:dot|point|period|underscore|under\s+score|dash|hyphen|plus)\s+|[._%+-]+)"#
        let word = "[a-z0-9]+"
        // Letters that are spelled come one by one: j o h n.
        let local =
            #"(?:\b[a-z0-9][\s,-]+)*"# + word + "(?:" + mark + word + #"|\s+(?:"#
            + AddressRule.numbers + #")\b){0,20}"#
        let domain = word + "(?:-" + word + #"|\s+(?:dash|hyphen)\s+"# + word + ")*"
        let written = #"[a-z0-9._%+\-\x80-\xff]+\s?@\s?[a-z0-9-]+(?:\.[a-z0-9-]+)*"#
        let spoken =
            #"\b"# + local + #"\s+at\s+"# + "(?:" + domain + dot + ")+(?:" + AddressRule.endings
            + #")\b"#
        do {
            pattern = try Pattern(
                "\(written)|\(spoken)", mode: .bytes, ignoresCase: true,
                limits: .init(steps: 1_000_000))
        } catch {
            fatalError("the pattern of addresses \(error.reason)")
        }
    }

    /// True when the call has words that addresses are made of.
    static func mayFind(in call: SpokenCall) -> Bool {
        for (index, token) in call.tokens.enumerated() where token.meaning.kind == .address {
            if token.meaning.value == 1 { return true }
            guard token.meaning.value == 2 else { continue }
            if token.gap == .point { return true }
            guard index > 0 else { continue }
            let before = call.tokens[index - 1].meaning
            if before == Meaning(kind: .address, value: 0) { return true }
        }
        return false
    }

    /// The addresses of the order.
    func findings(in order: Order) throws(PatternProblem) -> [Finding] {
        var (text, starts) = ([UInt8](), [(piece: Int, start: Int)]())
        for piece in order.pieces(from: 0) {
            starts.append((piece, text.count))
            text += order.call.pieces[piece].text
            text.append(UInt8(ascii: "\n"))
        }
        return try pattern.matches(in: text.span).map { match in
            var places: [Finding.Place] = []
            for (index, piece) in starts.enumerated() {
                let end =
                    (index + 1 < starts.count ? starts[index + 1].start : text.count) - 1
                let range = match.range.clamped(to: piece.start..<end)
                guard !range.isEmpty else { continue }
                places.append(
                    .init(
                        piece: piece.piece,
                        range: (range.lowerBound - piece.start)..<(range.upperBound - piece.start)))
            }
            return Finding(.email, places)
        }
    }
}
