// Phrase: words that a rule looks for, with their variants.

/// A phrase as the operator writes it: `this call (is|may be) recorded`, or two of them with
/// `NEAR/10` between.
struct SpokenPhrase: Sendable {
    /// The most sequences that one phrase may stand for.
    private static let mostVariants = 200

    /// The reason why a text is no phrase.
    struct Fault: Error, Equatable {
        let reason: String
    }

    /// The variants of the phrase, or of its first part.
    let first: [[Int32]]
    /// The variants of the part behind `NEAR`; empty where there is none.
    let second: [[Int32]]
    /// The most words between the two parts.
    let distance: Int

    /// Reads a phrase.
    init(_ text: String, _ vocabulary: inout Vocabulary) throws(Fault) {
        let parts = text.split(separator: " ", omittingEmptySubsequences: true)
        let place = parts.firstIndex { $0.hasPrefix("NEAR/") }
        guard let place else {
            first = try SpokenPhrase.variants(text, &vocabulary)
            (second, distance) = ([], 0)
            return
        }
        guard let words = Int(parts[place].dropFirst(5)), (1...100).contains(words) else {
            throw Fault(reason: "NEAR/ needs a number of words from 1 to 100")
        }
        first = try SpokenPhrase.variants(
            parts[..<place].joined(separator: " "), &vocabulary)
        second = try SpokenPhrase.variants(
            parts[(place + 1)...].joined(separator: " "), &vocabulary)
        distance = words
    }

    private static func variants(
        _ text: String, _ vocabulary: inout Vocabulary
    ) throws(Fault) -> [[Int32]] {
        var variants = [""]
        var rest = text[...]
        while let open = rest.firstIndex(of: "(") {
            guard let close = rest[open...].firstIndex(of: ")") else {
                throw Fault(reason: "a parenthesis is not closed")
            }
            let before = String(rest[..<open])
            let inside = rest[rest.index(after: open)..<close]
            guard !inside.contains("(") else {
                throw Fault(reason: "a parenthesis stands in another")
            }
            let choices = inside.split(separator: "|", omittingEmptySubsequences: false)
            variants = variants.flatMap { start in choices.map { "\(start)\(before) \($0) " } }
            guard variants.count <= mostVariants else {
                throw Fault(reason: "a phrase has more than \(mostVariants) variants")
            }
            rest = rest[rest.index(after: close)...]
        }
        guard !rest.contains(")") else { throw Fault(reason: "a parenthesis was not opened") }
        var sequences: [[Int32]] = []
        for variant in variants {
            let words = vocabulary.learn(variant + rest)
            if words.isEmpty { throw Fault(reason: "a phrase has no word") }
            sequences.append(words)
        }
        return sequences
    }
}
