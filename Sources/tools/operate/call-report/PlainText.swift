// PlainText: a document for a terminal or a mail, and the words for its numbers.
import CheckpointPeriods
import Documents
import Filter
import Records

extension Document {
    /// The lines as plain text.
    var plain: [String] {
        var lines = [title, String(repeating: "=", count: title.count)]
        for block in blocks {
            switch block {
            case .heading(let text):
                lines += ["", text, String(repeating: "-", count: text.count)]
            case .paragraph(let text): lines.append(text)
            case .list(let points): lines += points.map { "- \($0)" }
            case .table(let grid):
                var table = Table(
                    columns: grid.columns.map { ($0.name, $0.isNumber ? .right : .left) })
                for row in grid.rows { table.add(row) }
                lines += ["\(grid.caption):"] + table.lines
            }
        }
        return lines
    }
}

extension Period {
    /// `2024-01-15T09:00Z to 2024-01-16T09:00Z`.
    var words: String { "\(Words.minute(start)) to \(Words.minute(end))" }
}

/// Numbers and times as people read them.
enum Words {
    /// A number with two decimals at most; empty for none.
    static func number(_ value: Double?) -> String {
        guard let value, value < 1e12 else { return "" }
        let hundredths = Int((value * 100).rounded())
        let rest = hundredths % 100
        let whole = "\(hundredths / 100)"
        if rest == 0 { return whole }
        return rest % 10 == 0 ? "\(whole).\(rest / 10)" : "\(whole).\(rest < 10 ? "0" : "")\(rest)"
    }

    /// A count for each hour.
    static func rate(_ count: Int, _ hours: Double) -> String { number(Double(count) / hours) }

    /// A share as a percentage; empty for none.
    static func percent(_ share: Double?) -> String { share.map { "\(number($0 * 100)) %" } ?? "" }

    /// An amount with four decimals, because a minute costs less than a cent; empty for none.
    static func money(_ amount: Double?) -> String {
        guard let amount, amount < 1e12 else { return "" }
        let parts = Int((amount * 10_000).rounded())
        let rest = String(parts % 10_000)
        return "\(parts / 10_000).\(String(repeating: "0", count: 4 - rest.count))\(rest)"
    }

    /// A stored time to the second.
    static func time(_ text: String) -> String {
        text.count == 24 ? text.prefix(19) + "Z" : text
    }

    /// A time to the minute.
    static func minute(_ time: Timestamp) -> String { "\(time.text.prefix(16))Z" }

    /// `, at 2024-01-15T14:00Z`; empty for none.
    static func hour(_ hour: String?) -> String { hour.map { ", at \($0):00Z" } ?? "" }
}
