// ToolOptions: the options of state-listed.
import Filter
import Records

struct ToolOptions: OptionTable {
    let days = Option.integer(
        "days", "N", "begin N days before the end of the last window (default 3)", in: 0...36_500
    ).or(3)
    let ifOlder = Option.time(
        "if-older", "TIME", "print nothing if the last window ended less than TIME ago",
        needs: "a time such as 26h")
    let until = Option.value(
        "until", "TIME", "note that SOURCE was listed whole up to TIME", needs: "an RFC 3339 time"
    ) { Timestamp($0) }
    let from = Option.value(
        "from", "TIME", "with --until: note it only if nothing before TIME is unlisted",
        needs: "an RFC 3339 time or a day"
    ) { Timestamp($0) ?? Timestamp("\($0)T00:00:00Z") }
    let dryRun = Option.dryRun
    let state = Option.state
    let busyTimeout = Option.busyTimeout
    var all: [any DeclaredOption] {
        [days, ifOlder, until, from, dryRun, state, busyTimeout]
    }
}
