// ToolOptions: the options of state-backup.
import Filter

struct ToolOptions: OptionTable {
    let state = Option.state
    let keep = Option.time(
        "keep", "TIME", "then remove backups older than TIME, such as 30d; one good one stays")
    let withConfig = Option.flag(
        "with-config", "add .env and the directory config ($CALLPIPE_CONFIG)")
    let dryRun = Option.dryRun
    let minFree = Option.minFree
    let busyTimeout = Option.busyTimeout
    let format = Option.format
    var all: [any DeclaredOption] {
        [state, keep, withConfig, dryRun, minFree, busyTimeout, format]
    }
}
