// ToolOptions: the options of call-report, and the period that they choose.
import CheckpointPeriods
import Filter
import Records

struct ToolOptions: OptionTable {
    enum Form: String, CaseIterable {
        case text, md, html
    }

    let last = Option.time(
        "last", "TIME", "report of the last TIME (default 24h)", in: 60...1e9,
        needs: "a time of at least 60s, such as 24h")
    let isIncident = Option.flag("incident", "report what happened from FROM to TO")
    let showsCapacity = Option.flag("capacity", "tell how much more it could do")
    let showsCost = Option.flag("cost", "tell the cost by month, engine and model")
    let fetchLimit = Option.integer(
        "fetch-limit", "N", "the recordings that the service gives out in an hour (default 600)",
        in: 1...1_000_000)
    let form = Option.choice("format", "FORMAT", "text, md or html (default text)", of: Form.self)
    let state = Option.state
    let busyTimeout = Option.busyTimeout
    var all: [any DeclaredOption] {
        [last, isIncident, showsCapacity, showsCost, fetchLimit, form, state, busyTimeout]
    }
}

extension Period {
    /// The period of `--last`, or the one that the two operands name.
    init(_ options: Options<ToolOptions>) throws {
        let table = options.table
        if options.isIncident {
            try options.refuse([table.showsCapacity, table.showsCost], "with --incident")
        }
        if !options.showsCapacity { try options.refuse([table.fetchLimit], "without --capacity") }
        let moments = options.operands
        if moments.isEmpty {
            let end = Timestamp.now
            let span = options.last ?? 86_400
            guard let period = Period(from: end.adding(seconds: -span), to: end) else {
                throw UsageError("option --last needs a time of at least 60s, such as 24h")
            }
            self = period
            return
        }
        try options.refuse([table.last], "with FROM and TO")
        guard moments.count == 2, let start = Period.moment(moments[0]),
            let end = Period.moment(moments[1]), let period = Period(from: start, to: end)
        else {
            throw UsageError(
                "name FROM and a later TO, each a day (UTC) or an RFC 3339 time, such as 2024-01-15"
            )
        }
        self = period
    }

    private static func moment(_ text: String) -> Timestamp? {
        Timestamp(text) ?? Day(text)?.start
    }
}
