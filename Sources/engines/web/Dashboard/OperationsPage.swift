// OperationsPage: the whole archive at a glance.
public import CheckpointPages
internal import CheckpointFigures
internal import Checkpoint
internal import Checks
public import Health
internal import Records

/// The page that people keep open.
public struct OperationsPage {
    private let health: HealthReport
    private let board: Board
    private let refresh: Int?

    /// Takes the figures.
    ///
    /// - Parameters:
    ///   - health: The checks.
    ///   - board: The figures.
    ///   - refresh: The seconds after which the page comes again; `nil` for never.
    public init(_ health: HealthReport, _ board: Board, refresh: Int?) {
        self.health = health
        self.board = board
        self.refresh = refresh
    }

    /// The page.
    public var frame: Frame {
        let word = health.verdict.word
        let again: Markup =
            refresh.map {
                """
                <a href="/admin/operations">Stop</a> the refresh, which comes every \($0) seconds
                """
            } ?? "<a href=\"/admin/operations?refresh=30\">Refresh</a> every 30 seconds"
        return Frame(
            "Operations",
            """
            <p class="soft">\(again) · as of \(Moment.text(board.now.text)) UTC</p>
            <h1>The archive is \(Badge(of: word).markup(word))</h1>
            \(tiles)<div class="grid">\(attention)\(charts)\(stages)\(services)\(errors)\(runs)\(cost)</div>
            """)
    }

    private func number(_ value: Int) -> String {
        var digits = String(value)
        var groups: [Substring] = []
        while digits.count > 3 {
            groups.insert(Substring(digits.suffix(3)), at: 0)
            digits.removeLast(3)
        }
        return ([Substring(digits)] + groups).joined(separator: "\u{202F}")
    }

    private var tiles: Markup {
        var tiles: [(text: String, name: String)] = [
            (number(board.recordings), "recordings"),
            (number(board.queue.pending), "stages waiting"),
            (number(board.queue.processing), "in work"),
            (number(board.queue.failed), "failed for good"),
            (number(board.queue.completedLastHour), "stages done in the last hour"),
            (number(board.errorsByHour.reduce(0, +)), "errors in 24 hours"),
        ]
        for name in ["disk", "memory"] {
            if let figure = health.checks.first(where: { $0.name == name })?.figure {
                tiles.append(("\(Int(figure.value.rounded())) %", "\(name) in use"))
            }
        }
        let items = tiles.map { tile -> Markup in
            "<li class=\"tile\"><b>\(tile.text)</b><span>\(tile.name)</span></li>"
        }
        return "<ul class=\"tiles\">\(items)</ul>"
    }

    /// The alerts and the checks that need a look, the worst first, each with its remedy.
    private var attention: Markup {
        let alerts = board.alerts.map { alert -> Markup in
            """
            <li>\(Badge(of: alert.level).markup(alert.level)) <strong>\(alert.name)</strong>: \
            \(alert.message) <span class="soft">since \(Moment.text(alert.since))</span></li>
            """
        }
        let results = (health.checks + health.services.dropFirst().map(\.result))
            .filter(\.verdict.needsLook)
        let worst = results.filter { $0.verdict == .fail } + results.filter { $0.verdict != .fail }
        let checks = worst.map { result -> Markup in
            """
            <li>\(Badge(of: result.verdict.rawValue).markup(result.verdict.rawValue)) \
            <strong>\(result.name)</strong>\(result.figure.map { " " + $0.text }): \(result.output)
            <span class="soft">\(result.remedy)</span></li>
            """
        }
        let all = alerts + checks
        let content: Markup =
            all.isEmpty ? "<p>Nothing needs a look.</p>" : "<ul class=\"list\">\(all)</ul>"
        return "<section class=\"card wide\"><h2>Needs a look</h2>\(content)</section>"
    }

    private var charts: Markup {
        let courses = board.courses.filter { course in
            [.fetch, .transcribe, .upload].contains(course.stage)
        }.map { course -> Markup in
            let name = course.stage.rawValue
            let chart = Chart(
                title: "Completed by \(name), an hour", hours: board.hours,
                values: course.completed,
                name: "chart-\(name)")
            return "<section class=\"card\">\(chart.markup)</section>"
        }
        let errors = Chart(
            title: "Errors, an hour", hours: board.hours, values: board.errorsByHour,
            isOfErrors: true, name: "chart-errors")
        return "\(courses)<section class=\"card\">\(errors.markup)</section>"
    }

    private var stages: Markup {
        var grid = Grid(
            "The queue of each stage",
            [
                "Stage": false, "Waiting": true, "In work": true, "Failed": true, "Done": true,
                "Last hour": true,
            ])
        for line in board.queue.lines {
            grid.add(
                "\(line.stage.rawValue)", "\(number(line.pending))", "\(number(line.processing))",
                "\(number(line.failed))", "\(number(line.completed + line.skipped))",
                "\(number(line.completedLastHour))")
        }
        return "<section class=\"card wide\"><h2>Stages</h2>\(grid.markup)</section>"
    }

    private var services: Markup {
        let items = health.services.map { service -> Markup in
            let time = service.checkedAt.map { "checked \(Moment.text($0.text))" }
            return """
                <li>\(Badge(of: service.status).markup(service.status)) <strong>\(service.name)</strong>: \
                \(service.result.output) <span class="soft">\(time)</span></li>
                """
        }
        return "<section class=\"card\"><h2>Services</h2><ul class=\"list\">\(items)</ul></section>"
    }

    private var errors: Markup {
        guard !board.errors.isEmpty else {
            return "<section class=\"card\"><h2>Errors of 24 hours</h2><p>None.</p></section>"
        }
        var grid = Grid(
            "By severity and category", ["Severity": false, "Category": false, "Number": true])
        for line in board.errors {
            grid.add("\(line.severity)", "\(line.category)", "\(number(line.count))")
        }
        return "<section class=\"card\"><h2>Errors of 24 hours</h2>\(grid.markup)</section>"
    }

    private var runs: Markup {
        var grid = Grid("The last runs", ["Began, UTC": false, "Job": false, "State": false])
        for run in board.runs {
            let members = JSON.members(of: run.bytes) ?? []
            func text(_ name: String) -> String? {
                members.first { $0.name == name }?.value.decoded(as: String.self)
            }
            let state = text("state") ?? "unknown"
            let status = members.first { $0.name == "exit_status" }?.value.decoded(as: Int.self)
            let isWell = state != "ended" || status == 0
            grid.add(
                "\(Moment.text(text("started_at")))", "\(text("name") ?? "–")",
                isWell
                    ? "\(Badge(of: state).markup(state))"
                    : "\(Badge.warn.markup(status.map { "ended with \($0)" } ?? "ended"))")
        }
        return "<section class=\"card\"><h2>Runs</h2>\(grid.markup)</section>"
    }

    private var cost: Markup {
        var grid = Grid(
            "Transcripts of 30 days", ["Engine": false, "Recordings": true, "Cost": true])
        for line in board.spent {
            let members = JSON.members(of: line.bytes) ?? []
            func value<Value: Decodable>(_ name: String, _ type: Value.Type) -> Value? {
                members.first { $0.name == name }?.value.decoded(as: type)
            }
            let engine = value("engine", String.self) ?? "not named"
            let isTotal = value("what", String.self) == "total"
            grid.add(
                "\(isTotal ? "all" : engine)", "\(number(value("recordings", Int.self) ?? 0))",
                "\(value("cost", Double.self).map { "\(($0 * 100).rounded() / 100)" } ?? "–")")
        }
        return "<section class=\"card\"><h2>Cost</h2>\(grid.markup)</section>"
    }
}
