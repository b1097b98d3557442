// PlainText: text from outside without the characters and the words that steer a machine.

/// Makes text harmless, and makes texts comparable.
enum PlainText {
    /// Words with which the templates of chat models mark who speaks; some servers heed them in the
    /// middle of a text as well.
    private static let marks = [
        "[INST]", "[/INST]", "<<SYS>>", "<</SYS>>", "<start_of_turn>", "<end_of_turn>", "<think>",
        "</think>", "<s>", "</s>", "<bos>", "<eos>",
    ]

    /// The text of an utterance as a model may see it.
    ///
    /// It is on one line, without control characters, characters that cannot be seen or turn the
    /// direction of writing, and without the marks of templates. Square brackets are round ones,
    /// because square ones enclose the number of a turn.
    static func spoken(_ text: String) -> String {
        var text = withoutTemplateTokens(visible(text))
        for mark in marks { text = text.replacing(mark, with: " ") }
        return words(text.replacing("[", with: "(").replacing("]", with: ")"))
    }

    /// True when a text has marks of templates, or characters that cannot be seen.
    static func hasMarks(_ text: String) -> Bool {
        text.contains("<|") || marks.contains(where: text.contains)
            || text.unicodeScalars.contains { $0.properties.generalCategory == .format }
    }

    /// The text of an answer as a person may see it: without tags and without anything that leads
    /// out of the text.
    ///
    /// - Returns: The text, and the number of addresses that were taken out of it.
    static func shown(_ text: String) -> (text: String, links: Int) {
        var links = 0
        let parts = words(visible(text)).split(separator: " ").map { word -> Substring in
            guard isAddress(word) else { return word }
            links += 1
            return "(address)"
        }
        let plain = parts.joined(separator: " ")
            .replacing("<", with: "(").replacing(">", with: ")")
            .replacing("](", with: "] (")
        return (plain, links)
    }

    /// The text for comparison: small letters, one kind of quotation mark, dash, bracket and space.
    static func folded(_ text: String) -> String {
        var folded = ""
        for scalar in visible(text).lowercased().unicodeScalars {
            switch scalar {
            case "\u{2018}", "\u{2019}", "\u{201A}", "\u{201B}", "\u{2032}", "`", "\u{B4}":
                folded += "'"
            case "\u{201C}", "\u{201D}", "\u{201E}", "\u{201F}", "\u{AB}", "\u{BB}", "\u{2033}":
                folded += "\""
            case "\u{2010}"..."\u{2015}", "\u{2212}": folded += "-"
            case "\u{2026}": folded += "..."
            case "[": folded += "("
            case "]": folded += ")"
            default: folded.unicodeScalars.append(scalar)
            }
        }
        return words(folded)
    }

    /// True for a word with an address of the web, or of a picture, in it.
    private static func isAddress(_ word: Substring) -> Bool {
        let word = word.lowercased()
        return word.contains("://") || word.contains("www.") || word.contains("javascript:")
            || word.contains("data:")
    }

    /// Spaces in place of control characters, and nothing in place of those that cannot be seen.
    private static func visible(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control, .lineSeparator, .paragraphSeparator: result += " "
            case .format, .surrogate, .privateUse, .unassigned: continue
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// Takes out tokens such as `<|im_end|>`.
    private static func withoutTemplateTokens(_ text: String) -> String {
        var rest = Substring(text)
        var result = ""
        while let start = rest.firstRange(of: "<|") {
            result += rest[..<start.lowerBound] + " "
            rest = rest[start.upperBound...]
            if let end = rest.firstRange(of: "|>"),
                rest.distance(from: rest.startIndex, to: end.lowerBound) <= 40
            {
                rest = rest[end.upperBound...]
            }
        }
        return result + rest
    }

    private static func words(_ text: String) -> String {
        text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }
}
