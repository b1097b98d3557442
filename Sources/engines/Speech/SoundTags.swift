// SoundTags: what Whisper writes for sounds that are not speech.

/// `[BLANK_AUDIO]`, `(soft music)`, `*sighs*` and notes, which whisper.cpp writes between words.
public enum SoundTags {
    private static let pairs: [(Character, Character)] = [("[", "]"), ("(", ")"), ("*", "*")]

    /// No sound has a longer name, in words: what else stands in brackets was said.
    private static let longest = 12

    /// The words without such tags; `(555)` is none, since no sound is called by a digit.
    ///
    /// - Parameters:
    ///   - items: Words in their order.
    ///   - text: How a word is written.
    /// - Returns: Those that are speech.
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
