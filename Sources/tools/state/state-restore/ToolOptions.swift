// ToolOptions: the options of state-restore.
import Filter

struct ToolOptions: OptionTable {
    let state = Option.state
    let to = Option.text("to", "FILE", "write it to FILE; leave the checkpoint as it is")
    let isDrill = Option.flag("drill", "try it beside the checkpoint; tell its time and lost work")
    let recoveryTime = Option.time(
        "recovery-time", "TIME", "the longest time for a drill (default 2h)")
    let recoveryPoint = Option.time(
        "recovery-point", "TIME", "the oldest backup for a drill (default 24h)")
    let dryRun = Option.dryRun
    let minFree = Option.minFree
    let busyTimeout = Option.busyTimeout
    let format = Option.format
    var all: [any DeclaredOption] {
        [state, to, isDrill, recoveryTime, recoveryPoint, dryRun, minFree, busyTimeout, format]
    }
}
