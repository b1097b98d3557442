// MarkdownPage: a transcript as a page for people, in Markdown.
internal import Documents

/// A page with a heading, and a paragraph for each utterance.
///
/// A paragraph is `**Agent** (00:01:05) Good morning.`
public enum MarkdownPage {
    /// The lines before the utterances.
    public static func head(
        id: String, seconds: Double?, language: String?, engine: String, model: String?
    ) -> String {
        let by = [engine, model].compactMap { $0 }.joined(separator: " ")
        let facts = [by, language, seconds.map { Caption.clock(Caption.seconds($0)) }]
            .compactMap { $0 }.filter { !$0.isEmpty }
        return "# Transcript of \(Markdown.escaped(id))\n"
            + (facts.isEmpty ? "" : "\n\(Markdown.escaped(facts.joined(separator: ", ")))\n")
    }

    /// One utterance with the blank line before it.
    public static func paragraph(_ caption: Caption) -> String {
        let name = caption.speaker.map { "**\(Markdown.escaped($0))** " } ?? ""
        return "\n\(name)(\(Caption.clock(Caption.seconds(caption.start)))) "
            + "\(Markdown.escaped(caption.line))\n"
    }
}
