// Parts: charts, tables, badges and times, as all pages show them.
internal import Records

/// Bars of numbers, one an hour, with the same figures in a table.
struct Chart {
    let title: String
    let hours: [String]
    let values: [Int]
    var isOfErrors = false
    /// Unique on the page.
    let name: String

    private static let (width, height, base) = (480.0, 120.0, 98.0)

    var markup: Markup {
        let most = max(values.max() ?? 0, 1)
        let step = Chart.width / Double(max(values.count, 1))
        let kind = isOfErrors ? "bar err" : "bar"
        let bars = zip(values.indices, values).map { index, value -> Markup in
            let tall = Double(value) / Double(most) * (Chart.base - 8)
            return """
                <rect class="\(kind)" x="\(Chart.short(Double(index) * step + 2))" \
                y="\(Chart.short(Chart.base - tall))" width="\(Chart.short(step - 4))" \
                height="\(Chart.short(tall))" rx="2"/>
                """
        }
        let total = values.reduce(0, +)
        let rows = zip(hours, values).map { hour, value -> Markup in
            "<tr><td>\(Moment.hour(hour))</td><td class=\"n\">\(value)</td></tr>"
        }
        return """
            <h2>\(title)</h2>
            <svg viewBox="0 0 480 120" role="img" aria-labelledby="\(name)-t \(name)-d">
            <title id="\(name)-t">\(title)</title>
            <desc id="\(name)-d">\(total) in the last \(hours.count) hours, at most \(most) an hour.</desc>
            <line class="axis" x1="0" x2="480" y1="98.5" y2="98.5"/>\(bars)
            <text x="2" y="114">\(hours.first.map(Moment.hour))</text>
            <text x="478" y="114" text-anchor="end">now, UTC</text></svg>
            <details><summary>\(total) in 24 hours, most in one: \(values.max() ?? 0)</summary>
            <table><caption>\(title), hour by hour</caption><thead><tr><th scope="col">Hour</th>
            <th scope="col" class="n">Number</th></tr></thead><tbody>\(rows)</tbody></table></details>
            """
    }

    /// One digit after the point, so that a page stays small.
    private static func short(_ value: Double) -> String {
        ((value * 10).rounded() / 10).description
    }
}

/// A table that scrolls by itself where a screen is narrow.
struct Grid {
    let caption: String
    /// The headings, and for each if it has numbers.
    let columns: [(name: String, isNumber: Bool)]
    var rows: [[Markup]] = []

    init(_ caption: String, _ columns: KeyValuePairs<String, Bool>) {
        self.caption = caption
        self.columns = columns.map { ($0.key, $0.value) }
    }

    mutating func add(_ row: Markup...) { rows.append(row) }

    var markup: Markup {
        let head = columns.map { column -> Markup in
            "<th scope=\"col\"\(side(column.isNumber))>\(column.name)</th>"
        }
        let body = rows.map { row -> Markup in
            let cells = zip(columns, row).map { column, cell -> Markup in
                "<td\(side(column.isNumber))>\(cell)</td>"
            }
            return "<tr>\(cells)</tr>\n"
        }
        return """
            <div class="scroll" role="region" tabindex="0" aria-label="\(caption)"><table>
            <caption>\(caption)</caption><thead><tr>\(head)</tr></thead><tbody>\(body)</tbody></table></div>
            """
    }

    private func side(_ isNumber: Bool) -> Markup { isNumber ? " class=\"n\"" : "" }
}

/// A word in the colour of its meaning; the word alone tells it as well.
enum Badge {
    case good, warn, bad

    func markup(_ word: String) -> Markup {
        let name =
            switch self {
            case .good: "good"
            case .warn: "warn"
            case .bad: "bad"
            }
        return "<span class=\"badge \(name)\">\(word)</span>"
    }

    /// The meaning of a status in any of the words that callpipe has.
    init(of word: String) {
        switch word {
        case "fail", "unhealthy", "outage", "critical", "failed", "lost": self = .bad
        case "warn", "unknown", "degraded", "warning", "processing", "running": self = .warn
        default: self = .good
        }
    }
}

/// Times and lengths for people.
enum Moment {
    /// `15 Jan 2024, 14:03`, in UTC.
    static func text(_ time: String?) -> String {
        guard let time, let moment = Timestamp(time) else { return "time not known" }
        let text = moment.text
        return "\(day(text)), \(text.dropFirst(11).prefix(5))"
    }

    /// `14:00`.
    static func hour(_ hour: String) -> String { "\(hour.suffix(2)):00" }

    /// `3:07`.
    static func length(_ seconds: Double?) -> String {
        guard let seconds, seconds.isFinite, seconds >= 0, seconds < 1e7 else { return "–" }
        let whole = Int(seconds)
        let rest = whole % 60
        return "\(whole / 60):\(rest < 10 ? "0" : "")\(rest)"
    }

    private static func day(_ text: String) -> String {
        let months = [
            "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
        ]
        let parts = text.prefix(10).split(separator: "-").compactMap { Int($0) }
        guard parts.count == 3, months.indices.contains(parts[1] - 1) else { return text }
        return "\(parts[2]) \(months[parts[1] - 1]) \(parts[0])"
    }
}
