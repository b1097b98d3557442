// Page: a document as one HTML file that needs no other.

extension Document {
    /// The lines of a page with its style and without a script; texts from outside stay texts.
    public var html: [String] {
        let title = HTMLText.escaped(title)
        var lines = [
            "<!DOCTYPE html>", "<html lang=\"en\">", "<head>", "<meta charset=\"utf-8\">",
            "<meta name=\"viewport\" content=\"width=device-width\">", "<title>\(title)</title>",
            "<style>\(Page.style)</style>", "</head>", "<body>", "<main>", "<h1>\(title)</h1>",
        ]
        for block in blocks {
            switch block {
            case .heading(let text): lines.append("<h2>\(HTMLText.escaped(text))</h2>")
            case .paragraph(let text): lines.append("<p>\(HTMLText.escaped(text))</p>")
            case .list(let points):
                lines += ["<ul>"] + points.map { "<li>\(HTMLText.escaped($0))</li>" } + ["</ul>"]
            case .table(let grid): lines += Page.table(grid)
            }
        }
        return lines + ["</main>", "</body>", "</html>"]
    }
}

private enum Page {
    static let style = """
        :root{color-scheme:light dark}body{font:1rem/1.5 sans-serif;margin:1rem}\
        main{max-width:70rem;margin:auto}table{border-collapse:collapse}\
        caption{text-align:left;padding:.3rem 0}\
        th,td{padding:.2rem .8rem .2rem 0;text-align:left;vertical-align:top;\
        border-bottom:1px solid #888}.n{text-align:right}.scroll{overflow-x:auto}
        """

    static func table(_ grid: Document.Grid) -> [String] {
        let label = HTMLText.escaped(grid.caption)
        func cells(_ texts: [String], _ tag: String, _ attribute: String = "") -> String {
            zip(grid.columns, texts).map { column, text in
                let side = column.isNumber ? " class=\"n\"" : ""
                return "<\(tag)\(attribute)\(side)>\(HTMLText.escaped(text))</\(tag)>"
            }.joined()
        }
        let head = cells(grid.columns.map(\.name), "th", " scope=\"col\"")
        return [
            "<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"\(label)\">",
            "<table>", "<caption>\(label)</caption>", "<thead><tr>\(head)</tr></thead>", "<tbody>",
        ] + grid.rows.map { "<tr>\(cells($0, "td"))</tr>" } + ["</tbody>", "</table>", "</div>"]
    }
}
