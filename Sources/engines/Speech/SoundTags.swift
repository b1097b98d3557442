// SoundTags: the names that Whisper writes for sounds that are not speech.

/// Tags such as `[BLANK_AUDIO]`, `(soft music)`, `*sighs*` and notes, which whisper.cpp writes
/// between words.
public enum SoundTags {
    private static let pairs: [(Character, Character)] = [("[", "]"), ("(", ")"), ("*", "*")]

    /// The most words in the name of a sound; longer text in brackets was said.
    private static let longest = 12

    /// Removes the tags; `(555)` stays, because no sound has a digit in its name.
    ///
    /// - Parameters:
    ///   - items: Words in their order.
    ///   - text: The spelling of a word.
    /// - Returns: The words that are speech.
    public static func removed<Item>(from items: [Item], _ text: (Item) -> String) -> [Item] {
        let words = items.map(text)
        var kept: [Item] = []
        var index = 0
        while index < items.count {
            if words[index].allSatisfy({ $0 == "♪" || $0 == "♫" }) {
                index += 1
            } else if let end = endOfTag(at: index, words) {
                index = end + 1
            } else {
                kept.append(items[index])
                index += 1
            }
        }
        return kept
    }

    private static func endOfTag(at index: Int, _ words: [String]) -> Int? {
        guard let pair = pairs.first(where: { words[index].first == $0.0 }),
            let last = words.indices[index...].prefix(longest).first(where: {
                words[$0].dropFirst($0 == index ? 1 : 0).contains(pair.1)
            }), !words[index...last].contains(where: { $0.contains(where: \.isNumber) })
        else { return nil }
        return last
    }
}
