// Phrase: lists of words as messages have them.

/// Joins words for messages.
public enum Phrase {
    /// `a`, `a or b`, `a, b or c`.
    public static func either(_ words: [String]) -> String {
        guard let last = words.last, words.count > 1 else { return words.joined() }
        return words.dropLast().joined(separator: ", ") + " or " + last
    }
}
