// ToolOptions: the options of state-hold.
import Filter

struct ToolOptions: OptionTable {
    let state = Option.state
    let reason = Option.text("reason", letter: "r", "TEXT", "the reason; required to hold")
    let releases = Option.flag("release", "release the recordings")
    let lists = Option.flag("list", letter: "l", "print what is held")
    let dryRun = Option.dryRun
    let rejects = Option.rejects
    let format = Option.format
    let busyTimeout = Option.busyTimeout
    var all: [any DeclaredOption] {
        [state, reason, releases, lists, dryRun, rejects, format, busyTimeout]
    }
}
