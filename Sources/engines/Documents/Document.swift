// Document: a report of headings, sentences and tables, for a page, a terminal or a mail.

/// A report.
public struct Document: Sendable {
    /// A part of it.
    public enum Block: Sendable {
        /// The heading of a section.
        case heading(String)
        /// A sentence.
        case paragraph(String)
        /// Points, one below the other.
        case list([String])
        /// A table with its caption.
        case table(Grid)
    }

    /// A table.
    public struct Grid: Sendable {
        /// The caption.
        public let caption: String
        /// The headings, and for each if it has numbers.
        public let columns: [(name: String, isNumber: Bool)]
        /// The rows: one text for each column.
        public private(set) var rows: [[String]] = []

        /// A table without rows.
        public init(_ caption: String, _ columns: KeyValuePairs<String, Bool>) {
            self.caption = caption
            self.columns = columns.map { ($0.key, $0.value) }
        }

        /// Adds a row: one text for each column.
        public mutating func add(_ row: String...) { rows.append(row) }
    }

    /// The title.
    public let title: String
    /// The parts, in their order.
    public private(set) var blocks: [Block] = []

    /// A report without parts.
    public init(_ title: String) { self.title = title }

    /// Adds a part.
    public mutating func add(_ block: Block) { blocks.append(block) }

    /// Adds a section with a table, or with a sentence where the table has no rows.
    public mutating func add(_ heading: String, _ grid: Grid, orElse sentence: String) {
        add(.heading(heading))
        add(grid.rows.isEmpty ? .paragraph(sentence) : .table(grid))
    }
}
