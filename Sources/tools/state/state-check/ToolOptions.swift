// ToolOptions: the options of state-check.
import Filter

struct ToolOptions: OptionTable {
    let state = Option.state
    let isQuick = Option.flag("quick", "do not compare indexes, records and the audit chain")
    let repairs = Option.flag(
        "repair", "first repair what is safe: lost claims, loose rows, totals, indexes")
    let vacuums = Option.flag("vacuum", "then write the file again, without free pages")
    let analyzes = Option.flag("analyze", "then update the statistics for SQLite's planner")
    let dryRun = Option.flag(
        "dry-run", letter: "n", "change nothing, whatever --repair, --vacuum and --analyze say")
    let busyTimeout = Option.busyTimeout
    let format = Option.format
    var all: [any DeclaredOption] {
        [state, isQuick, repairs, vacuums, analyzes, dryRun, busyTimeout, format]
    }
}
