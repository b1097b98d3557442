// DocumentTests: a report stays what it is in every form, whatever its texts hold.
import Documents
import Testing

@Suite struct DocumentTests {
    private let hostile = "<script>alert('x')</script> | [a](b) `c` & \"d\" *e* _f_"

    private func document() -> Document {
        var document = Document(hostile)
        document.add(.heading(hostile))
        document.add(.paragraph(hostile))
        document.add(.list([hostile, "two\nlines"]))
        var grid = Document.Grid(hostile, ["name": false, "number": true])
        grid.add(hostile, "1")
        document.add(.table(grid))
        return document
    }

    @Test("a page holds no tag and no attribute from a text")
    func page() {
        let page = document().html.joined(separator: "\n")
        #expect(!page.contains("<script"))
        #expect(!page.contains("\"d\""))
        #expect(page.matches(of: /&lt;script&gt;alert/).count == 8)
        #expect(page.hasPrefix("<!DOCTYPE html>\n<html lang=\"en\">"))
        #expect(page.hasSuffix("</html>"))
    }

    @Test("a page needs no other file and no script")
    func selfContained() {
        let page = document().html.joined()
        for word in ["src=", "href=", "@import", "url(", "http", "onload"] {
            #expect(!page.contains(word), "\(word)")
        }
    }

    @Test("every tag of a page that is opened is closed, in its order")
    func nesting() throws {
        var open: [Substring] = []
        let page = document().html.joined(separator: "\n")
        for tag in page.matches(of: /<(\/?)([a-z0-9]+)[^>]*>/) where tag.output.2 != "meta" {
            if tag.output.1.isEmpty {
                open.append(tag.output.2)
            } else {
                #expect(open.popLast() == tag.output.2)
            }
        }
        #expect(open.isEmpty)
    }

    @Test("Markdown keeps texts as texts, and a row as a row")
    func markdown() {
        let lines = document().markdown
        #expect(lines[0].hasPrefix("# \\<script\\>"))
        #expect(lines.contains("- two lines"))
        #expect(lines.contains("| --- | ---: |"))
        let row = lines.last ?? ""
        #expect(row.replacing("\\|", with: "").filter { $0 == "|" }.count == 3)
    }

    @Test("a section without rows says so in a sentence")
    func empty() {
        var document = Document("Report")
        document.add("Errors", Document.Grid("Errors", ["stage": false]), orElse: "There was none.")
        #expect(document.markdown == ["# Report", "", "## Errors", "", "There was none."])
    }
}
