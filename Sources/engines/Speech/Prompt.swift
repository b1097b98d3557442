// Prompt: the names and words that an engine is to expect.
public import Records
internal import System

/// Rules for the text that tells an engine which names and words to expect.
public enum Prompt {
    /// The most bytes of UTF-8 of one text.
    ///
    /// Whisper uses the last 224 tokens of a prompt, which are about 900 letters of English.
    public static let longest = 2000

    /// A text without the white space around and between its words; `nil` for none.
    ///
    /// - Parameter text: The text as it was given.
    /// - Returns: The text as engines get it.
    /// - Throws: `Failure` of scope `item`, kind `input`, for a text that is too long or has control
    ///   characters. The message has nothing of the text.
    public static func checked(_ text: String?) throws(Failure) -> String? {
        guard let text = text?.trimmed, !text.isEmpty else { return nil }
        guard text.utf8.count <= longest else {
            throw Failure(
                .item, .input,
                "use the prompt: it has \(text.utf8.count) bytes, and at most \(longest) are used",
                remedy: "let it hold only the names that engines spell wrongly")
        }
        guard !text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control })
        else {
            throw Failure(
                .item, .input, "use the prompt: it has control characters",
                remedy: "let it hold words only, with commas between them")
        }
        return text
    }
}
