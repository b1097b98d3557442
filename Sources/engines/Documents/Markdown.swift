// Markdown: a document as GitHub's Markdown.

extension Document {
    /// The lines as Markdown; texts from outside stay texts.
    public var markdown: [String] {
        var lines = ["# \(Markdown.escaped(title))"]
        for block in blocks {
            lines.append("")
            switch block {
            case .heading(let text): lines.append("## \(Markdown.escaped(text))")
            case .paragraph(let text): lines.append(Markdown.escaped(text))
            case .list(let points): lines += points.map { "- \(Markdown.escaped($0))" }
            case .table(let grid): lines += Markdown.table(grid)
            }
        }
        return lines
    }
}

/// Text in GitHub's Markdown.
public enum Markdown {
    fileprivate static func table(_ grid: Document.Grid) -> [String] {
        func row(_ cells: [String]) -> String { "| \(cells.joined(separator: " | ")) |" }
        let head = row(grid.columns.map { escaped($0.name) })
        let sides = row(grid.columns.map { $0.isNumber ? "---:" : "---" })
        let caption = grid.caption.isEmpty ? [] : [escaped(grid.caption), ""]
        return caption + [head, sides] + grid.rows.map { row($0.map(escaped)) }
    }

    /// The text without a meaning of its own: no tag, no link, no emphasis, no new line.
    public static func escaped(_ text: String) -> String {
        var escaped = ""
        for character in text {
            if "\\`*_[]<>|#~&".contains(character) { escaped.append("\\") }
            escaped.append(character.isNewline ? " " : character)
        }
        return escaped
    }
}
