// ToolOptions: the options of state-mark.
import Checkpoint
import Filter

struct ToolOptions: OptionTable {
    let state = Option.state
    let batch = Option.text("batch", "NAME", "note that the records belong to batch NAME")
    let status = Option.choice(
        "status", "STATUS", "write STATUS, whatever the records say", of: Status.self)
    let isForNew = Option.flag("if-new", "write it only if STAGE has no outcome yet")
    let isForced = Option.flag("force", letter: "f", "reset by --status even if uploaded")
    let busyTimeout = Option.busyTimeout
    var all: [any DeclaredOption] { [state, batch, status, isForNew, isForced, busyTimeout] }
}
