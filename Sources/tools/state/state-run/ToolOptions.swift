// ToolOptions: the options of state-run.
import Filter

struct ToolOptions: OptionTable {
    let name = Option.text("name", "NAME", "the name of the run for people")
    let batch = Option.text("batch", "NAME", "new records belong to batch NAME (default: the run)")
    let state = Option.state
    let dryRun = Option.dryRun
    let busyTimeout = Option.busyTimeout
    var all: [any DeclaredOption] { [name, batch, state, dryRun, busyTimeout] }
}
