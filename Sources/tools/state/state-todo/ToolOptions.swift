// ToolOptions: the options of state-todo.
import Filter

struct ToolOptions: OptionTable {
    let state = Option.state
    let failedToo = Option.flag("failed-too", "pass on also records that failed for good")
    let earlyToo = Option.flag("early-too", "pass on also records whose next attempt is not due")
    let isStrict = Option.flag(
        "strict", "end with 75 if records are not due yet, or in work elsewhere")
    let batch = Option.text(
        "batch", "NAME", "note that the records belong to batch NAME (default: the run)")
    let lease = Option.lease
    let busyTimeout = Option.busyTimeout
    var all: [any DeclaredOption] {
        [state, failedToo, earlyToo, isStrict, batch, lease, busyTimeout]
    }
}
